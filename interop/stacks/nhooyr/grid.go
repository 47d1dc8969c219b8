// Plays a scenario of the interop grid with nhooyr.io/websocket, which chooses the payload of its Pings itself.
// Argument: the server's address.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"nhooyr.io/websocket"
)

var background = context.Background()

func main() {
	scenario := os.Getenv("WIREPROOF_SCENARIO")
	// It offers permessage-deflate by default.
	options := websocket.DialOptions{}
	switch scenario {
	case "open", "text", "binary", "deflate", "close-client", "close-server":
	case "fragmented":
		// Compressed, this message would be too short for fragments.
		options.CompressionMode = websocket.CompressionDisabled
	case "subprotocol":
		options.Subprotocols = []string{"chat.v1", "chat.v2"}
	default:
		os.Exit(127)
	}
	connection, response, err := websocket.Dial(background, os.Args[1], &options)
	check(err)
	connection.SetReadLimit(64 << 20)
	play(scenario, connection, response)
}

func play(scenario string, connection *websocket.Conn, response *http.Response) {
	switch scenario {
	case "text":
		echo(connection, websocket.MessageText, []byte("Grüße, 世界 👋"))
	case "binary":
		octets := make([]byte, 256)
		for value := range octets {
			octets[value] = byte(value)
		}
		echo(connection, websocket.MessageBinary, octets)
	case "fragmented":
		writer, err := connection.Writer(background, websocket.MessageText)
		check(err)
		for number := 0; number < 16; number++ {
			_, err = writer.Write(bytes.Repeat([]byte("a"), 65536))
			check(err)
		}
		check(writer.Close())
		expectMessage(connection, websocket.MessageText, bytes.Repeat([]byte("a"), 1<<20))
	case "deflate":
		agreed := response.Header.Get("Sec-WebSocket-Extensions")
		expect("extension", strings.Split(agreed, ";")[0], "permessage-deflate")
		for times := 0; times < 3; times++ {
			echo(connection, websocket.MessageText, bytes.Repeat([]byte("deflate "), 2048))
		}
	case "subprotocol":
		expect("subprotocol", connection.Subprotocol(), "chat.v2")
	case "close-client":
		// It waits for the answer, but does not tell the code in it.
		check(connection.Close(3000, "client done"))
		return
	case "close-server":
		check(connection.Write(background, websocket.MessageText, []byte("bye")))
		// The package answers the Close frame by itself.
		_, _, err := connection.Read(background)
		var end websocket.CloseError
		if !errors.As(err, &end) {
			fail(fmt.Sprint("no Close frame: ", err))
		}
		expect("close code", int(end.Code), 3001)
		expect("close reason", end.Reason, "server done")
		return
	}
	check(connection.Close(websocket.StatusNormalClosure, ""))
}

func echo(connection *websocket.Conn, kind websocket.MessageType, message []byte) {
	check(connection.Write(background, kind, message))
	expectMessage(connection, kind, message)
}

func expectMessage(connection *websocket.Conn, wantedKind websocket.MessageType, wanted []byte) {
	kind, message, err := connection.Read(background)
	check(err)
	expect("type", kind, wantedKind)
	expect("echo", string(message), string(wanted))
}

func expect(what string, got, wanted interface{}) {
	if got != wanted {
		fail(fmt.Sprintf("%s: %.80s, not %.80s", what, fmt.Sprint(got), fmt.Sprint(wanted)))
	}
}

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(complaint string) {
	fmt.Fprintln(os.Stderr, complaint)
	os.Exit(1)
}
