"""Walks through the cases of the tester with ws4py. Argument: the tester's address."""

import logging
import sys

from ws4py.client import WebSocketBaseClient

logging.disable(logging.CRITICAL)
url = sys.argv[1]


class Counter(WebSocketBaseClient):
    count = 0

    def received_message(self, message):
        Counter.count = int(str(message))


class Echo(WebSocketBaseClient):
    def received_message(self, message):
        self.send(message.data, message.is_binary)


def visit(path, kind):
    """Connects, and returns when the connection is closed or could not be opened."""
    try:
        client = kind(url + path)
        client.connect()
        client.run()
    except Exception:
        # It has no class of its own for what can go wrong.
        pass


visit("/getCaseCount", Counter)
for number in range(1, Counter.count + 1):
    visit(f"/runCase?case={number}&agent=ws4py", Echo)
visit("/updateReports?agent=ws4py", Echo)
