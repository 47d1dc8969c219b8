"""Walks through the cases of a fuzzing server with the package websockets, with its defaults but for limits.

    walk.py URL AGENT CONNECTIONS
"""

import asyncio
import sys
from urllib.parse import quote

import websockets

URL, AGENT, CONNECTIONS = sys.argv[1], quote(sys.argv[2]), int(sys.argv[3])
OPTIONS = {"max_size": None, "ping_interval": None, "open_timeout": None, "close_timeout": 60}


async def ask(path):
    async with websockets.connect(URL + path, **OPTIONS) as socket:
        async for message in socket:
            return message
    return None


async def echo(case):
    try:
        async with websockets.connect(f"{URL}/runCase?case={case}&agent={AGENT}", **OPTIONS) as socket:
            async for message in socket:
                await socket.send(message)
    except (websockets.exceptions.WebSocketException, OSError, EOFError):
        pass


async def lane(cases):
    while cases:
        await echo(cases.pop(0))


async def main():
    cases = list(range(1, int(await ask("/getCaseCount")) + 1))
    await asyncio.gather(*(lane(cases) for _ in range(CONNECTIONS)))
    await ask(f"/updateReports?agent={AGENT}&shutdownOnComplete=true")


asyncio.run(main())
