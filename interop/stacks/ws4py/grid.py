"""Plays a scenario of the interop grid with ws4py, which has no permessage-deflate. Argument: the server's address."""

import logging
import os
import sys

from ws4py.client.threadedclient import WebSocketClient
from ws4py.messaging import PingControlMessage

logging.disable(logging.CRITICAL)

MESSAGES = {
    "text": "Grüße, 世界 👋".encode(),
    "binary": bytes(range(256)),
    "fragmented": b"a" * 1048576,
    "close-server": b"bye",
}
SCENARIOS = ["open", "ping", "subprotocol", "close-client", *MESSAGES]

complaints = []


class Client(WebSocketClient):
    missing = 0
    code = None

    def opened(self):
        if scenario == "fragmented":
            self.missing = 1
            # Each item is a fragment.
            self.send(b"a" * 65536 for _ in range(16))
        elif scenario in MESSAGES:
            self.missing = 1
            self.send(MESSAGES[scenario], scenario == "binary")
        elif scenario == "ping":
            self.missing = 1
            self.send(PingControlMessage("wireproof"))
        elif scenario == "close-client":
            self.close(3000, "client done")
        else:
            if scenario == "subprotocol":
                expect("subprotocols", self.protocols, [b"chat.v2"])
            self.close(1000)

    def received_message(self, message):
        expect("type", message.is_binary, scenario == "binary")
        expect("echo", message.data, MESSAGES[scenario])
        self.missing = 0
        self.close(1000)

    def ponged(self, pong):
        expect("payload of the Pong", pong.data, b"wireproof")
        self.missing = 0
        self.close(1000)

    def closed(self, code, reason=None):
        self.code, self.reason = code, reason


def play(url):
    client = Client(url, protocols=["chat.v1", "chat.v2"] if scenario == "subprotocol" else None)
    client.connect()
    client.run_forever()
    if scenario == "close-server":
        expect("close code", client.code, 3001)
        expect("close reason", client.reason, b"server done")
        return
    expect("messages that are missing", client.missing, 0)
    expect("end without a Close frame", client.code == 1006, False)
    if scenario == "close-client":
        expect("close code of the answer", client.code, 3000)


def expect(what, got, wanted):
    if got != wanted:
        complaints.append(f"{what}: {str(got)[:80]}, not {str(wanted)[:80]}")


scenario = os.environ.get("WIREPROOF_SCENARIO")
if scenario not in SCENARIOS:
    sys.exit(127)
try:
    play(sys.argv[1])
except Exception as error:
    sys.exit(repr(error))
sys.exit("; ".join(complaints) or 0)
