"""Echo server on the Python package websockets, which offers permessage-deflate by default. Argument: the port."""

import asyncio
import logging
import os
import sys

import websockets

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
SCENARIOS = "open text binary fragmented deflate ping subprotocol close-client close-server".split()
scenario = os.environ.get("WIREPROOF_SCENARIO", "open")
if scenario not in SCENARIOS:
    sys.exit(127)

logging.disable(logging.CRITICAL)


async def echo(connection):
    try:
        async for message in connection:
            if scenario == "close-server":
                await connection.close(3001, "server done")
            else:
                await connection.send(message)
    except websockets.ConnectionClosed:
        pass


async def main(port):
    options = {
        "max_size": 64 * 1024 * 1024,
        # No pings of its own, so that the tester sees only what it has asked for.
        "ping_interval": None,
        "subprotocols": ["chat.v2"] if scenario == "subprotocol" else None,
    }
    async with websockets.serve(echo, "127.0.0.1", port, **options):
        await asyncio.Future()


asyncio.run(main(int(sys.argv[1])))
