import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Segment } from "../../src/lint/segment.js";
import { TcpStream } from "../../src/lint/tcp-stream.js";

interface Seen {
  readonly stream: TcpStream;
  readonly octets: () => string;
  readonly gaps: number[];
  /** The packets in which octets came. */
  readonly packets: number[];
}

function watched(): Seen {
  const pieces: Buffer[] = [];
  const gaps: number[] = [];
  const packets: number[] = [];
  const stream = new TcpStream({
    octets: (octets, { packet }) => {
      pieces.push(Buffer.from(octets));
      packets.push(packet);
    },
    gap: (missing) => gaps.push(missing),
  });
  return { stream, octets: () => Buffer.concat(pieces).toString("latin1"), gaps, packets };
}

function segment(seq: number, text: string, rest: Partial<Segment> = {}): Segment {
  const payload = Buffer.from(text, "latin1");
  const flags = { syn: false, ack: true, fin: false, rst: false };
  return { from: "a", to: "b", seq: seq >>> 0, ...flags, payload, cut: 0, ...rest };
}

function place(packet: number): { readonly packet: number; readonly atNanos: null } {
  return { packet, atNanos: null };
}

const TEXT = "The quick brown fox jumps over the lazy dog.";

describe("segments", () => {
  test("any segments in any order, some of them twice, overlapping, and a sequence number that wraps", () => {
    const piece = fc.tuple(fc.nat(TEXT.length - 1), fc.integer({ min: 1, max: 12 }));
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.nat(0xffffffff),
        fc.integer(),
        (extra, start, seed) => {
          const whole = Array.from({ length: Math.ceil(TEXT.length / 5) }, (_, i) => [5 * i, 5] as const);
          const order = shuffled([...extra, ...whole], seed);
          const { stream, octets, gaps } = watched();
          stream.add(segment(start - 1, "", { syn: true }), place(0));
          for (const [i, [at, length]] of order.entries())
            stream.add(segment(start + at, TEXT.slice(at, at + length)), place(i + 1));
          stream.end();
          assert.equal(octets(), TEXT);
          assert.deepEqual(gaps, []);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("a segment that waits keeps its own packet number", () => {
    const { stream, packets } = watched();
    stream.add(segment(0, "a"), place(1));
    stream.add(segment(2, "c"), place(2));
    stream.add(segment(1, "b"), place(3));
    assert.deepEqual(packets, [1, 3, 2]);
  });

  test("of octets that were sent twice, the first ones count", () => {
    const { stream, octets } = watched();
    stream.add(segment(0, "abc"), place(1));
    stream.add(segment(1, "XYZ"), place(2));
    stream.add(segment(0, "----"), place(3));
    assert.equal(octets(), "abcZ");
  });

  test("a probe of a connection that is kept alive says nothing", () => {
    const { stream, octets } = watched();
    stream.add(segment(10, "abc"), place(1));
    stream.add(segment(12, "?"), place(2));
    stream.add(segment(13, "d"), place(3));
    assert.equal(octets(), "abcd");
  });
});

describe("gaps", () => {
  test("octets that never come are counted at the end, and nothing behind them is handed on", () => {
    const { stream, octets, gaps } = watched();
    stream.add(segment(0, "abc"), place(1));
    stream.add(segment(10, "xyz"), place(2));
    stream.add(segment(14, "xyz"), place(3));
    stream.end();
    stream.add(segment(3, "defg"), place(4));
    assert.deepEqual([octets(), gaps], ["abc", [7]]);
  });

  test("too many octets that wait are a gap", () => {
    const { stream, gaps } = watched();
    stream.add(segment(0, "a"), place(1));
    const many = "x".repeat(60_000);
    for (let i = 0; i < 18; i++) stream.add(segment(100 + i * many.length, many), place(i + 2));
    assert.deepEqual(gaps, [99]);
  });

  test("too many segments that wait are a gap", () => {
    const { stream, gaps } = watched();
    stream.add(segment(0, "a"), place(1));
    for (let i = 0; i < 4097; i++) stream.add(segment(5 + i, "x"), place(i + 2));
    assert.deepEqual(gaps, [4]);
  });

  test("a packet that was cut", () => {
    const { stream, octets, gaps } = watched();
    stream.add(segment(0, "abc", { cut: 5 }), place(1));
    stream.add(segment(8, "xyz"), place(2));
    assert.deepEqual([octets(), gaps], ["abc", [5]]);
  });

  test("a packet that was cut, all of which had come before", () => {
    const { stream, octets, gaps } = watched();
    stream.add(segment(0, "abcdef"), place(1));
    stream.add(segment(0, "abc", { cut: 3 }), place(2));
    stream.add(segment(6, "g"), place(3));
    assert.deepEqual([octets(), gaps], ["abcdefg", []]);
  });
});

test("without a SYN the first segment begins the stream", () => {
  const { stream, octets } = watched();
  stream.add(segment(77, ""), place(1));
  stream.add(segment(99, "abc"), place(2));
  assert.equal(octets(), "abc");
});

test("a SYN of another connection is told from one that is sent again", () => {
  const { stream } = watched();
  assert.equal(stream.isOther(5), false);
  stream.add(segment(5, "", { syn: true }), place(1));
  assert.equal(stream.isOther(5), false);
  assert.equal(stream.isOther(6), true);
});

/** The same order for the same seed. */
function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  let state = seed >>> 0;
  const order = items.map((item) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return { item, key: state };
  });
  return order.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
