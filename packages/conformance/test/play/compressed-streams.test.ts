import assert from "node:assert/strict";
import { test } from "node:test";
import { CompressedStreams } from "../../src/play/compressed-streams.js";

/** 16 MiB: eight of them are the budget. */
const EIGHTH: Uint8Array = new Uint8Array(16 * 1024 * 1024);

/** Streams that write down what had to be compressed. */
class Counted {
  readonly streams = new CompressedStreams();
  made: string[] = [];

  ask(key: string, index: number, octets: Uint8Array = EIGHTH): Uint8Array {
    return this.streams.message(key, index, () => {
      this.made.push(`${key}${index}`);
      return octets;
    });
  }

  /** What had to be compressed since this was last asked. */
  since(): readonly string[] {
    const { made } = this;
    this.made = [];
    return made;
  }
}

test("a message is compressed once for all cases", () => {
  const counted = new Counted();
  const [one, two] = [Uint8Array.of(1), Uint8Array.of(2)];
  assert.deepEqual(counted.ask("a", 0, one), one);
  assert.deepEqual(counted.ask("a", 1, two), two);
  assert.deepEqual(counted.ask("a", 0, Uint8Array.of(3)), one);
  assert.deepEqual(counted.since(), ["a0", "a1"]);
});

test("streams of other names are others", () => {
  const counted = new Counted();
  counted.ask("a", 0, Uint8Array.of(1));
  assert.deepEqual(counted.ask("b", 0, Uint8Array.of(2)), Uint8Array.of(2));
  assert.deepEqual(counted.since(), ["a0", "b0"]);
});

test("an empty message is kept too", () => {
  const counted = new Counted();
  for (let i = 0; i < 3; i++) counted.ask("a", 0, new Uint8Array(0));
  assert.deepEqual(counted.since(), ["a0"]);
});

test("as much as the budget is kept", () => {
  const counted = new Counted();
  for (let index = 0; index < 8; index++) counted.ask("a", index);
  counted.since();
  for (let index = 0; index < 8; index++) counted.ask("a", index);
  assert.deepEqual(counted.since(), []);
});

test("beyond the budget the stream that was not used for longest is forgotten, whole", () => {
  const counted = new Counted();
  for (const key of ["a", "b", "c", "d"]) for (const index of [0, 1]) counted.ask(key, index);
  // Used again: now b is the oldest.
  counted.ask("a", 0);
  counted.since();
  counted.ask("e", 0);
  for (const key of ["a", "c", "d"]) for (const index of [0, 1]) counted.ask(key, index);
  assert.deepEqual(counted.since(), ["e0"]);
  counted.ask("b", 1);
  counted.ask("b", 0);
  assert.deepEqual(counted.since(), ["b1", "b0"]);
});

test("a removed stream makes space again", () => {
  const counted = new Counted();
  for (let round = 0; round < 5; round++)
    for (let index = 0; index < 4; index++) counted.ask(`r${round}-`, index);
  counted.since();
  for (let index = 0; index < 4; index++) counted.ask("r4-", index);
  for (let index = 0; index < 4; index++) counted.ask("r3-", index);
  assert.deepEqual(counted.since(), []);
});

test("a stream that is too long by itself keeps its beginning", () => {
  const counted = new Counted();
  counted.ask("other", 0);
  for (let index = 0; index < 12; index++) counted.ask("a", index);
  counted.since();
  for (let index = 0; index < 10; index++) counted.ask("a", index);
  assert.deepEqual(counted.since(), ["a8", "a9"]);
  counted.ask("other", 0);
  assert.deepEqual(counted.since(), ["other0"]);
});

test("a message larger than the budget is handed over and not kept", () => {
  const counted = new Counted();
  const huge = new Uint8Array(129 * 1024 * 1024);
  assert.equal(counted.ask("a", 0, huge), huge);
  counted.ask("a", 0, huge);
  counted.ask("a", 1, Uint8Array.of(1));
  counted.ask("a", 1, Uint8Array.of(1));
  assert.deepEqual(counted.since(), ["a0", "a0", "a1"]);
});

test("what was only lent is kept as it was", () => {
  const counted = new Counted();
  const lent = Uint8Array.of(1, 2, 3);
  counted.ask("a", 0, lent);
  lent.fill(9);
  counted.ask("a", 1, lent);
  assert.deepEqual(counted.ask("a", 0), Uint8Array.of(1, 2, 3));
  assert.deepEqual(counted.ask("a", 1), Uint8Array.of(9, 9, 9));
});

test("many small messages of many streams stay apart, and what is used again shows nothing of before", () => {
  const counted = new Counted();
  const message = (stream: number, index: number): Uint8Array =>
    new Uint8Array(100_000).fill(stream * 7 + index);
  for (let stream = 0; stream < 20; stream++)
    for (let index = 0; index < 100; index++) counted.ask(`s${stream}-`, index, message(stream, index));
  counted.since();
  for (let stream = 10; stream < 20; stream++)
    for (let index = 0; index < 100; index += 9)
      assert.deepEqual(counted.ask(`s${stream}-`, index), message(stream, index));
  assert.deepEqual(counted.since(), []);
});
