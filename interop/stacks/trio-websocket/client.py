"""Walks through the cases of the tester with trio-websocket, which stands on wsproto. Argument: the tester's address."""

import sys

import h11
import trio
import wsproto.utilities
from trio_websocket import ConnectionClosed, HandshakeError, open_websocket_url

# What it raises when a connection cannot be opened, or is closed: also while a message is being sent.
ENDS = (ConnectionClosed, HandshakeError, wsproto.utilities.LocalProtocolError, h11.LocalProtocolError)


async def receive(url, on_message):
    """Connects, and returns when the connection is closed or could not be opened."""
    try:
        async with open_websocket_url(url, max_message_size=64 * 1024 * 1024) as connection:
            while True:
                await on_message(connection, await connection.get_message())
    except ENDS:
        pass


async def main(url):
    counts = []

    async def take_count(_connection, message):
        counts.append(int(message))

    async def echo(connection, message):
        await connection.send_message(message)

    await receive(url + "/getCaseCount", take_count)
    for number in range(1, counts[0] + 1):
        await receive(f"{url}/runCase?case={number}&agent=trio-websocket", echo)
    await receive(url + "/updateReports?agent=trio-websocket", echo)


trio.run(main, sys.argv[1])
