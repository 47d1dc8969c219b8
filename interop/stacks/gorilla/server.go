// Echo server on github.com/gorilla/websocket. The package leaves the UTF-8 of text messages to the application.
package main

import (
	"log"
	"net/http"
	"os"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
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

var upgrader = websocket.Upgrader{
	CheckOrigin:       func(*http.Request) bool { return true },
	EnableCompression: true,
}

func echo(w http.ResponseWriter, r *http.Request) {
	connection, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer connection.Close()
	for {
		kind, message, err := connection.ReadMessage()
		if err != nil {
			return
		}
		if kind == websocket.TextMessage && !utf8.Valid(message) {
			notText := websocket.FormatCloseMessage(websocket.CloseInvalidFramePayloadData, "")
			connection.WriteControl(websocket.CloseMessage, notText, time.Now().Add(time.Second))
			return
		}
		if scenario == "close-server" {
			done := websocket.FormatCloseMessage(3001, "server done")
			connection.WriteControl(websocket.CloseMessage, done, time.Now().Add(time.Second))
		} else if connection.WriteMessage(kind, message) != nil {
			return
		}
	}
}

func main() {
	if !isKnown() {
		os.Exit(127)
	}
	if scenario == "subprotocol" {
		upgrader.Subprotocols = []string{"chat.v2"}
	}
	http.HandleFunc("/", echo)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
