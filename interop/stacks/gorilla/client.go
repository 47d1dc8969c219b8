// Walks through the cases of the tester with github.com/gorilla/websocket.
// The package leaves the UTF-8 of text messages to the application.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

var dialer = websocket.Dialer{EnableCompression: true}

type onMessage func(connection *websocket.Conn, kind int, message []byte)

func visit(path string, handle onMessage) {
	connection, _, err := dialer.Dial(os.Args[1]+path, nil)
	if err != nil {
		return
	}
	defer connection.Close()
	for {
		kind, message, err := connection.ReadMessage()
		if err != nil {
			return
		}
		handle(connection, kind, message)
	}
}

func echo(connection *websocket.Conn, kind int, message []byte) {
	if kind == websocket.TextMessage && !utf8.Valid(message) {
		notText := websocket.FormatCloseMessage(websocket.CloseInvalidFramePayloadData, "")
		connection.WriteControl(websocket.CloseMessage, notText, time.Now().Add(time.Second))
		return
	}
	connection.WriteMessage(kind, message)
}

func ignore(*websocket.Conn, int, []byte) {}

func main() {
	count := 0
	visit("/getCaseCount", func(_ *websocket.Conn, _ int, message []byte) {
		count, _ = strconv.Atoi(string(message))
	})
	for number := 1; number <= count; number++ {
		visit(fmt.Sprintf("/runCase?case=%d&agent=gorilla", number), echo)
	}
	visit("/updateReports?agent=gorilla", ignore)
}
