import assert from "node:assert/strict";
import { test } from "node:test";

import { OwnCopies } from "../../src/session/own-copy.js";

test("copies of one read share memory, and none shows through another", () => {
  const copies = new OwnCopies();
  const lent = Buffer.alloc(1024);
  const kept = Array.from({ length: 16 }, (_, index) => {
    lent.fill(index);
    return copies.copy(lent, (15 - index) * 1032);
  });
  lent.fill(0xff);
  for (const [index, copy] of kept.entries()) assert.deepEqual(copy, Buffer.alloc(1024, index));
  assert.equal(new Set(kept.map(({ buffer }) => buffer)).size, 1);
});

test("who keeps a copy keeps at most 64 KiB", () => {
  const copies = new OwnCopies();
  const beginning = copies.copy(Buffer.alloc(100), 512 * 1024);
  assert.equal(beginning.buffer.byteLength, 65_536);
  assert.equal(copies.copy(Buffer.alloc(70_000), 5000).buffer.byteLength, 70_000);
  const alone = new OwnCopies().copy(Buffer.alloc(20_000), 0);
  // Node's pool is as large, from Node 24 on, and a little larger to be aligned.
  assert.ok(alone.buffer.byteLength <= 66_000);
});

test("nothing is a copy of nothing", () => {
  assert.equal(new OwnCopies().copy(Buffer.alloc(0), 10).length, 0);
});
