"""Plays a scenario of the interop grid with trio-websocket, which stands on wsproto. It has no permessage-deflate and sends
no fragments. Argument: the server's address.
"""

import os
import sys

import trio
from trio_websocket import ConnectionClosed, open_websocket_url

OPTIONS = {
    "open": {},
    "text": {},
    "binary": {},
    "ping": {},
    "subprotocol": {"subprotocols": ["chat.v1", "chat.v2"]},
    "close-client": {},
    "close-server": {},
}


async def play(url, scenario):
    async with open_websocket_url(url, **OPTIONS[scenario]) as connection:
        if scenario == "text":
            await echo(connection, "Grüße, 世界 👋")
        elif scenario == "binary":
            await echo(connection, bytes(range(256)))
        elif scenario == "ping":
            # It waits until a Pong with this payload has come.
            await connection.ping(b"wireproof")
        elif scenario == "subprotocol":
            expect("subprotocol", connection.subprotocol, "chat.v2")
        elif scenario == "close-server":
            await connection.send_message("bye")
            try:
                expect("message", await connection.get_message(), None)
            except ConnectionClosed:
                expect("close code", connection.closed.code, 3001)
                expect("close reason", connection.closed.reason, "server done")
            return
        if scenario == "close-client":
            await connection.aclose(3000, "client done")
            expect("close code of the answer", connection.closed.code, 3000)
        else:
            await connection.aclose(1000)
            expect("end without a Close frame", connection.closed.code == 1006, False)


async def echo(connection, message):
    await connection.send_message(message)
    expect("echo", await connection.get_message(), message)


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {str(got)[:80]}, not {str(wanted)[:80]}")


scenario = os.environ.get("WIREPROOF_SCENARIO")
if scenario not in OPTIONS:
    sys.exit(127)
try:
    trio.run(play, sys.argv[1], scenario)
except Exception as error:
    sys.exit(repr(error))
