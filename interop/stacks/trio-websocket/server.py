"""Echo server on trio-websocket, which stands on wsproto. Argument: the port."""

import os
import sys

import trio
import wsproto.utilities
from trio_websocket import ConnectionClosed, serve_websocket

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
SCENARIOS = "open text binary fragmented ping subprotocol close-client close-server".split()
scenario = os.environ.get("WIREPROOF_SCENARIO", "open")
if scenario not in SCENARIOS:
    sys.exit(127)


async def echo(request):
    is_selected = scenario == "subprotocol" and "chat.v2" in request.proposed_subprotocols
    connection = await request.accept(subprotocol="chat.v2" if is_selected else None)
    try:
        while True:
            message = await connection.get_message()
            if scenario == "close-server":
                await connection.aclose(3001, "server done")
            else:
                await connection.send_message(message)
    except (ConnectionClosed, wsproto.utilities.LocalProtocolError):
        pass


trio.run(serve_websocket, echo, "127.0.0.1", int(sys.argv[1]), None)
