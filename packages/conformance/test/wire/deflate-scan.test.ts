import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { DeflateScanner } from "../../src/wire/deflate-scan.js";
import { cut, inflater, inflateMessage, noise, records, TAIL } from "./deflate-kit.js";

const STRATEGIES = [
  constants.Z_DEFAULT_STRATEGY,
  constants.Z_FILTERED,
  constants.Z_HUFFMAN_ONLY,
  constants.Z_RLE,
  constants.Z_FIXED,
];

const messages = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.uint8Array({ maxLength: 3000, max: 5 }),
  fc.tuple(fc.nat(20_000), fc.nat(50)).map(([length, seed]) => new Uint8Array(records(length, seed))),
  // Rare octets among a common one: codes of more than ten bits.
  fc.nat(40).map((seed) => skewed(20_000, seed + 1)),
);

const streams = fc
  .record({
    message: messages,
    level: fc.integer({ min: 0, max: 9 }),
    strategy: fc.constantFrom(...STRATEGIES),
    memLevel: fc.constantFrom(1, 8),
    windowBits: fc.constantFrom(9, 12, 15),
    finishFlush: fc.constantFrom(constants.Z_SYNC_FLUSH, constants.Z_FULL_FLUSH, constants.Z_FINISH),
  })
  .map(({ message, ...options }) => new Uint8Array(deflateRawSync(message, options)));

test("every stream that zlib makes is understood to its last octet, however it is cut", () => {
  fc.assert(
    fc.property(streams, fc.array(fc.nat(20_000), { maxLength: 6 }), (stream, places) => {
      const scanner = new DeflateScanner(32_768);
      for (const piece of cut(stream, places)) assert.equal(scanner.push(piece), null);
      assert.ok(scanner.isAtBlockStart);
    }),
    { numRuns: 300 },
  );
});

test("octet by octet", () => {
  const stream = deflateRawSync(Buffer.concat([skewed(9000, 1), noise(500), records(3000)]));
  const scanner = new DeflateScanner(32_768);
  for (const [index] of stream.entries()) {
    assert.ok(index === 0 || !scanner.isAtBlockStart);
    assert.equal(scanner.push(stream.subarray(index, index + 1)), null);
  }
  assert.ok(scanner.isAtBlockStart);
});

describe("a dynamic block with a lone distance code of one bit", () => {
  // The literal a is 0, the end 10, a length of three 11; the only distance, 1, is 0.
  const sizes = `101${number(1, 5)}${number(0, 5)}${number(14, 4)}`;
  const meta = `000000${number(1, 3)}${"000".repeat(12)}${number(2, 3)}000${number(2, 3)}`;
  const zeros = (count: number): string => `0${number(count - 11, 7)}`;
  const header = `${sizes}${meta}${zeros(97)}10${zeros(138)}${zeros(20)}111110`;
  test("the code in use", () => {
    const stream = fromBits(`${header}011010`);
    const payload = Buffer.concat([stream, Uint8Array.of(0)]);
    assert.equal(scanMessage(payload), null);
    assert.deepEqual(inflateMessage(inflater(), payload), Buffer.from("aaaa"));
  });
  test("the code that is none", () => {
    const payload = Buffer.concat([fromBits(`${header}011110`), Uint8Array.of(0)]);
    assert.equal(scanMessage(payload), "corrupt");
    assert.equal(inflateMessage(inflater(), payload), "corrupt");
  });
});

describe("damaged streams", () => {
  test("the scanner complains when zlib does", () => {
    const damage = fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 3,
    });
    let corrupt = 0;
    fc.assert(
      fc.property(streams, damage, (stream, damages) => {
        const damaged = stream.slice();
        for (const [at, bits] of damages)
          damaged[at % stream.length] = (damaged[at % stream.length] ?? 0) ^ bits;
        // What goes wrong only in the window is not the scanner's business.
        const zlib = inflateMessage(inflater({ noContextTakeover: true, limitOctets: 1 << 26 }), damaged);
        if (zlib === "takes-over") return;
        if (zlib === "corrupt") corrupt += 1;
        assert.equal(scanMessage(damaged), zlib === "corrupt" ? "corrupt" : null);
      }),
      { numRuns: 1500 },
    );
    assert.ok(corrupt > 100, `only ${corrupt} of 1500 were corrupt`);
  });

  test("any octets, scanned or refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        const zlib = inflateMessage(inflater({ noContextTakeover: true, limitOctets: 1 << 26 }), octets);
        if (zlib === "takes-over") return;
        assert.equal(scanMessage(octets), zlib === "corrupt" ? "corrupt" : null);
      }),
      { numRuns: 1500 },
    );
  });
});

function scanMessage(payload: Uint8Array): string | null {
  const scanner = new DeflateScanner(32_768);
  const problem = scanner.push(payload) ?? scanner.push(TAIL);
  return problem ?? (scanner.isAtBlockStart ? null : "corrupt");
}

/** The bits of a number, lowest first, as DEFLATE writes them. */
function number(value: number, count: number): string {
  return [...Array(count).keys()].map((bit) => (value >> bit) & 1).join("");
}

function fromBits(bits: string): Uint8Array {
  const octets = new Uint8Array(Math.ceil(bits.length / 8));
  for (let at = 0; at < bits.length; at++)
    octets[at >> 3] = (octets[at >> 3] ?? 0) | (Number(bits[at]) << (at & 7));
  return octets;
}

/** Octets of which each is about half as frequent as the one before. */
function skewed(length: number, seed: number): Uint8Array {
  return new Uint8Array(noise(length * 2, seed).subarray(length)).map((octet, index) =>
    octet === 0 ? 16 + (index % 200) : Math.clz32(octet << 24),
  );
}
