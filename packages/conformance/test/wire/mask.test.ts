import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { applyMask } from "../../src/wire/mask.js";

const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

describe("applyMask", () => {
  const key = fc.uint8Array({ minLength: 4, maxLength: 4 });
  test("twice is nothing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), key, fc.nat(1000), (octets, maskingKey, offset) => {
        const masked = applyMask(octets.slice(), maskingKey, offset);
        assert.deepEqual(applyMask(masked, maskingKey, offset), octets);
      }),
    );
  });
  test("in two pieces is the same as at once", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), key, fc.nat(300), (octets, maskingKey, at) => {
        const whole = applyMask(octets.slice(), maskingKey);
        const first = applyMask(octets.slice(0, at), maskingKey);
        const second = applyMask(octets.slice(at), maskingKey, first.length);
        assert.deepEqual(Buffer.concat([first, second]), Buffer.from(whole));
      }),
    );
  });
  test("octet by octet and four at a time are the same, wherever the array lies and the payload begins", () => {
    for (const length of [0, 1, 3, 47, 48, 49, 50, 51, 52, 67, 1000]) {
      for (let at = 0; at < 8; at++) {
        for (const offset of [0, 1, 2, 3, 4, 5, 8, 1001, 65_536]) {
          const around = Buffer.alloc(at + length + 8, 0xaa);
          const octets = around.subarray(at, at + length);
          octets.set(Array.from({ length }, (_, index) => (index * 7) % 256));
          const expected = Array.from(octets, (octet, index) => octet ^ (KEY[(offset + index) % 4] ?? 0));
          applyMask(octets, KEY, offset);
          assert.deepEqual([...octets], expected, `${length} at ${at} from ${offset}`);
          const beside = [...around.subarray(0, at), ...around.subarray(at + length)];
          assert.ok(beside.every((octet) => octet === 0xaa));
        }
      }
    }
  });
  test("the key may lie anywhere and stays as it is", () => {
    const around = Uint8Array.of(9, ...KEY, 9);
    const octets = applyMask(new Uint8Array(64), around.subarray(1, 5));
    assert.deepEqual([...octets], Array.from({ length: 16 }, () => [...KEY]).flat());
    assert.deepEqual([...around], [9, ...KEY, 9]);
  });
  test("returns the array it was given", () => {
    const octets = Uint8Array.of(1, 2, 3);
    assert.equal(applyMask(octets, KEY), octets);
  });
});
