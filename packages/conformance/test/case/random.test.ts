import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/case/random.js";

test("the sequence is mulberry32's", () => {
  const random = new Random(0);
  assert.deepEqual([random.bits(), random.bits(), random.bits()], PINNED);
});

test("equal seeds give equal sequences, others do not", () => {
  const first = take(new Random(7));
  assert.deepEqual(take(new Random(7)), first);
  assert.notDeepEqual(take(new Random(8)), first);
});

test("below gives each integer under the limit and none other", () => {
  const random = new Random(1);
  const seen = new Set(Array.from({ length: 500 }, () => random.below(6)));
  assert.deepEqual(
    [...seen].sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 5],
  );
});

test("chance never happens at 0 and always at 100", () => {
  const random = new Random(2);
  const draws = Array.from({ length: 200 }, () => [random.chance(0), random.chance(100)]);
  assert.ok(draws.every(([never, always]) => never === false && always === true));
});

test("pickEarly reaches every item and the first one most often", () => {
  const random = new Random(3);
  const counts = [0, 0, 0, 0];
  for (let draw = 0; draw < 2000; draw += 1) counts[random.pickEarly([0, 1, 2, 3])]! += 1;
  assert.deepEqual(
    counts,
    [...counts].sort((a, b) => b - a),
  );
  assert.ok((counts[3] ?? 0) > 0);
});

test("there is nothing to pick from an empty list", () => {
  assert.throws(() => new Random(4).pick([]), RangeError);
  assert.throws(() => new Random(4).pickEarly([]), RangeError);
});

/** What another implementation gives, seeded with 0. */
const PINNED = [1_144_304_738, 1_416_247, 958_946_056];

function take(random: Random): readonly number[] {
  return Array.from({ length: 8 }, () => random.bits());
}
