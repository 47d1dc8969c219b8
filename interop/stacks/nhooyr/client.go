// Walks through the cases of the tester with nhooyr.io/websocket.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"nhooyr.io/websocket"
)

type onMessage func(connection *websocket.Conn, kind websocket.MessageType, message []byte)

func visit(path string, handle onMessage) {
	connection, _, err := websocket.Dial(context.Background(), os.Args[1]+path, nil)
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
		handle(connection, kind, message)
	}
}

func echo(connection *websocket.Conn, kind websocket.MessageType, message []byte) {
	connection.Write(context.Background(), kind, message)
}

func ignore(*websocket.Conn, websocket.MessageType, []byte) {}

func main() {
	count := 0
	visit("/getCaseCount", func(_ *websocket.Conn, _ websocket.MessageType, message []byte) {
		count, _ = strconv.Atoi(string(message))
	})
	for number := 1; number <= count; number++ {
		visit(fmt.Sprintf("/runCase?case=%d&agent=nhooyr", number), echo)
	}
	visit("/updateReports?agent=nhooyr", ignore)
}
