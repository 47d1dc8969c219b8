import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Opcode } from "../../src/case/opcode.js";
import { encodeFrame, type LengthForm } from "../../src/wire/frame.js";
import { SelfCheck, type Found } from "../../src/wire/self-check.js";

const KEY = Uint8Array.of(0xa1, 0xb2, 0xc3, 0xd4);

interface Options {
  readonly more?: boolean;
  readonly rsv?: number;
  readonly unmasked?: true;
  readonly lengthForm?: LengthForm;
}

/** A frame of a client. */
function frame(opcode: number, payload: string | Uint8Array = "", options: Options = {}): Uint8Array {
  const octets = Buffer.from(payload);
  const header = {
    opcode,
    fin: options.more !== true,
    rsv: options.rsv ?? 0,
    length: octets.length,
    maskingKey: options.unmasked === true ? null : KEY,
    ...(options.lengthForm === undefined ? {} : { lengthForm: options.lengthForm }),
  };
  return encodeFrame(header, octets);
}

function closing(hex: string, options?: Options): Uint8Array {
  return frame(Opcode.close, Buffer.from(hex, "hex"), options);
}

/** What a client's self-check finds in frames. */
function found(...frames: readonly Uint8Array[]): readonly string[] {
  const check = new SelfCheck("client");
  for (const octets of frames) {
    check.begin();
    check.push(octets);
  }
  return [...check.found].sort();
}

const MORE = { more: true } as const;
const HALF = Buffer.from("ceba", "hex").subarray(0, 1);
const OTHER_HALF = Buffer.from("ceba", "hex").subarray(1);
const INVALID = Buffer.from("eda080", "hex");

describe("what may be sent", () => {
  const table: readonly (readonly [name: string, frames: readonly Uint8Array[]])[] = [
    ["nothing", []],
    ["text, binary, Ping, Pong", [frame(1, "µ"), frame(2, INVALID), frame(9, "a"), frame(10, "a")]],
    ["text cut inside a character", [frame(1, HALF, MORE), frame(0, OTHER_HALF)]],
    ["a Ping between two fragments", [frame(1, HALF, MORE), frame(9, INVALID), frame(0, OTHER_HALF)]],
    ["binary fragments that are not UTF-8", [frame(2, INVALID, MORE), frame(0, INVALID)]],
    ["empty fragments", [frame(1, "", MORE), frame(0, "", MORE), frame(0, "")]],
    ["two fragmented messages", [frame(1, "a", MORE), frame(0, "b"), frame(2, "a", MORE), frame(0, "b")]],
    ["125 octets in a Ping", [frame(9, Buffer.alloc(125))]],
    ["the three forms of the length", [125, 126, 65_535, 65_536].map((n) => frame(2, Buffer.alloc(n)))],
    ["Close without payload", [closing("")]],
    ["Close with a code", [closing("03e8")]],
    ["Close with a code and a reason", [closing("0bb8c2b5")]],
  ];
  for (const [name, frames] of table) test(name, () => assert.deepEqual(found(...frames), []));
});

describe("what only a case may send, each under its name", () => {
  const table: Record<Found, readonly (readonly Uint8Array[])[]> = {
    rsv: [[frame(1, "a", { rsv: 1 })], [frame(2, "a", { rsv: 4 })], [frame(9, "", { rsv: 7 })]],
    "reserved-opcode": [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => [frame(opcode, "a")]),
    "fragmented-control": [[frame(9, "a", MORE)], [frame(10, "a", MORE)]],
    "long-control": [[frame(9, Buffer.alloc(126))], [frame(10, Buffer.alloc(126))]],
    "stray-continuation": [[frame(0, "a")], [frame(0, "a", MORE)], [frame(1, "a"), frame(0, "a")]],
    "interleaved-message": [
      [frame(1, "a", MORE), frame(1, "a")],
      [frame(1, "a", MORE), frame(2, "a")],
    ],
    "invalid-utf8": [
      [frame(1, INVALID)],
      [frame(1, HALF)],
      [frame(1, HALF, MORE), frame(0, "a")],
      [frame(1, HALF, MORE), frame(9, OTHER_HALF), frame(0)],
    ],
    "close-payload": [[closing("61")], [closing("03e8eda080")]],
    "close-code": ["0000", "03e7", "03ec", "03ed", "03ee", "03f4", "0bb7", "1388", "ffff"].map((hex) => [
      closing(hex),
    ]),
    "frame-after-close": [
      [closing("03e8"), closing("03e8")],
      [closing(""), frame(9)],
      [closing(""), frame(1, "a")],
    ],
    "frame-inside-frame": [[frame(1, "abc").subarray(0, 8), closing("03e8")]],
    "wrong-mask": [[frame(1, "a", { unmasked: true })], [frame(9, "", { unmasked: true })]],
    "length-high-bit": [[Buffer.from(`81ff${"ff".repeat(8)}00000000`, "hex")]],
    "length-form": [
      [frame(1, "a", { lengthForm: 16 })],
      [frame(1, "a", { lengthForm: 64 })],
      [frame(2, Buffer.alloc(126), { lengthForm: 64 })],
    ],
  };
  for (const [name, scripts] of Object.entries(table)) {
    for (const [index, frames] of scripts.entries()) {
      test(`${name}, ${index + 1}`, () => assert.deepEqual(found(...frames), [name]));
    }
  }
});

