"""Plays a scenario of the interop grid with aiohttp, which sends no fragments. Argument: the server's address."""

import asyncio
import os
import sys

import aiohttp
from aiohttp import WSMsgType

OPTIONS = {
    "open": {},
    "text": {},
    "binary": {},
    "deflate": {"compress": 15},
    # Otherwise the library keeps Pongs to itself. Then Pings are left to the application as well.
    "ping": {"autoping": False},
    "subprotocol": {"protocols": ["chat.v1", "chat.v2"]},
    "close-client": {},
    "close-server": {},
}


async def play(url, scenario):
    async with aiohttp.ClientSession() as session:
        connection = await session.ws_connect(url, **OPTIONS[scenario])
        if scenario == "text":
            await connection.send_str("Grüße, 世界 👋")
            await expect_message(connection, WSMsgType.TEXT, "Grüße, 世界 👋")
        elif scenario == "binary":
            await connection.send_bytes(bytes(range(256)))
            await expect_message(connection, WSMsgType.BINARY, bytes(range(256)))
        elif scenario == "deflate":
            expect("window bits of permessage-deflate", connection.compress > 0, True)
            for _ in range(3):
                await connection.send_str("deflate " * 2048)
                await expect_message(connection, WSMsgType.TEXT, "deflate " * 2048)
        elif scenario == "ping":
            await connection.ping(b"wireproof")
            await expect_message(connection, WSMsgType.PONG, b"wireproof")
        elif scenario == "subprotocol":
            expect("subprotocol", connection.protocol, "chat.v2")
        elif scenario == "close-server":
            await connection.send_str("bye")
            # The library answers the Close frame by itself.
            message = await expect_message(connection, WSMsgType.CLOSE, 3001)
            expect("close reason", message.extra, "server done")
            return
        if scenario == "close-client":
            await connection.close(code=3000, message=b"client done")
            expect("close code of the answer", connection.close_code, 3000)
        else:
            await connection.close(code=1000)
            expect("end without a Close frame", connection.close_code == 1006, False)


async def expect_message(connection, kind, data):
    message = await connection.receive()
    while message.type == WSMsgType.PING:
        await connection.pong(message.data)
        message = await connection.receive()
    expect("type", message.type, kind)
    expect("data", message.data, data)
    return message


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
