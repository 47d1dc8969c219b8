import assert from "node:assert/strict";
import { test } from "node:test";
import { TrafficCounter } from "../../src/record/traffic.js";

test("nothing at first", () => {
  const nothing = { wire: 0, payload: 0, application: 0, frames: 0, messages: 0 };
  assert.deepEqual(new TrafficCounter().snapshot(), nothing);
});

test("frames with their headers, payloads, and what they are uncompressed; a message ends with FIN", () => {
  const counter = new TrafficCounter();
  counter.application(1000);
  counter.frame(6, 100, false);
  counter.frame(6, 0, false);
  counter.frame(8, 200, true);
  const first = counter.snapshot();
  counter.application(5);
  counter.frame(2, 5, true);
  assert.deepEqual(first, { wire: 320, payload: 300, application: 1000, frames: 3, messages: 1 });
  assert.deepEqual(counter.snapshot(), {
    wire: 327,
    payload: 305,
    application: 1005,
    frames: 4,
    messages: 2,
  });
});
