"""Walks through the cases of the tester with QtWebSockets of Qt 6. Argument: the tester's address."""

import sys

from PyQt6.QtCore import QCoreApplication, QEventLoop, QUrl
from PyQt6.QtWebSockets import QWebSocket

application = QCoreApplication(sys.argv)
url = sys.argv[1]
# A socket that is freed while Qt still has events for it would end the process.
sockets = []


def visit(path, on_text, on_binary):
    """Connects, and returns when the connection is closed or could not be opened."""
    loop = QEventLoop()
    socket = QWebSocket()
    sockets.append(socket)
    socket.textMessageReceived.connect(lambda message: on_text(socket, message))
    socket.binaryMessageReceived.connect(lambda message: on_binary(socket, message))
    socket.disconnected.connect(loop.quit)
    socket.error.connect(lambda _error: loop.quit())
    socket.open(QUrl(url + path))
    loop.exec()


def ignore(_socket, _message):
    pass


counts = []
visit("/getCaseCount", lambda _socket, message: counts.append(int(message)), ignore)
for number in range(1, counts[0] + 1):
    visit(
        f"/runCase?case={number}&agent=QtWebSockets",
        lambda socket, message: socket.sendTextMessage(message),
        lambda socket, message: socket.sendBinaryMessage(message),
    )
visit("/updateReports?agent=QtWebSockets", ignore, ignore)
