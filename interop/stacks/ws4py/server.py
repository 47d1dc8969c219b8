"""Echo server on ws4py, with the server of the standard library. Argument: the port."""

import os
import sys
from wsgiref.simple_server import make_server

from ws4py.server.wsgirefserver import WebSocketWSGIRequestHandler, WSGIServer
from ws4py.server.wsgiutils import WebSocketWSGIApplication
from ws4py.websocket import EchoWebSocket

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
SCENARIOS = "open text binary fragmented ping subprotocol close-client close-server".split()
scenario = os.environ.get("WIREPROOF_SCENARIO", "open")
if scenario not in SCENARIOS:
    sys.exit(127)


class Echo(EchoWebSocket):
    def received_message(self, message):
        if scenario == "close-server":
            self.close(3001, "server done")
        else:
            super().received_message(message)


PROTOCOLS = ["chat.v2"] if scenario == "subprotocol" else None

server = make_server(
    "127.0.0.1",
    int(sys.argv[1]),
    server_class=WSGIServer,
    handler_class=WebSocketWSGIRequestHandler,
    app=WebSocketWSGIApplication(protocols=PROTOCOLS, handler_cls=Echo),
)
server.initialize_websockets_manager()
server.serve_forever()
