"""Client on the Python package websockets (tried with 10.4).

The argument is JSON: url, deflate, and the path ca for TLS. Prints what it saw as one
line of JSON.
"""

import asyncio
import json
import ssl
import sys

import websockets

SIZES = [0, 125, 126, 65_535, 65_536, 1_048_576]


def text(length):
    return ("añ€😀 the quick brown fox " * (length // 16 + 1))[:length]


def octets(length):
    return bytes((at * 7919 >> 3) & 255 for at in range(length))


async def main(options):
    context = None
    if "ca" in options:
        context = ssl.create_default_context(cafile=options["ca"])

    def connect():
        return websockets.connect(
            options["url"],
            ssl=context,
            subprotocols=["other", "chat"],
            compression="deflate" if options["deflate"] else None,
        )

    faults = []

    async def echo(sent, expected):
        await connection.send(sent)
        if await connection.recv() != expected:
            faults.append(f"{type(expected).__name__} of {len(expected)}")

    async with connect() as connection:
        for length in SIZES:
            await echo(text(min(length, 400_000)), text(min(length, 400_000)))
            await echo(octets(length), octets(length))
        await echo(["frag", "", "ments ✓"], "fragments ✓")
        await echo([octets(200), b"", octets(70_000)], octets(200) + octets(70_000))
        await (await connection.ping("ours"))
        await connection.send("!ping")
        pong = await connection.recv()
        await connection.send("!fragments")
        fragments = [await connection.recv(), list(await connection.recv())]
        await connection.close(3002, "döne")
    async with connect() as second:
        await second.send("!close")
        await second.wait_closed()
    print(
        json.dumps(
            {
                "protocol": connection.subprotocol,
                "extensions": connection.response_headers.get("Sec-WebSocket-Extensions", ""),
                "faults": faults,
                "pong": pong,
                "fragments": fragments,
                "closedByClient": [connection.close_code, connection.close_reason, True],
                "closedByServer": [second.close_code, second.close_reason, True],
            }
        )
    )


asyncio.run(main(json.loads(sys.argv[1])))
