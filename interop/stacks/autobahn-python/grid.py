"""Plays a scenario of the interop grid with autobahn-python on Twisted. Argument: the server's address."""

import os
import sys

from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol, connectWS
from autobahn.websocket.compress import (
    PerMessageDeflateOffer,
    PerMessageDeflateResponse,
    PerMessageDeflateResponseAccept,
)
from twisted.internet import reactor

MESSAGES = {
    "text": "Grüße, 世界 👋".encode(),
    "binary": bytes(range(256)),
    "fragmented": b"a" * 1048576,
    "deflate": b"deflate " * 2048,
    "close-server": b"bye",
}
SCENARIOS = ["open", "ping", "subprotocol", "close-client", *MESSAGES]

complaints = []


class Client(WebSocketClientProtocol):
    left = 3 if os.environ.get("WIREPROOF_SCENARIO") == "deflate" else 1

    def onConnect(self, response):
        if scenario == "subprotocol":
            expect("subprotocol", response.protocol, "chat.v2")
        if scenario == "deflate":
            agreed = [it.EXTENSION_NAME for it in response.extensions]
            expect("extensions", agreed, ["permessage-deflate"])

    def onOpen(self):
        if scenario in MESSAGES:
            self.send()
        elif scenario == "ping":
            self.sendPing(b"wireproof")
        elif scenario == "close-client":
            self.sendClose(3000, "client done")
        else:
            self.sendClose(1000)

    def send(self):
        self.sendMessage(MESSAGES[scenario], scenario == "binary", 65536 if scenario == "fragmented" else None)

    def onMessage(self, payload, isBinary):
        expect("type", isBinary, scenario == "binary")
        expect("echo", payload, MESSAGES[scenario])
        self.left -= 1
        if self.left == 0:
            self.sendClose(1000)
        else:
            self.send()

    def onPong(self, payload):
        expect("payload of the Pong", payload, b"wireproof")
        self.sendClose(1000)

    def onClose(self, wasClean, code, reason):
        expect("clean", wasClean, True)
        if scenario == "close-client":
            expect("close code of the answer", code, 3000)
        elif scenario == "close-server":
            expect("close code", code, 3001)
            expect("close reason", reason, "server done")
        elif scenario in MESSAGES:
            expect("echoes that are missing", self.left, 0)
        reactor.stop()


def expect(what, got, wanted):
    if got != wanted:
        complaints.append(f"{what}: {str(got)[:80]}, not {str(wanted)[:80]}")


def accept_deflate(response):
    return PerMessageDeflateResponseAccept(response) if isinstance(response, PerMessageDeflateResponse) else None


scenario = os.environ.get("WIREPROOF_SCENARIO")
if scenario not in SCENARIOS:
    sys.exit(127)
factory = WebSocketClientFactory(sys.argv[1], protocols=["chat.v1", "chat.v2"] if scenario == "subprotocol" else [])
factory.protocol = Client
if scenario == "deflate":
    factory.setProtocolOptions(
        perMessageCompressionOffers=[PerMessageDeflateOffer()],
        perMessageCompressionAccept=accept_deflate,
    )
connectWS(factory)
reactor.run()
sys.exit("; ".join(complaints) or 0)
