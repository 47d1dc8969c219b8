"""An ASGI application that echoes; uvicorn and hypercorn run it."""

import os
import sys

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
SCENARIOS = "open text binary fragmented deflate ping subprotocol close-client close-server".split()
scenario = os.environ.get("WIREPROOF_SCENARIO", "open")
if scenario not in SCENARIOS:
    sys.exit(127)


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "websocket":
        await echo(scope, receive, send)


async def echo(scope, receive, send):
    await receive()
    is_selected = scenario == "subprotocol" and "chat.v2" in scope["subprotocols"]
    await send({"type": "websocket.accept", "subprotocol": "chat.v2" if is_selected else None})
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return
        if scenario == "close-server":
            await send({"type": "websocket.close", "code": 3001, "reason": "server done"})
        elif event.get("text") is not None:
            await send({"type": "websocket.send", "text": event["text"]})
        else:
            await send({"type": "websocket.send", "bytes": event["bytes"]})


async def lifespan(receive, send):
    while True:
        event = await receive()
        await send({"type": event["type"] + ".complete"})
        if event["type"] == "lifespan.shutdown":
            return
