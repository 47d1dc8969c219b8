"""Plays a scenario of the interop grid with the Python package websocket-client, which has no permessage-deflate.

Argument: the server's address.
"""

import os
import struct
import sys

import websocket
from websocket import ABNF

OPTIONS = {
    "open": {},
    "text": {},
    "binary": {},
    "fragmented": {},
    "ping": {},
    "subprotocol": {"subprotocols": ["chat.v1", "chat.v2"]},
    "close-client": {},
    "close-server": {},
}


def play(url, scenario):
    connection = websocket.create_connection(url, **OPTIONS[scenario])
    if scenario == "text":
        connection.send("Grüße, 世界 👋")
        expect_message(connection, ABNF.OPCODE_TEXT, "Grüße, 世界 👋".encode())
    elif scenario == "binary":
        connection.send_binary(bytes(range(256)))
        expect_message(connection, ABNF.OPCODE_BINARY, bytes(range(256)))
    elif scenario == "fragmented":
        for number in range(16):
            opcode = ABNF.OPCODE_TEXT if number == 0 else ABNF.OPCODE_CONT
            connection.send_frame(ABNF.create_frame("a" * 65536, opcode, 1 if number == 15 else 0))
        expect_message(connection, ABNF.OPCODE_TEXT, b"a" * 1048576)
    elif scenario == "ping":
        connection.ping("wireproof")
        opcode = ABNF.OPCODE_PING
        # It also returns the Pings that it has answered.
        while opcode == ABNF.OPCODE_PING:
            opcode, frame = connection.recv_data_frame(control_frame=True)
        expect("opcode", opcode, ABNF.OPCODE_PONG)
        expect("payload of the Pong", frame.data, b"wireproof")
    elif scenario == "subprotocol":
        expect("subprotocol", connection.getsubprotocol(), "chat.v2")
    if scenario == "close-client":
        # A `close` would not tell the code of the answer.
        connection.send_close(3000, b"client done")
        frame = connection.recv_frame()
        while frame.opcode == ABNF.OPCODE_PING:
            frame = connection.recv_frame()
        expect("opcode", frame.opcode, ABNF.OPCODE_CLOSE)
        expect("close code of the answer", frame.data[:2], struct.pack("!H", 3000))
        connection.shutdown()
    elif scenario == "close-server":
        connection.send("bye")
        # The library answers the Close frame by itself.
        expect_message(connection, ABNF.OPCODE_CLOSE, struct.pack("!H", 3001) + b"server done")
        connection.shutdown()
    else:
        connection.close(1000)


def expect_message(connection, opcode, data):
    got = connection.recv_data()
    expect("opcode", got[0], opcode)
    expect("data", got[1], data)


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {str(got)[:80]}, not {str(wanted)[:80]}")


scenario = os.environ.get("WIREPROOF_SCENARIO")
if scenario not in OPTIONS:
    sys.exit(127)
try:
    play(sys.argv[1], scenario)
except Exception as error:
    sys.exit(repr(error))
