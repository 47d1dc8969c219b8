"""Plays a scenario of the interop grid with QtWebSockets of Qt 6, which has no permessage-deflate.

Argument: the server's address.
"""

import os
import sys

from PyQt6.QtCore import QCoreApplication, QEventLoop, QUrl
from PyQt6.QtNetwork import QAbstractSocket
from PyQt6.QtWebSockets import QWebSocket, QWebSocketHandshakeOptions, QWebSocketProtocol

SCENARIOS = "open text binary fragmented ping subprotocol close-client close-server".split()

application = QCoreApplication(sys.argv)
socket = QWebSocket()
messages = []
pongs = []
errors = []


def play(url, scenario):
    socket.textMessageReceived.connect(messages.append)
    socket.binaryMessageReceived.connect(messages.append)
    socket.pong.connect(lambda _milliseconds, payload: pongs.append(payload))
    socket.error.connect(errors.append)
    options = QWebSocketHandshakeOptions()
    if scenario == "subprotocol":
        options.setSubprotocols(["chat.v1", "chat.v2"])
    socket.open(QUrl(url), options)
    wait_until(lambda: socket.state() == QAbstractSocket.SocketState.ConnectedState)
    if scenario == "text":
        socket.sendTextMessage("Grüße, 世界 👋")
        expect_message("Grüße, 世界 👋")
    elif scenario == "binary":
        socket.sendBinaryMessage(bytes(range(256)))
        expect_message(bytes(range(256)))
    elif scenario == "fragmented":
        socket.setOutgoingFrameSize(65536)
        socket.sendTextMessage("a" * 1048576)
        expect_message("a" * 1048576)
    elif scenario == "ping":
        socket.ping(b"wireproof")
        wait_until(lambda: pongs)
        expect("payload of the Pong", pongs[0], b"wireproof")
    elif scenario == "subprotocol":
        expect("subprotocol", socket.subprotocol(), "chat.v2")
    if scenario == "close-client":
        socket.close(QWebSocketProtocol.CloseCode(3000), "client done")
        wait_for_end()
        # The library does not tell the code of the answer: this is its own.
        expect("close code", socket.closeCode().value, 3000)
    elif scenario == "close-server":
        socket.sendTextMessage("bye")
        wait_for_end()
        expect("close code", socket.closeCode().value, 3001)
        expect("close reason", socket.closeReason(), "server done")
    else:
        socket.close()
        wait_for_end()


def wait_until(condition):
    """Lets Qt work until the condition is true; an error if the connection fails or ends before."""
    while not condition():
        if errors or socket.state() == QAbstractSocket.SocketState.UnconnectedState:
            raise AssertionError(f"closed: {socket.errorString()}")
        application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def expect_message(data):
    wait_until(lambda: messages)
    expect("message", messages.pop(0), data)


def wait_for_end():
    while socket.state() != QAbstractSocket.SocketState.UnconnectedState:
        application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {str(got)[:80]}, not {str(wanted)[:80]}")


scenario = os.environ.get("WIREPROOF_SCENARIO")
if scenario not in SCENARIOS:
    sys.exit(127)
try:
    play(sys.argv[1], scenario)
except Exception as error:
    sys.exit(repr(error))
