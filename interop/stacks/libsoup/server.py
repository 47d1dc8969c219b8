"""Echo server on libsoup 3. Argument: the port."""

import os
import sys

import gi

gi.require_version("Soup", "3.0")
from gi.repository import GLib, Soup

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
SCENARIOS = "open text binary fragmented deflate ping subprotocol close-client close-server".split()
scenario = os.environ.get("WIREPROOF_SCENARIO", "open")
if scenario not in SCENARIOS:
    sys.exit(127)

connections = set()


def on_open(_server, _message, _path, connection):
    connections.add(connection)
    connection.set_max_incoming_payload_size(64 * 1024 * 1024)
    connection.connect("message", on_message)
    connection.connect("closed", connections.discard)


def on_message(connection, kind, message):
    if scenario == "close-server":
        connection.close(3001, "server done")
    else:
        connection.send_message(kind, message)


server = Soup.Server()
protocols = ["chat.v2"] if scenario == "subprotocol" else None
server.add_websocket_handler("/", None, protocols, on_open)
server.listen_local(int(sys.argv[1]), Soup.ServerListenOptions.IPV4_ONLY)
GLib.MainLoop().run()
