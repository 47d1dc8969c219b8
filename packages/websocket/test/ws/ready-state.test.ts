import assert from "node:assert/strict";
import { test } from "node:test";

import { ReadyEvent, ReadyState, changeReadyState } from "../../src/ws/ready-state.js";

const { CONNECTING, OPEN, CLOSING, CLOSED } = ReadyState;

test("what each event does in each state", () => {
  for (const [event, expected] of [
    [ReadyEvent.Opened, [OPEN, OPEN, OPEN, OPEN]],
    [ReadyEvent.Ending, [CLOSING, CLOSING, CLOSING, CLOSED]],
    [ReadyEvent.Ended, [CLOSED, CLOSED, CLOSED, CLOSED]],
  ] as const) {
    const seen = [CONNECTING, OPEN, CLOSING, CLOSED].map((state) => {
      const websocket = { _readyState: state };
      changeReadyState(websocket, event);
      return websocket._readyState;
    });
    assert.deepEqual(seen, expected);
  }
});
