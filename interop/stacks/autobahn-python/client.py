"""Walks through the cases of the tester with autobahn-python, and offers permessage-deflate.

Argument: the tester's address.
"""

import sys

from autobahn.exception import Disconnected
from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol, connectWS
from autobahn.websocket.compress import (
    PerMessageDeflateOffer,
    PerMessageDeflateResponse,
    PerMessageDeflateResponseAccept,
)
from twisted.internet import defer, reactor, task

url = sys.argv[1]


def accept_deflate(response):
    return PerMessageDeflateResponseAccept(response) if isinstance(response, PerMessageDeflateResponse) else None


def visit(path, on_message):
    """Connects; what it returns is done when the connection is closed or could not be opened."""
    closed = defer.Deferred()

    class Protocol(WebSocketClientProtocol):
        def onMessage(self, payload, isBinary):
            try:
                on_message(self, payload, isBinary)
            except Disconnected:
                pass  # The peer has begun to close.

    class Factory(WebSocketClientFactory):
        def clientConnectionLost(self, connector, reason):
            closed.callback(None)

        def clientConnectionFailed(self, connector, reason):
            closed.callback(None)

    factory = Factory(url + path)
    factory.protocol = Protocol
    factory.setProtocolOptions(
        perMessageCompressionOffers=[PerMessageDeflateOffer()],
        perMessageCompressionAccept=accept_deflate,
    )
    connectWS(factory)
    return closed


@defer.inlineCallbacks
def main(_reactor):
    counts = []
    yield visit("/getCaseCount", lambda _connection, payload, _is_binary: counts.append(int(payload)))
    for number in range(1, counts[0] + 1):
        yield visit(
            f"/runCase?case={number}&agent=autobahn-python",
            lambda connection, payload, is_binary: connection.sendMessage(payload, is_binary),
        )
    yield visit("/updateReports?agent=autobahn-python", lambda *_: None)


task.react(main)