test("a Close frame with reserved bits is none, so that a real one may follow", () => {
  assert.deepEqual(found(closing("", { rsv: 7 }), closing("03e8")), ["rsv"]);
});

test("everything that is found is kept", () => {
  assert.deepEqual(found(frame(9, "a", { more: true, rsv: 1 }), frame(3), frame(1, INVALID)), [
    "fragmented-control",
    "invalid-utf8",
    "reserved-opcode",
    "rsv",
  ]);
});

test("a server does not mask", () => {
  const check = new SelfCheck("server");
  check.push(frame(1, "a", { unmasked: true }));
  assert.deepEqual([...check.found], []);
  check.push(frame(1, "a"));
  assert.deepEqual([...check.found], ["wrong-mask"]);
});

test("how the octets are cut changes nothing", () => {
  const octets = Buffer.concat([
    frame(1, HALF, MORE),
    frame(9, "x", MORE),
    frame(0, "a"),
    frame(0, "stray"),
    closing("03e7"),
    frame(2, "late"),
  ]);
  const whole = new SelfCheck("client");
  whole.push(octets);
  assert.equal(whole.found.size, 5);
  fc.assert(
    fc.property(fc.array(fc.nat(octets.length), { maxLength: 8 }), (cuts) => {
      const check = new SelfCheck("client");
      const at = [0, ...cuts.sort((a, b) => a - b), octets.length];
      for (const [index, to] of at.slice(1).entries()) check.push(octets.subarray(at[index], to));
      assert.deepEqual(check.found, whole.found);
    }),
  );
});

describe("with permessage-deflate", () => {
  /** What is found in frames of which only the headers are looked at, as those of load cases are. */
  function foundInHeaders(
    ...frames: readonly { readonly opcode: number; readonly options: Options }[]
  ): readonly string[] {
    const check = new SelfCheck("client", true);
    for (const { opcode, options } of frames) {
      const octets = frame(opcode, Buffer.alloc(20, 0xff), options);
      check.begin();
      check.pushHeaders(octets);
    }
    return [...check.found].sort();
  }
  const on = (opcode: number, options: Options = {}): { opcode: number; options: Options } => ({
    opcode,
    options,
  });
  const table: readonly (readonly [
    name: string,
    frames: readonly { readonly opcode: number; readonly options: Options }[],
    found: readonly string[],
  ])[] = [
    ["compressed messages", [on(1, { rsv: 4 }), on(2, { rsv: 4 })], []],
    ["a compressed one in fragments", [on(1, { rsv: 4, ...MORE }), on(0, MORE), on(0)], []],
    ["one that is not compressed", [on(2)], []],
    ["RSV1 on a continuation", [on(1, { rsv: 4, ...MORE }), on(0, { rsv: 4 })], ["rsv"]],
    ["RSV1 on a Ping", [on(9, { rsv: 4 })], ["rsv"]],
    ["RSV1 on a reserved opcode", [on(3, { rsv: 4 })], ["reserved-opcode", "rsv"]],
    ["RSV2", [on(2, { rsv: 2 })], ["rsv"]],
    ["RSV1 and RSV3", [on(2, { rsv: 5 })], ["rsv"]],
  ];
  for (const [name, frames, expected] of table) {
    test(name, () => assert.deepEqual(foundInHeaders(...frames), expected));
  }
  test("without it RSV1 has no meaning", () => {
    assert.deepEqual(found(frame(2, "a", { rsv: 4 })), ["rsv"]);
  });
  test("a frame ends with its payload, so that the next one is not inside it", () => {
    const check = new SelfCheck("client");
    const octets = frame(2, Buffer.alloc(100));
    for (const missing of [0, 1]) {
      check.begin();
      check.pushHeaders(octets.subarray(0, octets.length - missing));
    }
    assert.deepEqual([...check.found], []);
    check.begin();
    assert.deepEqual([...check.found], ["frame-inside-frame"]);
  });
});
