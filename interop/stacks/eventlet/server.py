"""Echo server on eventlet, with permessage-deflate. Argument: the port."""

import sys

import eventlet
from eventlet import websocket, wsgi


def echo(connection):
    while (message := connection.wait()) is not None:
        connection.send(message)


application = websocket.WebSocketWSGI(echo, max_frame_length=64 * 1024 * 1024)
wsgi.server(eventlet.listen(("127.0.0.1", int(sys.argv[1]))), application, log_output=False)
