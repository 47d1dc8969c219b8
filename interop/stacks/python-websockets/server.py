"""Echo server on the Python package websockets, which offers permessage-deflate by default. Argument: the port."""

import asyncio
import logging
import sys

import websockets

logging.disable(logging.CRITICAL)


async def echo(connection):
    try:
        async for message in connection:
            await connection.send(message)
    except websockets.ConnectionClosed:
        pass


async def main(port):
    # No pings of its own, so that the tester sees only what it has asked for.
    async with websockets.serve(echo, "127.0.0.1", port, max_size=64 * 1024 * 1024, ping_interval=None):
        await asyncio.Future()


asyncio.run(main(int(sys.argv[1])))
