"""Walks through the cases of the tester with libsoup 2.4. Argument: the tester's address."""

import sys

import gi

gi.require_version("Soup", "2.4")
from gi.repository import GLib, Soup

url = sys.argv[1]
session = Soup.Session()


def visit(path, on_message):
    """Connects, and returns when the connection is closed."""
    loop = GLib.MainLoop()

    def on_open(_session, result):
        try:
            connection = session.websocket_connect_finish(result)
        except GLib.Error:
            loop.quit()
            return
        connection.set_max_incoming_payload_size(64 * 1024 * 1024)
        connection.connect("message", on_message)
        connection.connect("closed", lambda _: loop.quit())
        loop.connection = connection

    request = Soup.Message.new("GET", url + path)
    session.websocket_connect_async(request, None, None, None, on_open)
    loop.run()


counts = []
visit("/getCaseCount", lambda _connection, _kind, message: counts.append(int(message.get_data())))
for number in range(1, counts[0] + 1):
    visit(
        f"/runCase?case={number}&agent=libsoup-2.4",
        lambda connection, kind, message: connection.send_message(kind, message),
    )
visit("/updateReports?agent=libsoup-2.4", lambda *_: None)
