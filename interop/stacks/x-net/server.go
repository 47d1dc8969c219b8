// Echo server on golang.org/x/net/websocket. Its own codecs forget whether a message was text, so this one keeps the type.
package main

import (
	"log"
	"net/http"
	"os"

	"golang.org/x/net/websocket"
)

// The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
var scenario = os.Getenv("WIREPROOF_SCENARIO")

func isKnown() bool {
	switch scenario {
	case "", "open", "text", "binary", "fragmented", "ping", "subprotocol", "close-client":
		return true
	}
	return false
}

type message struct {
	payload []byte
	kind    byte
}

var codec = websocket.Codec{
	Marshal: func(value interface{}) ([]byte, byte, error) {
		it := value.(message)
		return it.payload, it.kind, nil
	},
	Unmarshal: func(payload []byte, kind byte, value interface{}) error {
		*(value.(*message)) = message{payload, kind}
		return nil
	},
}

func echo(connection *websocket.Conn) {
	connection.MaxPayloadBytes = 64 << 20
	for {
		var it message
		if codec.Receive(connection, &it) != nil || codec.Send(connection, it) != nil {
			return
		}
	}
}

// selectSubprotocol leaves one of those that the client offers, or none.
func selectSubprotocol(config *websocket.Config, _ *http.Request) error {
	offered := config.Protocol
	config.Protocol = nil
	for _, it := range offered {
		if it == "chat.v2" {
			config.Protocol = []string{it}
		}
	}
	return nil
}

func main() {
	if !isKnown() {
		os.Exit(127)
	}
	// A Server instead of a Handler: it takes requests without an Origin too.
	server := websocket.Server{Handler: echo}
	if scenario == "subprotocol" {
		server.Handshake = selectSubprotocol
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], server))
}
