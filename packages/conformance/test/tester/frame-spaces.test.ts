import assert from "node:assert/strict";
import { test } from "node:test";
import { giveBackSpace, takeSpace } from "../../src/tester/outbound.js";

test("a space is as large as requested, and never used twice at the same time", () => {
  const spaces = [1, 100_000, 80 * 1024, 1_000_000, 10].map((length) => {
    const space = takeSpace(length);
    assert.ok(space.octets.length >= length);
    assert.equal(space.words.length, space.octets.length >> 2);
    assert.equal(space.words.buffer, space.octets.buffer);
    return space;
  });
  assert.equal(new Set(spaces.map(({ octets }) => octets.buffer)).size, spaces.length);
});

test("what was given back is used again, for little and for much", () => {
  const space = takeSpace(1000);
  giveBackSpace(space);
  assert.equal(takeSpace(200_000), space);
  giveBackSpace(space);
  assert.equal(takeSpace(1), space);
});

test("what is very large, or too many, is not kept", () => {
  const large = takeSpace(1_000_000);
  giveBackSpace(large);
  assert.notEqual(takeSpace(1), large);
  const many = Array.from({ length: 100 }, () => takeSpace(1));
  for (const space of many) giveBackSpace(space);
  const again = new Set(Array.from({ length: 100 }, () => takeSpace(1)));
  assert.ok(many.filter((space) => again.has(space)).length < 50);
});
