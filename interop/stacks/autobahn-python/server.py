"""Echo server on autobahn-python, with permessage-deflate. Argument: the port."""

import os
import sys

from autobahn.twisted.websocket import WebSocketServerFactory, WebSocketServerProtocol
from autobahn.websocket.compress import PerMessageDeflateOffer, PerMessageDeflateOfferAccept
from twisted.internet import reactor

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
SCENARIOS = "open text binary fragmented deflate ping subprotocol close-client close-server".split()
scenario = os.environ.get("WIREPROOF_SCENARIO", "open")
if scenario not in SCENARIOS:
    sys.exit(127)


class Echo(WebSocketServerProtocol):
    def onConnect(self, request):
        is_selected = scenario == "subprotocol" and "chat.v2" in request.protocols
        return "chat.v2" if is_selected else None

    def onMessage(self, payload, isBinary):
        if scenario == "close-server":
            self.sendClose(3001, "server done")
        else:
            self.sendMessage(payload, isBinary)


def accept_deflate(offers):
    for offer in offers:
        if isinstance(offer, PerMessageDeflateOffer):
            return PerMessageDeflateOfferAccept(offer)
    return None


port = int(sys.argv[1])
factory = WebSocketServerFactory(f"ws://127.0.0.1:{port}")
factory.protocol = Echo
factory.setProtocolOptions(perMessageCompressionAccept=accept_deflate)
reactor.listenTCP(port, factory, interface="127.0.0.1")
reactor.run()
