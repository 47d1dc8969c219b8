"""Walks through the cases of the tester with Tornado, and offers permessage-deflate. Argument: the tester's address."""

import asyncio
import logging
import sys

from tornado.httpclient import HTTPError
from tornado.iostream import UnsatisfiableReadError
from tornado.websocket import WebSocketError, websocket_connect

logging.disable(logging.CRITICAL)

OPTIONS = {"max_message_size": 64 * 1024 * 1024, "compression_options": {}}


async def echo(url):
    try:
        connection = await websocket_connect(url, **OPTIONS)
    except (WebSocketError, HTTPError, UnsatisfiableReadError, OSError):
        return
    try:
        while (message := await connection.read_message()) is not None:
            await connection.write_message(message, binary=isinstance(message, bytes))
    except WebSocketError:
        pass
    connection.close()


async def main(url):
    connection = await websocket_connect(url + "/getCaseCount")
    count = int(await connection.read_message())
    connection.close()
    for number in range(1, count + 1):
        await echo(f"{url}/runCase?case={number}&agent=tornado")
    await echo(url + "/updateReports?agent=tornado")


asyncio.run(main(sys.argv[1]))
