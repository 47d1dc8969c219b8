"""Echo server on trio-websocket, which stands on wsproto. Argument: the port."""

import sys

import trio
from trio_websocket import ConnectionClosed, serve_websocket


async def echo(request):
    connection = await request.accept()
    try:
        while True:
            await connection.send_message(await connection.get_message())
    except ConnectionClosed:
        pass


trio.run(serve_websocket, echo, "127.0.0.1", int(sys.argv[1]), None)
