"""Echo server on the Python package websockets (tried with 10.4).

The argument is JSON: deflate, and the paths cert and key for TLS. Prints its port on
standard output and serves until standard input ends.
"""

import asyncio
import json
import ssl
import sys

import websockets


async def echo(connection):
    async for message in connection:
        if message == "!close":
            await connection.close(4001, "bye ✓")
        elif message == "!ping":
            await (await connection.ping("hello"))
            await connection.send("!pong hello")
        elif message == "!fragments":
            await connection.send(["in ", "", "parts ✓"])
            await connection.send([b"\x00", b"", b"\xff"])
        else:
            await connection.send(message)


async def main(options):
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    def on_input():
        if not sys.stdin.buffer.read1(4096):
            loop.remove_reader(sys.stdin)
            done.set()

    context = None
    if "cert" in options:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options["cert"], options["key"])
    loop.add_reader(sys.stdin, on_input)
    compression = "deflate" if options["deflate"] else None
    async with websockets.serve(
        echo,
        "127.0.0.1",
        0,
        ssl=context,
        subprotocols=["chat"],
        compression=compression,
    ) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await done.wait()


asyncio.run(main(json.loads(sys.argv[1])))
