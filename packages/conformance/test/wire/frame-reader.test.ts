import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { encodeFrame, encodeHeader, shortestForm, type FrameHeader } from "../../src/wire/frame.js";
import { FrameReader, type FrameSink, type ReadHeader } from "../../src/wire/frame-reader.js";

interface Frame {
  readonly header: FrameHeader;
  readonly payload: Uint8Array;
}

const anyKey = fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }), { nil: null });

/** Any opcode, any bits, any form that holds the length. */
const anyFrame: fc.Arbitrary<Frame> = fc
  .record({
    opcode: fc.nat(15),
    fin: fc.boolean(),
    rsv: fc.nat(7),
    maskingKey: anyKey,
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.uint8Array({ minLength: 124, maxLength: 128 }),
      fc.constant(new Uint8Array(65_536).fill(0x2a)),
    ),
    widen: fc.nat(2),
  })
  .map(({ payload, widen, ...header }) => ({
    header: { ...header, length: payload.length, lengthForm: form(payload.length, widen) },
    payload,
  }));

/** The shortest form, or one that is `widen` steps longer. */
function form(length: number, widen: number): 7 | 16 | 64 {
  const forms = [7, 16, 64] as const;
  return forms[Math.min(2, forms.indexOf(shortestForm(length)) + widen)] ?? 64;
}

/** Writes callbacks down; the pieces of a payload are joined, since where they are cut is the network's doing. */
class Log implements FrameSink {
  readonly frames: { header: ReadHeader; payload: number[]; ended: boolean }[] = [];
  header(header: ReadHeader): boolean {
    this.frames.push({ header, payload: [], ended: false });
    return true;
  }
  payload(piece: Uint8Array): boolean {
    assert.notEqual(piece.length, 0);
    this.frames.at(-1)?.payload.push(...piece);
    return true;
  }
  end(): boolean {
    const last = this.frames.at(-1);
    if (last !== undefined) last.ended = true;
    return true;
  }
}

function read(chunks: readonly Uint8Array[]): Log {
  const log = new Log();
  const reader = new FrameReader(log);
  for (const chunk of chunks) reader.push(chunk);
  return log;
}

function octetsOf(frames: readonly Frame[]): Uint8Array {
  return Buffer.concat(frames.map(({ header, payload }) => encodeFrame(header, payload)));
}

test("whatever header was written is read again, with its payload unmasked", () => {
  fc.assert(
    fc.property(fc.array(anyFrame, { maxLength: 4 }), (frames) => {
      const log = read([octetsOf(frames)]);
      assert.deepEqual(
        log.frames,
        frames.map(({ header, payload }) => ({
          header: { ...header, highBit: false },
          payload: [...payload],
          ended: true,
        })),
      );
    }),
    { numRuns: 50 },
  );
});

test("any chunking gives the same callbacks", () => {
  fc.assert(
    fc.property(fc.array(anyFrame, { maxLength: 3 }), fc.array(fc.nat(70_000)), (frames, cuts) => {
      const octets = octetsOf(frames);
      const at = [0, ...cuts.filter((cut) => cut < octets.length).sort((a, b) => a - b), octets.length];
      const chunks = at.slice(1).map((to, index) => octets.slice(at[index], to));
      assert.deepEqual(read(chunks).frames, read([octets]).frames);
    }),
    { numRuns: 50 },
  );
});

test("three frames cut at every offset, and octet by octet", () => {
  const maskingKey = Uint8Array.of(1, 2, 3, 4);
  const payload = Buffer.alloc(130, "abc");
  const octets = octetsOf([
    { header: { opcode: 2, fin: false, rsv: 5, length: 130, maskingKey }, payload },
    { header: { opcode: 9, fin: true, rsv: 0, length: 0, maskingKey: null }, payload: new Uint8Array(0) },
    { header: { opcode: 0, fin: true, rsv: 0, length: 130, maskingKey, lengthForm: 64 }, payload },
  ]);
  const whole = read([octets]).frames;
  assert.equal(whole.length, 3);
  for (let at = 0; at <= octets.length; at++) {
    assert.deepEqual(read([octets.slice(0, at), octets.slice(at)]).frames, whole, `cut at ${at}`);
  }
  assert.deepEqual(read(Array.from(octets, (octet) => Uint8Array.of(octet))).frames, whole);
});

// A Buffer, as sockets hand them over: its `slice` shares memory.
test("the octets that came are left as they came", () => {
  const octets = Buffer.from("818537fa213d7f9f4d5158", "hex");
  assert.equal(Buffer.from(read([octets]).frames[0]?.payload ?? []).toString(), "Hello");
  assert.equal(octets.toString("hex"), "818537fa213d7f9f4d5158");
});

