"""Echo server on libsoup 2.4. Argument: the port."""

import sys

import gi

gi.require_version("Soup", "2.4")
from gi.repository import GLib, Soup

connections = set()


def on_open(_server, connection, _path, _client):
    connections.add(connection)
    connection.set_max_incoming_payload_size(64 * 1024 * 1024)
    connection.connect("message", lambda it, kind, message: it.send_message(kind, message))
    connection.connect("closed", connections.discard)


server = Soup.Server()
server.add_websocket_handler("/", None, None, on_open)
server.listen_local(int(sys.argv[1]), Soup.ServerListenOptions.IPV4_ONLY)
GLib.MainLoop().run()
