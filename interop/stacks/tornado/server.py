"""Echo server on Tornado, with permessage-deflate. Argument: the port."""

import asyncio
import logging
import os
import sys

from tornado.web import Application
from tornado.websocket import WebSocketHandler

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
SCENARIOS = "open text binary fragmented deflate ping subprotocol close-client close-server".split()
scenario = os.environ.get("WIREPROOF_SCENARIO", "open")
if scenario not in SCENARIOS:
    sys.exit(127)

logging.disable(logging.CRITICAL)


class Echo(WebSocketHandler):
    def check_origin(self, _origin):
        return True

    def get_compression_options(self):
        return {}

    def select_subprotocol(self, offered):
        is_selected = scenario == "subprotocol" and "chat.v2" in offered
        return "chat.v2" if is_selected else None

    def on_message(self, message):
        if scenario == "close-server":
            self.close(3001, "server done")
        else:
            self.write_message(message, binary=isinstance(message, bytes))


async def main(port):
    application = Application([("/", Echo)], websocket_max_message_size=64 * 1024 * 1024)
    application.listen(port, "127.0.0.1")
    await asyncio.Event().wait()


asyncio.run(main(int(sys.argv[1])))
