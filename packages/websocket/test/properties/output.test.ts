import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import type { Piece } from "../../src/protocol/output.js";
import { Output } from "../../src/protocol/output.js";
import { SlabPool } from "../../src/protocol/slab.js";

/** What a step does with one of the connections. */
const step = fc.record({
  connection: fc.nat(3),
  act: fc.constantFrom("write", "write", "write", "take", "release", "abandon", "block", "clear"),
  octets: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 65_536 })),
});

interface Written {
  readonly pieces: readonly Piece[];
  readonly octets: number[];
}

function contents(pieces: readonly Piece[]): number[] {
  return pieces.flatMap(({ memory, from, to }) => [...memory.subarray(from, to)]);
}

/**
 * Four connections share slabs. What a transport took is what was written, and stays that until it is released;
 * abandoned pieces stay it for ever.
 */
test("pieces on their way are never overwritten", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const pool = new SlabPool((octets) => new Uint8Array(octets));
      const outputs = [0, 1, 2, 3].map(() => new Output(pool, (octets) => new Uint8Array(octets)));
      const expected: number[][] = outputs.map(() => []);
      const flying: Written[][] = outputs.map(() => []);
      const abandoned: Written[] = [];
      let mark = 0;
      for (const { connection, act, octets } of steps) {
        const output = outputs[connection]!;
        mark = (mark + 1) & 0xff;
        if (act === "write") {
          const slab = output.room(octets);
          // Marks at both ends are enough to see an overlap, and cheap to keep.
          slab.memory.fill(mark, slab.used, slab.used + octets);
          output.commit(octets);
          for (let count = 0; count < octets; count += 1) expected[connection]!.push(mark);
        } else if (act === "take") {
          flying[connection]!.push({ pieces: output.take(), octets: expected[connection]! });
          expected[connection] = [];
        } else if (act === "release") {
          const written = flying[connection]!.shift();
          if (written === undefined) continue;
          assert.deepEqual(contents(written.pieces), written.octets);
          output.release(written.pieces);
        } else if (act === "abandon") {
          abandoned.push(...flying[connection]!.splice(0));
        } else if (act === "block") {
          output.isBlocked = !output.isBlocked;
        } else {
          output.clear();
          expected[connection] = [];
        }
      }
      for (const written of [...abandoned, ...flying.flat()]) {
        assert.deepEqual(contents(written.pieces), written.octets);
      }
      for (const [connection, output] of outputs.entries()) {
        assert.equal(output.octets, expected[connection]!.length);
        assert.deepEqual(contents(output.take()), expected[connection]);
      }
    }),
    { numRuns: 100 },
  );
});
