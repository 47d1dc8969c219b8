"""Walks through the cases of a fuzzing server as a client made with the Python package
websockets (tried with 10.4), with its defaults but for the limit of a message and
keepalive pings.

Arguments: the URL of the server and the name to go by; without them WIREPROOF_URL and
WIREPROOF_AGENT. WIREPROOF_CA names a file with the certificates to trust.
"""

import asyncio
import logging
import os
import ssl
import sys
from urllib.parse import quote

import websockets

# Servers that break the protocol are what this client is here for.
logging.getLogger("websockets").addHandler(logging.NullHandler())
logging.getLogger("websockets").propagate = False

MESSAGE_OCTETS = 64 * 1024 * 1024


def trust():
    file = os.environ.get("WIREPROOF_CA")
    return None if file is None else ssl.create_default_context(cafile=file)


def connect(url, context):
    secure = {} if context is None else {"ssl": context}
    # No keepalive pings: a tester should see only what it has asked for.
    return websockets.connect(url, max_size=MESSAGE_OCTETS, ping_interval=None, **secure)


async def ask(url, context):
    async with connect(url, context) as connection:
        return await connection.recv()


async def echo(url, context):
    try:
        async with connect(url, context) as connection:
            async for message in connection:
                await connection.send(message)
    except (websockets.WebSocketException, OSError, asyncio.TimeoutError):
        pass


async def main(url, agent):
    context = trust()
    agent = "agent=" + quote(agent, safe="")
    count = int(await ask(url + "/getCaseCount", context))
    for number in range(1, count + 1):
        await echo(f"{url}/runCase?case={number}&{agent}", context)
    await echo(f"{url}/updateReports?{agent}", context)


arguments = sys.argv[1:]
asyncio.run(
    main(
        arguments[0] if arguments else os.environ["WIREPROOF_URL"],
        arguments[1] if arguments[1:] else os.environ.get("WIREPROOF_AGENT", "websockets"),
    )
)
