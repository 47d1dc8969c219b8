import assert from "node:assert/strict";
import { test } from "node:test";

import { DEFAULT_BACKOFF, delayBefore } from "../../src/reconnecting/backoff.js";
import { failure } from "../../src/reconnecting/verdict.js";

const LOST = failure(undefined, true);

test("the defaults are those of Python's websockets, with full jitter", () => {
  assert.deepEqual(DEFAULT_BACKOFF, { initialMs: 5_000, factor: 1.618, maxMs: 90_000 });
  assert.deepEqual(delayBefore(1, LOST, DEFAULT_BACKOFF, 0), { floorMs: 0, delayMs: 0 });
  assert.deepEqual(delayBefore(1, LOST, DEFAULT_BACKOFF, 0.5), { floorMs: 0, delayMs: 2_500 });
  assert.equal(delayBefore(2, LOST, DEFAULT_BACKOFF, 1).delayMs, 8_090);
});

test("the cap ends at the largest, however many attempts fail", () => {
  for (const attempt of [8, 100, 10_000])
    assert.equal(delayBefore(attempt, LOST, DEFAULT_BACKOFF, 1).delayMs, 90_000);
});

test("after 1012 and 1013 clients come back within 5 to 30 seconds, or later", () => {
  for (const code of [1012, 1013]) {
    const end = { ...LOST, code };
    assert.deepEqual(delayBefore(1, end, DEFAULT_BACKOFF, 0), { floorMs: 5_000, delayMs: 5_000 });
    assert.equal(delayBefore(1, end, DEFAULT_BACKOFF, 1).delayMs, 30_000);
    assert.equal(delayBefore(8, end, DEFAULT_BACKOFF, 1).delayMs, 90_000);
  }
});

test("maxMs holds for them, too", () => {
  const backoff = { initialMs: 10, factor: 2, maxMs: 100 };
  assert.deepEqual(delayBefore(1, { ...LOST, code: 1012 }, backoff, 0.5), { floorMs: 100, delayMs: 100 });
});

test("Retry-After is a floor, with the jitter on top", () => {
  const end = { ...LOST, retryAfterMs: 120_000 };
  assert.deepEqual(delayBefore(1, end, DEFAULT_BACKOFF, 0), { floorMs: 120_000, delayMs: 120_000 });
  assert.equal(delayBefore(1, end, DEFAULT_BACKOFF, 0.5).delayMs, 122_500);
});
