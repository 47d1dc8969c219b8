// Echo server on golang.org/x/net/websocket. Its own codecs forget whether a message was text, so this one keeps the type.
package main

import (
	"log"
	"net/http"
	"os"

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

func echo(connection *websocket.Conn) {
	connection.MaxPayloadBytes = 64 << 20
	for {
		var it message
		if codec.Receive(connection, &it) != nil || codec.Send(connection, it) != nil {
			return
		}
	}
}

func main() {
	// A Server instead of a Handler: it takes requests without an Origin too.
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], websocket.Server{Handler: echo}))
}
