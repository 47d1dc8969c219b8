"""Echo server on gevent-websocket. Argument: the port."""

import sys

from gevent import pywsgi
from geventwebsocket.handler import WebSocketHandler


def echo(environment, _start_response):
    connection = environment["wsgi.websocket"]
    while True:
        message = connection.receive()
        if message is None:
            return []
        connection.send(message)


address = ("127.0.0.1", int(sys.argv[1]))
pywsgi.WSGIServer(address, echo, handler_class=WebSocketHandler, log=None).serve_forever()
