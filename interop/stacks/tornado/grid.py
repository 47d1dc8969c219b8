"""Plays a scenario of the interop grid with Tornado, which sends no fragments and does not tell a client of Pongs.

Argument: the server's address.
"""

import asyncio
import os
import sys

from tornado.websocket import websocket_connect

OPTIONS = {
    "open": {},
    "text": {},
    "binary": {},
    # It does not tell what was agreed.
    "deflate": {"compression_options": {}},
    "subprotocol": {"subprotocols": ["chat.v1", "chat.v2"]},
    "close-client": {},
    "close-server": {},
}


async def play(url, scenario):
    connection = await websocket_connect(url, **OPTIONS[scenario])
    if scenario == "text":
        await echo(connection, "Grüße, 世界 👋")
    elif scenario == "binary":
        await echo(connection, bytes(range(256)))
    elif scenario == "deflate":
        for _ in range(3):
            await echo(connection, "deflate " * 2048)
    elif scenario == "subprotocol":
        expect("subprotocol", connection.selected_subprotocol, "chat.v2")
    if scenario == "close-client":
        connection.close(3000, "client done")
        expect("message", await connection.read_message(), None)
        expect("close code of the answer", connection.close_code, 3000)
    elif scenario == "close-server":
        await connection.write_message("bye")
        expect("message", await connection.read_message(), None)
        expect("close code", connection.close_code, 3001)
        expect("close reason", connection.close_reason, "server done")
    else:
        connection.close(1000)
        expect("message", await connection.read_message(), None)


async def echo(connection, message):
    await connection.write_message(message, binary=isinstance(message, bytes))
    expect("echo", await connection.read_message(), message)


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {str(got)[:80]}, not {str(wanted)[:80]}")


scenario = os.environ.get("WIREPROOF_SCENARIO")
if scenario not in OPTIONS:
    sys.exit(127)
try:
    asyncio.run(play(sys.argv[1], scenario))
except Exception as error:
    sys.exit(repr(error))
