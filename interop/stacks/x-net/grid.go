// Plays a scenario of the interop grid with golang.org/x/net/websocket. It has no permessage-deflate, sends neither fragments
// nor Pings of the application, and cannot choose or tell close codes. Argument: the server's address.
package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/net/websocket"
)

func main() {
	scenario := os.Getenv("WIREPROOF_SCENARIO")
	config, err := websocket.NewConfig(os.Args[1], "http://localhost")
	check(err)
	switch scenario {
	case "open", "text", "binary":
	case "subprotocol":
		config.Protocol = []string{"chat.v1", "chat.v2"}
	default:
		os.Exit(127)
	}
	connection, err := websocket.DialConfig(config)
	check(err)
	switch scenario {
	case "text":
		check(websocket.Message.Send(connection, "Grüße, 世界 👋"))
		expectMessage(connection, websocket.TextFrame, "Grüße, 世界 👋")
	case "binary":
		octets := make([]byte, 256)
		for value := range octets {
			octets[value] = byte(value)
		}
		check(websocket.Message.Send(connection, octets))
		expectMessage(connection, websocket.BinaryFrame, string(octets))
	case "subprotocol":
		// After the handshake it is the one that was agreed.
		expect("subprotocol", fmt.Sprint(connection.Config().Protocol), "[chat.v2]")
	}
	check(connection.Close())
}

// The codec Message of the package forgets whether a message was text, so this one keeps the type.
func expectMessage(connection *websocket.Conn, wantedKind byte, wanted string) {
	var kind byte
	var message string
	codec := websocket.Codec{Unmarshal: func(payload []byte, payloadKind byte, _ interface{}) error {
		kind, message = payloadKind, string(payload)
		return nil
	}}
	err := codec.Receive(connection, nil)
	if err == io.EOF {
		err = fmt.Errorf("closed before the message")
	}
	check(err)
	expect("type", fmt.Sprint(kind), fmt.Sprint(wantedKind))
	expect("echo", message, wanted)
}

func expect(what, got, wanted string) {
	if got != wanted {
		check(fmt.Errorf("%s: %.80s, not %.80s", what, got, wanted))
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
