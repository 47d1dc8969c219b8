"""Walks through the cases of the tester with aiohttp, and offers permessage-deflate. Argument: the tester's address."""

import asyncio
import sys

import aiohttp

OPTIONS = {"max_msg_size": 64 * 1024 * 1024, "compress": 15}


async def echo(session, url):
    try:
        async with session.ws_connect(url, **OPTIONS) as connection:
            async for message in connection:
                if message.type == aiohttp.WSMsgType.TEXT:
                    await connection.send_str(message.data)
                elif message.type == aiohttp.WSMsgType.BINARY:
                    await connection.send_bytes(message.data)
    except (aiohttp.ClientError, OSError):
        pass


async def main(url):
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url + "/getCaseCount") as connection:
            count = int(await connection.receive_str())
        for number in range(1, count + 1):
            await echo(session, f"{url}/runCase?case={number}&agent=aiohttp")
        await echo(session, url + "/updateReports?agent=aiohttp")


asyncio.run(main(sys.argv[1]))
