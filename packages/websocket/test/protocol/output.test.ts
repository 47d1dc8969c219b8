import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Output } from "../../src/protocol/output.js";
import { sharedSlabs, SLAB_OCTETS, SlabPool } from "../../src/protocol/slab.js";
import { plainKernels } from "../support/kernels.js";

/** A pool that says how many slabs it has made. */
function countingPool(): { pool: SlabPool; allocated: () => number } {
  let allocated = 0;
  const pool = new SlabPool((octets) => {
    allocated += 1;
    return new Uint8Array(octets);
  });
  return { pool, allocated: () => allocated };
}

function write(output: Output, octets: number, value: number): void {
  const slab = output.room(octets);
  slab.memory.fill(value, slab.used, slab.used + octets);
  output.commit(octets);
}

const allocate = (octets: number): Uint8Array => new Uint8Array(octets);

describe("output", () => {
  test("what follows in the same slab extends the last piece", () => {
    const output = new Output(countingPool().pool, allocate);
    write(output, 10, 1);
    write(output, 10, 2);
    assert.equal(output.octets, 20);
    const [piece, ...others] = output.take();
    assert.deepEqual([piece!.from, piece!.to, others.length], [0, 20, 0]);
    write(output, 5, 3);
    const [next] = output.take();
    assert.deepEqual([next!.from, next!.to], [20, 25]);
  });

  test("another connection's octets in between make a new piece", () => {
    const { pool } = countingPool();
    const first = new Output(pool, allocate);
    const second = new Output(pool, allocate);
    write(first, 10, 1);
    write(second, 10, 2);
    write(first, 10, 3);
    assert.deepEqual(
      first.take().map(({ from, to }) => [from, to]),
      [
        [0, 10],
        [20, 30],
      ],
    );
  });

  test("memory that is referred to is a separate piece, in order", () => {
    const output = new Output(countingPool().pool, allocate);
    const large = new Uint8Array(30);
    write(output, 10, 1);
    output.refer(large, 5, 25);
    write(output, 10, 2);
    assert.equal(output.octets, 40);
    assert.deepEqual(
      output.take().map(({ from, to }) => [from, to]),
      [
        [0, 10],
        [5, 25],
        [10, 20],
      ],
    );
  });

  test("a slab begins anew when everything was released", () => {
    const { pool, allocated } = countingPool();
    const output = new Output(pool, allocate);
    for (let round = 0; round < 1000; round += 1) {
      write(output, 1000, round);
      output.release(output.take());
    }
    assert.equal(allocated(), 1);
  });

  test("what is not released is never written to again", () => {
    const { pool, allocated } = countingPool();
    const output = new Output(pool, allocate);
    write(output, 10, 7);
    const [kept] = output.take();
    for (let round = 0; round < 200; round += 1) {
      write(output, 1000, round);
      output.release(output.take());
    }
    assert.ok(kept!.memory.subarray(kept!.from, kept!.to).every((octet) => octet === 7));
    assert.ok(allocated() > 1);
  });

  test("releasing twice does no harm", () => {
    const { pool } = countingPool();
    const output = new Output(pool, allocate);
    write(output, 10, 1);
    const pieces = output.take();
    write(output, 10, 2);
    output.release(pieces);
    output.release(pieces);
    const [waiting] = output.take();
    write(output, 30, 3);
    assert.ok(waiting!.memory.subarray(waiting!.from, waiting!.to).every((octet) => octet === 2));
  });

  test("slabs that come back are used again, a few of them", () => {
    const { pool, allocated } = countingPool();
    const output = new Output(pool, allocate);
    for (let slab = 0; slab < 30; slab += 1) write(output, SLAB_OCTETS, slab);
    output.release(output.take());
    const before = allocated();
    for (let slab = 0; slab < 30; slab += 1) write(output, SLAB_OCTETS, slab);
    assert.equal(before, 30);
    assert.equal(allocated(), before + 30 - 1 - 16);
  });

  test("what waits for long has separate memory, which grows", () => {
    const { pool } = countingPool();
    const sizes: number[] = [];
    const output = new Output(pool, (octets) => {
      sizes.push(octets);
      return new Uint8Array(octets);
    });
    output.isBlocked = true;
    for (let round = 0; round < 200; round += 1) write(output, 1000, round);
    write(output, SLAB_OCTETS, 1);
    assert.deepEqual(sizes.slice(0, 6), [4096, 8192, 16_384, 32_768, 65_536, 65_536]);
    assert.equal(sizes.at(-1), SLAB_OCTETS);
    const pieces = output.take();
    assert.ok(pieces.length < 10);
    output.release(pieces);
    const { length } = sizes;
    write(output, SLAB_OCTETS, 2);
    output.isBlocked = false;
    write(output, 10, 3);
    assert.equal(sizes.length, length);
  });

  test("pieces of different slabs are never taken for one", () => {
    const output = new Output(countingPool().pool, allocate);
    output.isBlocked = true;
    write(output, 10, 1);
    output.isBlocked = false;
    write(output, 10, 2);
    output.isBlocked = true;
    write(output, 10, 3);
    assert.deepEqual(
      output.take().map(({ memory, from, to }) => [memory[from], to - from]),
      [
        [1, 10],
        [2, 10],
        [3, 10],
      ],
    );
  });

  test("a slab that is in use is never one of those that wait to be used", () => {
    const output = new Output(countingPool().pool, allocate);
    for (let round = 0; round < 3; round += 1) {
      write(output, 1000, 0);
      output.clear();
    }
    for (let round = 1; round < 10; round += 1) write(output, 60_000, round);
    for (const [index, piece] of output.take().entries()) {
      assert.equal(piece.to - piece.from, 60_000);
      assert.ok(piece.memory.subarray(piece.from, piece.to).every((octet) => octet === index + 1));
    }
  });

  test("what is cleared is given back", () => {
    const { pool, allocated } = countingPool();
    const output = new Output(pool, allocate);
    for (let round = 0; round < 100; round += 1) {
      write(output, 1000, round);
      output.clear();
    }
    assert.equal(output.octets, 0);
    assert.equal(allocated(), 1);
  });

  test("connections with the same kernels share slabs", () => {
    const kernels = plainKernels();
    assert.equal(sharedSlabs(kernels), sharedSlabs(kernels));
    assert.notEqual(sharedSlabs(kernels), sharedSlabs(plainKernels()));
  });

  test("what is shared is referred to when it is alone, and copied beside something else", () => {
    const output = new Output(countingPool().pool, allocate);
    const shared = Uint8Array.of(7, 7, 7);
    output.share(shared);
    const [alone, ...none] = output.take();
    assert.equal(alone!.memory, shared);
    assert.deepEqual([alone!.from, alone!.to, none.length], [0, 3, 0]);

    output.share(shared);
    write(output, 2, 1);
    output.share(shared);
    assert.equal(output.octets, 8);
    const [piece, ...others] = output.take();
    assert.equal(others.length, 0, "one write");
    assert.deepEqual([...piece!.memory.subarray(piece!.from, piece!.to)], [7, 7, 7, 1, 1, 7, 7, 7]);

    output.share(shared);
    output.refer(new Uint8Array(5), 0, 5);
    write(output, 1, 9);
    assert.deepEqual(
      output.take().map(({ from, to }) => to - from),
      [3, 5, 1],
    );
  });
});
