// Echo server on nhooyr.io/websocket.
package main

import (
	"context"
	"log"
	"net/http"
	"os"

	"nhooyr.io/websocket"
)

// The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
var scenario = os.Getenv("WIREPROOF_SCENARIO")

func isKnown() bool {
	switch scenario {
	case "", "open", "text", "binary", "fragmented", "deflate", "ping", "subprotocol", "close-client", "close-server":
		return true
	}
	return false
}

func echo(w http.ResponseWriter, r *http.Request) {
	options := websocket.AcceptOptions{InsecureSkipVerify: true} // any Origin
	if scenario == "subprotocol" {
		options.Subprotocols = []string{"chat.v2"}
	}
	connection, err := websocket.Accept(w, r, &options)
	if err != nil {
		return
	}
	defer connection.Close(websocket.StatusInternalError, "")
	connection.SetReadLimit(64 << 20)
	for {
		kind, message, err := connection.Read(context.Background())
		if err != nil {
			return
		}
		if scenario == "close-server" {
			connection.Close(3001, "server done")
			return
		}
		if connection.Write(context.Background(), kind, message) != nil {
			return
		}
	}
}

func main() {
	if !isKnown() {
		os.Exit(127)
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], http.HandlerFunc(echo)))
}
