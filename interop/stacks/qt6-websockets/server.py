"""Echo server on QtWebSockets of Qt 6. Argument: the port."""

import sys

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtNetwork import QHostAddress
from PyQt6.QtWebSockets import QWebSocketServer

application = QCoreApplication(sys.argv)
server = QWebSocketServer("echo", QWebSocketServer.SslMode.NonSecureMode)
connections = set()


def on_open():
    connection = server.nextPendingConnection()
    connections.add(connection)
    connection.textMessageReceived.connect(connection.sendTextMessage)
    connection.binaryMessageReceived.connect(connection.sendBinaryMessage)
    connection.disconnected.connect(lambda: connections.discard(connection))


server.newConnection.connect(on_open)
if not server.listen(QHostAddress("127.0.0.1"), int(sys.argv[1])):
    sys.exit(server.errorString())
application.exec()
