import assert from "node:assert/strict";
import { test } from "node:test";

import { headerOctets, writeHeader, writeMaskedHeader } from "../../src/protocol/frame-header.js";
import { hex } from "../support/frames.js";

const HEADERS: readonly (readonly [number, string])[] = [
  [0, "82 00"],
  [125, "82 7d"],
  [126, "82 7e 00 7e"],
  [65_535, "82 7e ff ff"],
  [65_536, "82 7f 00 00 00 00 00 01 00 00"],
  [0x1_2345_6789, "82 7f 00 00 00 01 23 45 67 89"],
  [Number.MAX_SAFE_INTEGER, "82 7f 00 1f ff ff ff ff ff ff"],
];

for (const [length, expected] of HEADERS) {
  test(`a length of ${length} takes the fewest octets`, () => {
    const into = new Uint8Array(20);
    const end = writeHeader(into, 1, 0x82, length);
    assert.equal(hex(into.subarray(1, end)), expected);
    assert.equal(headerOctets(length, false), end - 1);
  });

  test(`a masked header of length ${length} has the mask bit and the key`, () => {
    const into = new Uint8Array(20);
    const end = writeMaskedHeader(into, 1, 0x82, length, 0x04030201);
    const octets = expected.split(" ");
    octets[1] = (Number.parseInt(octets[1]!, 16) | 0x80).toString(16);
    assert.equal(hex(into.subarray(1, end)), `${octets.join(" ")} 01 02 03 04`);
    assert.equal(headerOctets(length, true), end - 1);
  });
}
