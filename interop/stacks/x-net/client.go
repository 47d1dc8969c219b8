// Walks through the cases of the tester with golang.org/x/net/websocket. Its own codecs forget whether a message was text,
// so this one keeps the type. Argument: the tester's address.
package main

import (
	"fmt"
	"os"
	"strconv"

	"golang.org/x/net/websocket"
)

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

type onMessage func(connection *websocket.Conn, it message)

// Connects, and returns when the connection is closed.
func visit(path string, handle onMessage) {
	connection, err := websocket.Dial(os.Args[1]+path, "", "http://localhost")
	if err != nil {
		return
	}
	defer connection.Close()
	connection.MaxPayloadBytes = 64 << 20
	for {
		var it message
		if codec.Receive(connection, &it) != nil {
			return
		}
		handle(connection, it)
	}
}

func echo(connection *websocket.Conn, it message) {
	codec.Send(connection, it)
}

func ignore(*websocket.Conn, message) {}

func main() {
	count := 0
	visit("/getCaseCount", func(_ *websocket.Conn, it message) {
		count, _ = strconv.Atoi(string(it.payload))
	})
	for number := 1; number <= count; number++ {
		visit(fmt.Sprintf("/runCase?case=%d&agent=x-net", number), echo)
	}
	visit("/updateReports?agent=x-net", ignore)
}
