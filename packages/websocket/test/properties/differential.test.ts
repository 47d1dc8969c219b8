import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { Writable } from "node:stream";
import { test } from "node:test";

import fc from "fast-check";

import { Opcode } from "../../src/protocol/opcode.js";
import { Side } from "../../src/protocol/state.js";
import { concat, frame } from "../support/frames.js";
import type { FrameShape } from "../support/frames.js";
import { Harness } from "../support/harness.js";

/** What `ws` exports beside what its types name. */
const { Receiver } = createRequire(import.meta.url)("ws") as {
  Receiver: new (options: object) => Writable;
};

const LIMIT = 100_000;

interface Heard {
  readonly messages: readonly string[];
  /** The close code of the failure, or undefined. */
  readonly failed: number | undefined;
  /** The code of the peer's Close frame, or undefined. */
  readonly closed: number | undefined;
}

async function heardByWs(side: Side, octets: Uint8Array): Promise<Heard> {
  const receiver = new Receiver({
    isServer: side === Side.Server,
    maxPayload: LIMIT,
    allowSynchronousEvents: true,
  });
  const messages: string[] = [];
  let closed: number | undefined;
  receiver.on("message", (data: Buffer, isBinary: boolean) => {
    messages.push(`${isBinary ? "binary" : "text"} ${data.toString("hex")}`);
  });
  receiver.on("ping", (data: Buffer) => messages.push(`ping ${data.toString("hex")}`));
  receiver.on("pong", (data: Buffer) => messages.push(`pong ${data.toString("hex")}`));
  receiver.on("conclude", (code: number) => {
    closed = code;
  });
  receiver.on("error", () => {});
  const error = await new Promise<Error | null | undefined>((resolve) => {
    receiver.write(Buffer.from(octets), resolve);
  });
  return { messages, failed: error ? statusOf(error) : undefined, closed };
}

/** `ws` hangs the close code on its errors, under a symbol. */
function statusOf(error: object): number | undefined {
  const symbols = Object.getOwnPropertySymbols(error);
  const status = symbols.find(({ description }) => description === "status-code");
  return status === undefined ? undefined : (error as Record<symbol, number>)[status];
}

function heardByUs(side: Side, octets: Uint8Array): Heard {
  const messages: string[] = [];
  let failed: number | undefined;
  let closed: number | undefined;
  const peer = new Harness(side, {
    limits: { messageOctets: LIMIT, frameOctets: LIMIT },
    connection: { text: "octets", autoPong: false },
  });
  const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex");
  peer.onOctets = (data, isText) => messages.push(`${isText ? "text" : "binary"} ${hex(data)}`);
  peer.onPing = (data) => messages.push(`ping ${hex(data)}`);
  peer.onPong = (data) => messages.push(`pong ${hex(data)}`);
  peer.onViolation = (violation) => {
    failed = violation.closeCode;
  };
  peer.onClosed = (code) => {
    closed = code === 1006 ? undefined : code;
  };
  peer.receive(octets);
  peer.connection.transportClosed();
  return { messages, failed, closed };
}

const shape: fc.Arbitrary<FrameShape> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      opcode: fc.constantFrom<number>(Opcode.Continuation, Opcode.Text, Opcode.Binary),
      fin: fc.boolean(),
      payload: fc.oneof(
        fc.string({ unit: "binary", maxLength: 100 }),
        fc.uint8Array({ maxLength: 6 }),
        fc.nat(1000).map((length) => "x".repeat(length)),
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      opcode: fc.constantFrom<number>(Opcode.Ping, Opcode.Pong),
      payload: fc.uint8Array({ maxLength: 130 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      opcode: fc.nat(15),
      fin: fc.boolean(),
      rsv: fc.constantFrom(0, 0, 1, 2, 4),
      payload: fc.uint8Array({ maxLength: 10 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      opcode: fc.constant(Opcode.Close),
      payload: fc.oneof(
        fc.integer({ min: 990, max: 1020 }).map((code) => Uint8Array.of(code >> 8, code & 0xff)),
        fc.integer({ min: 2990, max: 3010 }).map((code) => Uint8Array.of(code >> 8, code & 0xff)),
        fc.uint8Array({ maxLength: 6 }),
      ),
    }),
  },
);

const sides = fc.constantFrom(Side.Client, Side.Server);

function stream(side: Side, shapes: readonly FrameShape[]): Uint8Array {
  const key = side === Side.Server ? { key: [9, 8, 7, 6] } : {};
  return concat(...shapes.map((one) => frame({ ...key, ...one })));
}

test("the same frames are accepted or refused by ws's receiver, with the same close code", async () => {
  await fc.assert(
    fc.asyncProperty(sides, fc.array(shape, { maxLength: 6 }), async (side, shapes) => {
      const octets = stream(side, shapes);
      const theirs = await heardByWs(side, octets);
      const ours = heardByUs(side, octets);
      assertSame(ours, theirs);
    }),
    { numRuns: 1000 },
  );
});

/**
 * ws validates text at the end of the message only: it hears more than we do before it fails, be it another failure or
 * a Close frame, or it does not fail yet.
 */
function assertSame(ours: Heard, theirs: Heard): void {
  if (ours.failed === 1007) {
    assert.deepEqual(theirs.messages.slice(0, ours.messages.length), ours.messages);
    return;
  }
  assert.equal(ours.failed, theirs.failed);
  assert.equal(ours.closed, theirs.closed);
  assert.deepEqual(ours.messages, theirs.messages);
}

/** Where we are stricter on purpose: ws takes each of these, and §5.2 and §8.1 do not allow them. */
test("what only we refuse", async () => {
  const stricter: readonly (readonly [readonly FrameShape[], number])[] = [
    [[{ opcode: Opcode.Text, payload: "a", lengthOctets: 2 }], 1002],
    [[{ opcode: Opcode.Text, payload: "a", lengthOctets: 8 }], 1002],
    [[{ opcode: Opcode.Text, payload: Uint8Array.of(0xff), fin: false }], 1007],
  ];
  for (const [shapes, code] of stricter) {
    const octets = stream(Side.Server, shapes);
    assert.equal((await heardByWs(Side.Server, octets)).failed, undefined);
    assert.equal(heardByUs(Side.Server, octets).failed, code);
  }
});

test("a 64-bit length with its top bit set: ws says 1009, we say that it is no length at all", async () => {
  const octets = stream(Side.Server, [{ opcode: Opcode.Binary, length: 1n << 63n }]);
  assert.equal((await heardByWs(Side.Server, octets)).failed, 1009);
  assert.equal(heardByUs(Side.Server, octets).failed, 1002);
});
