import assert from "node:assert/strict";
import { test } from "node:test";
import { createInflateRaw } from "node:zlib";
import { ZlibHandle } from "../../src/wire/zlib-handle.js";

test("a stream without a handle is refused", () => {
  const stream = createInflateRaw();
  for (const hidden of [{ _handle: null }, { _handle: {} }, { _writeState: [0, 0] }]) {
    const changed = Object.create(stream, Object.getOwnPropertyDescriptors(hidden)) as typeof stream;
    assert.throws(() => new ZlibHandle(changed), /hides the handle/);
  }
  stream.destroy();
});

test("what zlib complains about can be read at once, and does not end the process", () => {
  const handle = new ZlibHandle(createInflateRaw());
  assert.equal(handle.failure, null);
  handle.write(Uint8Array.of(7, 0, 0), 0, new Uint8Array(64));
  assert.match(handle.failure ?? "", /invalid block type/);
});
