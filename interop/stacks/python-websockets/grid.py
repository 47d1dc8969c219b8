"""Plays a scenario of the interop grid with the Python package websockets. Argument: the server's address."""

import asyncio
import os
import sys

import websockets

OPTIONS = {
    "open": {},
    "text": {},
    "binary": {},
    "fragmented": {},
    # The package offers permessage-deflate by default.
    "deflate": {},
    "ping": {},
    "subprotocol": {"subprotocols": ["chat.v1", "chat.v2"]},
    "close-client": {},
    "close-server": {},
}


async def play(url, scenario):
    connection = await websockets.connect(url, **OPTIONS[scenario])
    if scenario == "text":
        await echo(connection, "Grüße, 世界 👋")
    elif scenario == "binary":
        await echo(connection, bytes(range(256)))
    elif scenario == "fragmented":
        # Each item is a fragment.
        await connection.send(["a" * 65536] * 16)
        expect("echo", await connection.recv(), "a" * 1048576)
    elif scenario == "deflate":
        expect("extensions", [it.name for it in connection.extensions], ["permessage-deflate"])
        for _ in range(3):
            await echo(connection, "deflate " * 2048)
    elif scenario == "ping":
        # It waits until a Pong with this payload has come.
        await (await connection.ping("wireproof"))
    elif scenario == "subprotocol":
        expect("subprotocol", connection.subprotocol, "chat.v2")
    elif scenario == "close-server":
        await connection.send("bye")
        await connection.wait_closed()
        expect("close code", connection.close_code, 3001)
        expect("close reason", connection.close_reason, "server done")
        return
    if scenario == "close-client":
        await connection.close(3000, "client done")
        expect("close code of the answer", connection.close_code, 3000)
    else:
        await connection.close(1000)
        expect("end without a Close frame", connection.close_code == 1006, False)


async def echo(connection, message):
    await connection.send(message)
    expect("echo", await connection.recv(), message)


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
