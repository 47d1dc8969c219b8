"""Echo server on aiohttp, which accepts permessage-deflate by default. Argument: the port."""

import os
import sys

from aiohttp import WSMsgType, web

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
SCENARIOS = "open text binary fragmented deflate ping subprotocol close-client close-server".split()
scenario = os.environ.get("WIREPROOF_SCENARIO", "open")
if scenario not in SCENARIOS:
    sys.exit(127)

PROTOCOLS = ["chat.v2"] if scenario == "subprotocol" else []


async def echo(request):
    connection = web.WebSocketResponse(protocols=PROTOCOLS, max_msg_size=64 * 1024 * 1024)
    await connection.prepare(request)
    async for message in connection:
        if scenario == "close-server":
            await connection.close(code=3001, message=b"server done")
        elif message.type == WSMsgType.TEXT:
            await connection.send_str(message.data)
        elif message.type == WSMsgType.BINARY:
            await connection.send_bytes(message.data)
    return connection


application = web.Application()
application.router.add_get("/", echo)
web.run_app(application, host="127.0.0.1", port=int(sys.argv[1]), print=None)
