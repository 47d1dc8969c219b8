"""Echo server on QtWebSockets of Qt 5. Argument: the port."""

import os
import sys

from PyQt5.QtCore import QCoreApplication
from PyQt5.QtNetwork import QHostAddress
from PyQt5.QtWebSockets import QWebSocketProtocol, QWebSocketServer

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
SCENARIOS = "open text binary fragmented ping close-client close-server".split()
scenario = os.environ.get("WIREPROOF_SCENARIO", "open")
if scenario not in SCENARIOS:
    sys.exit(127)

application = QCoreApplication(sys.argv)
server = QWebSocketServer("echo", QWebSocketServer.NonSecureMode)
connections = set()


def on_open():
    connection = server.nextPendingConnection()
    connections.add(connection)
    if scenario == "close-server":
        code = QWebSocketProtocol.CloseCode(3001)
        connection.textMessageReceived.connect(lambda _text: connection.close(code, "server done"))
    else:
        connection.textMessageReceived.connect(connection.sendTextMessage)
    connection.binaryMessageReceived.connect(connection.sendBinaryMessage)
    connection.disconnected.connect(lambda: connections.discard(connection))


server.newConnection.connect(on_open)
if not server.listen(QHostAddress("127.0.0.1"), int(sys.argv[1])):
    sys.exit(server.errorString())
application.exec_()