describe("lengths that no payload has", () => {
  test("bit 63 is told", () => {
    const [frame] = read([Buffer.from("827f8000000000000001", "hex")]).frames;
    assert.equal(frame?.header.highBit, true);
    assert.equal(frame.header.length, 2 ** 63);
  });
  test("the longest legal one costs nothing", () => {
    const [frame] = read([Buffer.from("827f7fffffffffffffff00", "hex")]).frames;
    assert.deepEqual(
      [frame?.header.highBit, frame?.header.length, frame?.payload, frame?.ended],
      [false, 2 ** 63, [0], false],
    );
  });
});

test("insideFrame is true within a header and within a payload, and nowhere else", () => {
  const reader = new FrameReader(new Log());
  const seen = Array.from(
    encodeFrame({ opcode: 1, fin: true, rsv: 0, length: 2, maskingKey: null }, Buffer.from("ab")),
  ).map((octet) => {
    reader.push(Uint8Array.of(octet));
    return reader.insideFrame;
  });
  assert.deepEqual(seen, [true, true, true, false]);
});

describe("a sink that has enough", () => {
  const two = Buffer.from("8102616281026364", "hex");
  for (const stopAt of ["header", "payload", "end"] as const) {
    test(`hears nothing more after ${stopAt}`, () => {
      const heard: string[] = [];
      const tell = (name: string): boolean => heard.push(name) > 0 && name !== stopAt;
      const reader = new FrameReader({
        header: () => tell("header"),
        payload: () => tell("payload"),
        end: () => tell("end"),
      });
      reader.push(two);
      reader.push(two);
      assert.deepEqual(heard, ["header", "payload", "end"].slice(0, heard.indexOf(stopAt) + 1));
      assert.equal(heard.at(-1), stopAt);
    });
  }
  test("also where the frame is empty", () => {
    let ends = 0;
    const reader = new FrameReader({ header: () => true, payload: () => true, end: () => ++ends > 1 });
    reader.push(encodeHeader({ opcode: 9, fin: true, rsv: 0, length: 0, maskingKey: null }));
    reader.push(two);
    assert.equal(ends, 1);
  });
});

describe("frames of which only the headers are read", () => {
  const KEY = Uint8Array.of(1, 2, 3, 4);
  const LENGTHS = [10, 0, 1, 125, 126, 300, 65_536, 0, 2];
  const octets = Buffer.concat(
    LENGTHS.map((length, index) => {
      const maskingKey = index % 2 === 0 ? null : KEY;
      return encodeFrame({ opcode: 2, fin: true, rsv: 0, length, maskingKey }, Buffer.alloc(length, "a"));
    }),
  );

  /** The length of every frame, how much of its payload was seen, and its end. */
  function read(steps: (reader: FrameReader) => void): readonly (readonly [number, number, boolean])[] {
    const log = new Log();
    steps(new FrameReader(log));
    return log.frames.map(({ header, payload, ended }) => [header.length, payload.length, ended]);
  }

  const whole = LENGTHS.map((length) => [length, 0, true] as const);

  test("end like others, and nobody sees their payload", () => {
    assert.deepEqual(
      read((reader) => reader.pushHeaders(octets)),
      whole,
    );
  });
  test("may be cut anywhere", () => {
    for (let at = 0; at <= 600; at++) {
      const seen = read((reader) => {
        reader.pushHeaders(octets.subarray(0, at));
        reader.pushHeaders(octets.subarray(at));
      });
      assert.deepEqual(seen, whole, `cut at ${at}`);
    }
  });
  test("have the same headers", () => {
    const [all, some] = [new Log(), new Log()];
    new FrameReader(all).push(octets);
    new FrameReader(some).pushHeaders(octets);
    assert.deepEqual(
      some.frames.map(({ header }) => header),
      all.frames.map(({ header }) => header),
    );
  });
  test("have not ended before all of their payload is there", () => {
    const seen = read((reader) => {
      reader.pushHeaders(octets.subarray(0, 11));
      assert.equal(reader.insideFrame, true);
      reader.push(octets.subarray(11, 12));
      assert.equal(reader.insideFrame, false);
    });
    assert.deepEqual(seen, [[10, 1, true]]);
  });
  test("the mask of what is read after all goes on where it would be", () => {
    const masked = encodeFrame(
      { opcode: 2, fin: true, rsv: 0, length: 8, maskingKey: KEY },
      Buffer.from("abcdefgh"),
    );
    const log = new Log();
    const reader = new FrameReader(log);
    reader.pushHeaders(masked.subarray(0, 9));
    reader.push(masked.subarray(9));
    assert.equal(Buffer.from(log.frames[0]?.payload ?? []).toString(), "defgh");
  });
  test("nothing more is read once the sink has enough", () => {
    let headers = 0;
    const reader = new FrameReader({
      header: () => ++headers < 3,
      payload: () => assert.fail("a payload"),
      end: () => true,
    });
    reader.pushHeaders(octets);
    reader.pushHeaders(octets);
    assert.equal(headers, 3);
  });
});
