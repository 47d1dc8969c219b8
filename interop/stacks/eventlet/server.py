"""Echo server on eventlet, with permessage-deflate. Argument: the port."""

import os
import sys

import eventlet
from eventlet import websocket, wsgi

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
SCENARIOS = "open text binary fragmented deflate ping subprotocol close-client close-server".split()
scenario = os.environ.get("WIREPROOF_SCENARIO", "open")
if scenario not in SCENARIOS:
    sys.exit(127)


def echo(connection):
    while (message := connection.wait()) is not None:
        if scenario == "close-server":
            connection.close((3001, "server done"))
            return
        connection.send(message)


application = websocket.WebSocketWSGI(echo, max_frame_length=64 * 1024 * 1024)
if scenario == "subprotocol":
    application.supported_protocols = ["chat.v2"]
wsgi.server(eventlet.listen(("127.0.0.1", int(sys.argv[1]))), application, log_output=False)
