// Plays a scenario of the interop grid with github.com/gorilla/websocket. Argument: the server's address.
package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

func main() {
	scenario := os.Getenv("WIREPROOF_SCENARIO")
	dialer := websocket.Dialer{}
	switch scenario {
	case "open", "text", "binary", "fragmented", "ping", "close-client", "close-server":
	case "deflate":
		dialer.EnableCompression = true
	case "subprotocol":
		dialer.Subprotocols = []string{"chat.v1", "chat.v2"}
	default:
		os.Exit(127)
	}
	connection, response, err := dialer.Dial(os.Args[1], nil)
	check(err)
	defer connection.Close()
	play(scenario, connection, response)
}

func play(scenario string, connection *websocket.Conn, response *http.Response) {
	switch scenario {
	case "text":
		echo(connection, websocket.TextMessage, []byte("Grüße, 世界 👋"))
	case "binary":
		octets := make([]byte, 256)
		for value := range octets {
			octets[value] = byte(value)
		}
		echo(connection, websocket.BinaryMessage, octets)
	case "fragmented":
		// Each time its buffer of 4 KiB is full, the writer sends a fragment.
		text := bytes.Repeat([]byte("a"), 1<<20)
		writer, err := connection.NextWriter(websocket.TextMessage)
		check(err)
		_, err = writer.Write(text)
		check(err)
		check(writer.Close())
		expectMessage(connection, websocket.TextMessage, text)
	case "deflate":
		agreed := response.Header.Get("Sec-WebSocket-Extensions")
		expect("extension", strings.Split(agreed, ";")[0], "permessage-deflate")
		for times := 0; times < 3; times++ {
			echo(connection, websocket.TextMessage, bytes.Repeat([]byte("deflate "), 2048))
		}
	case "ping":
		payload := ""
		connection.SetPongHandler(func(data string) error {
			payload = data
			return sendClose(connection, 1000, "")
		})
		check(connection.WriteControl(websocket.PingMessage, []byte("wireproof"), soon()))
		expectClose(connection)
		expect("payload of the Pong", payload, "wireproof")
		return
	case "subprotocol":
		expect("subprotocol", connection.Subprotocol(), "chat.v2")
	case "close-client":
		check(sendClose(connection, 3000, "client done"))
		expect("close code of the answer", expectClose(connection).Code, 3000)
		return
	case "close-server":
		check(connection.WriteMessage(websocket.TextMessage, []byte("bye")))
		// The package answers the Close frame by itself.
		end := expectClose(connection)
		expect("close code", end.Code, 3001)
		expect("close reason", end.Text, "server done")
		return
	}
	check(sendClose(connection, 1000, ""))
	expectClose(connection)
}

func echo(connection *websocket.Conn, kind int, message []byte) {
	check(connection.WriteMessage(kind, message))
	expectMessage(connection, kind, message)
}

func expectMessage(connection *websocket.Conn, wantedKind int, wanted []byte) {
	kind, message, err := connection.ReadMessage()
	check(err)
	expect("type", kind, wantedKind)
	expect("echo", string(message), string(wanted))
}

func sendClose(connection *websocket.Conn, code int, reason string) error {
	return connection.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), soon())
}

// expectClose waits for a Close frame.
func expectClose(connection *websocket.Conn) *websocket.CloseError {
	_, _, err := connection.ReadMessage()
	end, isClose := err.(*websocket.CloseError)
	if !isClose || end.Code == websocket.CloseAbnormalClosure {
		fail(fmt.Sprint("no Close frame: ", err))
	}
	return end
}

func soon() time.Time {
	return time.Now().Add(10 * time.Second)
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
