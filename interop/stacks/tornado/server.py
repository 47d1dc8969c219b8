"""Echo server on Tornado, with permessage-deflate. Argument: the port."""

import asyncio
import logging
import sys

from tornado.web import Application
from tornado.websocket import WebSocketHandler

logging.disable(logging.CRITICAL)


class Echo(WebSocketHandler):
    def check_origin(self, _origin):
        return True

    def get_compression_options(self):
        return {}

    def on_message(self, message):
        self.write_message(message, binary=isinstance(message, bytes))


async def main(port):
    application = Application([("/", Echo)], websocket_max_message_size=64 * 1024 * 1024)
    application.listen(port, "127.0.0.1")
    await asyncio.Event().wait()


asyncio.run(main(int(sys.argv[1])))
