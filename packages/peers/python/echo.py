"""Echo server on the Python package websockets (tried with 10.4).

Arguments: host, port and, if permessage-deflate is wanted, the word deflate. Prints its
port on standard output and serves until standard input ends, so that it never outlives
the process that started it.
"""

import asyncio
import logging
import sys

import websockets

# Peers that break the protocol are what this server is here for; they are not worth a log line.
logging.getLogger("websockets").addHandler(logging.NullHandler())
logging.getLogger("websockets").propagate = False


async def echo(connection):
    try:
        async for message in connection:
            await connection.send(message)
    except websockets.ConnectionClosed:
        pass


async def main(host, port, compression=None):
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    def on_input():
        if not sys.stdin.buffer.read1(4096):
            loop.remove_reader(sys.stdin)
            done.set()

    loop.add_reader(sys.stdin, on_input)
    # No keepalive pings: a tester should see only what it has asked for.
    async with websockets.serve(
        echo, host, port, compression=compression, ping_interval=None
    ) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await done.wait()


asyncio.run(main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:]))
