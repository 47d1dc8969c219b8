import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { Opcode } from "../../src/protocol/opcode.js";
import { Side } from "../../src/protocol/state.js";
import { compress, TestInflater } from "../support/codecs.js";
import { concat, frame, octetsOf } from "../support/frames.js";
import type { FrameShape } from "../support/frames.js";
import { Harness } from "../support/harness.js";

const { Continuation, Text, Binary, Ping, Pong, Close } = Opcode;

const sides = fc.constantFrom(Side.Client, Side.Server);
const lengths = fc.oneof(
  { weight: 8, arbitrary: fc.nat(130) },
  { weight: 1, arbitrary: fc.integer({ min: 65_530, max: 65_540 }) },
);

type Message = { readonly isText: boolean; readonly data: string; readonly cuts: readonly number[] };

const message: fc.Arbitrary<Message> = fc.record({
  isText: fc.boolean(),
  data: fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    lengths.map((length) => "x".repeat(length)),
  ),
  cuts: fc.array(fc.nat(70_000), { maxLength: 3 }),
});

/** What one side says, a method call each. */
const utterance = fc.oneof(
  message.map((value) => ({ kind: "message" as const, ...value })),
  message.map((value) => ({ kind: "parts" as const, ...value })),
  fc.uint8Array({ maxLength: 125 }).map((payload) => ({ kind: "ping" as const, payload })),
  fc.uint8Array({ maxLength: 125 }).map((payload) => ({ kind: "pong" as const, payload })),
);

test("what one side says is what the other side hears", () => {
  fc.assert(
    fc.property(sides, fc.array(utterance, { maxLength: 8 }), (side, utterances) => {
      const speaker = new Harness(side, { keepsOutput: true });
      const other = side === Side.Client ? Side.Server : Side.Client;
      const listener = new Harness(other, { connection: { autoPong: false } });
      const expected: string[] = [];
      for (const said of utterances) expected.push(say(speaker, said));
      listener.receive(speaker.takeOutput());
      assert.deepEqual(listener.take(), expected);
    }),
    { numRuns: 300 },
  );
});

type Utterance = typeof utterance extends fc.Arbitrary<infer Value> ? Value : never;

function say(speaker: Harness, said: Utterance): string {
  const { connection } = speaker;
  const probe = new Harness(Side.Server);
  if (said.kind === "ping") {
    connection.ping(said.payload);
    probe.onPing(said.payload);
  } else if (said.kind === "pong") {
    connection.pong(said.payload);
    probe.onPong(said.payload);
  } else {
    const octets = octetsOf(said.data);
    if (said.kind === "parts") sendParts(speaker, said.isText, octets, said.cuts);
    else if (said.isText) connection.sendText(said.data);
    else connection.sendOctets(octets, false);
    if (said.isText) probe.onText(Buffer.from(octets).toString());
    else probe.onOctets(octets, false, true);
  }
  return probe.trace[0]!;
}

function sendParts(
  { connection }: Harness,
  isText: boolean,
  octets: Uint8Array,
  cuts: readonly number[],
): void {
  connection.startMessage(isText ? Text : Binary);
  let at = 0;
  for (const cut of cuts.map((cut) => cut % (octets.length + 1)).sort((a, b) => a - b)) {
    connection.sendPart(octets.subarray(at, cut), false);
    at = cut;
  }
  connection.sendPart(octets.subarray(at), true);
}

/** Frames as a peer may send them: mostly right, so that the stream is read for long. */
const shape: fc.Arbitrary<FrameShape> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      opcode: fc.constantFrom<number>(Continuation, Text, Binary, Continuation),
      fin: fc.boolean(),
      payload: fc.oneof(
        fc.string({ maxLength: 20 }),
        fc.string({ unit: "binary", maxLength: 20 }),
        lengths.map((length) => "é".repeat(length >> 1)),
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      opcode: fc.constantFrom<number>(Ping, Pong),
      payload: fc.uint8Array({ maxLength: 125 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      opcode: fc.constantFrom<number>(Text, Binary),
      rsv: fc.constant(4),
      payload: fc.string({ maxLength: 200 }).map((text) => compress(octetsOf(text))),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      opcode: fc.nat(15),
      fin: fc.boolean(),
      rsv: fc.nat(7),
      payload: fc.uint8Array({ maxLength: 130 }),
      lengthOctets: fc.constantFrom<2 | 8>(2, 8),
    }),
  },
  { weight: 1, arbitrary: fc.record({ opcode: fc.constant(Close), payload: closePayloads() }) },
);

function closePayloads(): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    fc.constant(Uint8Array.of(3, 0xe8)),
    fc.constant(Uint8Array.of(3, 0xe8, 0x61)),
    fc.uint8Array({ maxLength: 5 }),
  );
}

test("however the stream is cut, the callbacks and the output are the same", () => {
  const cuts = fc.array(fc.nat(100_000), { maxLength: 12 });
  fc.assert(
    fc.property(sides, fc.array(shape, { maxLength: 8 }), cuts, (side, shapes, cuts) => {
      const key = side === Side.Server ? { key: [0x1f, 0x2e, 0x3d, 0x4c] } : {};
      const octets = concat(...shapes.map((one) => frame({ ...key, ...one })));
      const whole = play(side, [octets]);
      assert.deepEqual(play(side, cutAt(octets, cuts)), whole);
      if (octets.length < 2000) {
        const singles = Array.from(octets, (octet) => Uint8Array.of(octet));
        assert.deepEqual(play(side, singles), whole);
      }
    }),
    { numRuns: 400 },
  );
});

function cutAt(octets: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const ends = cuts.map((cut) => cut % (octets.length + 1)).sort((a, b) => a - b);
  return [0, ...ends].map((from, index) => octets.subarray(from, ends[index] ?? octets.length));
}

function play(side: Side, chunks: readonly Uint8Array[]): string[] {
  const peer = new Harness(side, { connection: { inflater: new TestInflater() } });
  for (const chunk of chunks) peer.receive(chunk);
  peer.connection.receiveEnd();
  peer.connection.transportClosed();
  return peer.trace;
}
