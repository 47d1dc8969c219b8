"""Walks through the cases of the tester with the Python package websockets, which offers permessage-deflate by default.

Argument: the tester's address.
"""

import asyncio
import logging
import sys

import websockets

logging.disable(logging.CRITICAL)


def connect(url):
    # No pings of its own, so that the tester sees only what it has asked for.
    return websockets.connect(url, max_size=64 * 1024 * 1024, ping_interval=None)


async def echo(url):
    try:
        async with connect(url) as connection:
            async for message in connection:
                await connection.send(message)
    except (websockets.WebSocketException, OSError, asyncio.TimeoutError):
        pass


async def main(url):
    async with connect(url + "/getCaseCount") as connection:
        count = int(await connection.recv())
    for number in range(1, count + 1):
        await echo(f"{url}/runCase?case={number}&agent=websockets")
    await echo(url + "/updateReports?agent=websockets")


asyncio.run(main(sys.argv[1]))
