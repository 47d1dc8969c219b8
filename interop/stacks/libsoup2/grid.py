"""Plays a scenario of the interop grid with libsoup 2.4, which sends neither fragments nor Pings of the application.

Argument: the server's address.
"""

import os
import sys

import gi

gi.require_version("Soup", "2.4")
from gi.repository import GLib, Soup

SCENARIOS = ["open", "text", "binary", "deflate", "subprotocol", "close-client", "close-server"]

loop = GLib.MainContext.default()
messages = []
ended = []


def play(url, scenario):
    session = Soup.Session()
    if scenario == "deflate":
        session.add_feature_by_type(Soup.WebsocketExtensionManager)
    connection = connect(session, url, ["chat.v1", "chat.v2"] if scenario == "subprotocol" else None)
    if scenario == "text":
        connection.send_text("Grüße, 世界 👋")
        expect_message(Soup.WebsocketDataType.TEXT, "Grüße, 世界 👋".encode())
    elif scenario == "binary":
        connection.send_message(Soup.WebsocketDataType.BINARY, GLib.Bytes.new(bytes(range(256))))
        expect_message(Soup.WebsocketDataType.BINARY, bytes(range(256)))
    elif scenario == "deflate":
        agreed = [type(it) for it in connection.get_extensions()]
        expect("extensions", agreed, [Soup.WebsocketExtensionDeflate])
        for _ in range(3):
            connection.send_text("deflate " * 2048)
            expect_message(Soup.WebsocketDataType.TEXT, b"deflate " * 2048)
    elif scenario == "subprotocol":
        expect("subprotocol", connection.get_protocol(), "chat.v2")
    if scenario == "close-client":
        connection.close(3000, "client done")
        wait_for_end()
        expect("close code of the answer", connection.get_close_code(), 3000)
    elif scenario == "close-server":
        connection.send_text("bye")
        wait_for_end()
        expect("close code", connection.get_close_code(), 3001)
        expect("close reason", connection.get_close_data(), "server done")
    else:
        connection.close(1000, None)
        wait_for_end()
        # 0 says that no Close frame came.
        expect("end without a Close frame", connection.get_close_code() == 0, False)


def connect(session, url, subprotocols):
    opened = []
    session.websocket_connect_async(
        Soup.Message.new("GET", url),
        None,
        subprotocols,
        None,
        lambda _session, result: opened.append(result),
    )
    while not opened:
        loop.iteration(True)
    connection = session.websocket_connect_finish(opened[0])
    connection.connect("message", lambda _, kind, message: messages.append((kind, message.get_data())))
    connection.connect("closed", lambda _: ended.append(True))
    return connection


def expect_message(kind, data):
    while not messages and not ended:
        loop.iteration(True)
    expect("closed before the message", messages == [], False)
    got = messages.pop(0)
    expect("type", got[0], kind)
    expect("data", got[1], data)


def wait_for_end():
    while not ended:
        loop.iteration(True)


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
