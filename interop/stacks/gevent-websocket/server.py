"""Echo server on gevent-websocket. Argument: the port."""

import os
import sys

from gevent import pywsgi
from geventwebsocket.handler import WebSocketHandler

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
SCENARIOS = "open text binary fragmented ping subprotocol close-client close-server".split()
scenario = os.environ.get("WIREPROOF_SCENARIO", "open")
if scenario not in SCENARIOS:
    sys.exit(127)


def echo(environment, _start_response):
    connection = environment["wsgi.websocket"]
    while True:
        message = connection.receive()
        if message is None:
            return []
        if scenario == "close-server":
            connection.close(3001, "server done")
            return []
        connection.send(message)


if scenario == "subprotocol":
    echo.app_protocol = lambda _path: "chat.v2"
address = ("127.0.0.1", int(sys.argv[1]))
pywsgi.WSGIServer(address, echo, handler_class=WebSocketHandler, log=None).serve_forever()
