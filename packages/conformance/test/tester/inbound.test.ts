import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { REQUIREMENTS } from "../../src/case/requirements.js";
import { Inbound, type InboundOptions } from "../../src/tester/inbound.js";
import type { MessageReader } from "../../src/tester/message-reader.js";
import { VIOLATIONS, type ViolationName } from "../../src/record/violation.js";
import type { EventView } from "../../src/record/record.js";
import { SHOWN_OCTETS, type FrameView } from "../../src/record/wire-log.js";
import { KEY, peerClose, peerFrame } from "../support/peer-frames.js";

interface Heard {
  readonly violations: ViolationName[];
  readonly frames: FrameView[];
  readonly events: EventView[];
  readonly pings: string[];
  readonly closes: string[];
  /** Opcodes of the messages that a reader took. */
  readonly taken: number[];
  /** Octets of messages, uncompressed. */
  readonly limits: number[];
  readonly application: { octets: number };
}

interface HearOptions extends Partial<Omit<InboundOptions, "expectMask">> {
  readonly masked?: boolean;
  readonly retries?: number;
}

/** Reads octets; after `retries` violations it stops listening. */
function hear(chunks: readonly Uint8Array[], options: HearOptions = {}): Heard {
  const { masked = false, retries = Infinity, ...rest } = options;
  const application = { octets: 0 };
  const heard: Heard = {
    violations: [],
    frames: [],
    events: [],
    pings: [],
    closes: [],
    taken: [],
    limits: [],
    application,
  };
  const inbound = new Inbound(
    {
      frame: (_, view) => void heard.frames.push(view()),
      violation: (name) => void heard.violations.push(name),
      limit: (code) => void heard.limits.push(code),
      message: (event) => void heard.events.push(event),
      taken: (opcode) => void heard.taken.push(opcode),
      application: (octets) => {
        application.octets += octets;
      },
      pong: (event) => void heard.events.push(event),
      ping: (payload) => void heard.pings.push(Buffer.from(payload).toString("hex")),
      close: (payload) => void heard.closes.push(Buffer.from(payload).toString("hex")),
      listening: () => heard.violations.length < retries,
    },
    { expectMask: masked, inflater: null, readerFor: () => null, keepsPayload: () => true, ...rest },
  );
  for (const chunk of chunks) inbound.push(chunk);
  return heard;
}

const HALF = Buffer.from("ce", "hex");
const OTHER_HALF = Buffer.from("ba", "hex");
const INVALID = Buffer.from("eda080", "hex");
const MORE = { more: true } as const;

describe("violations, each under its name", () => {
  const table: readonly (readonly [name: ViolationName, what: string, frames: readonly Uint8Array[]])[] = [
    ["rsv", "a message with RSV1", [peerFrame(1, "a", { rsv: 4 })]],
    ["rsv", "a Pong with RSV3", [peerFrame(10, "a", { rsv: 1 })]],
    ["masked-frame", "a server that masks", [peerFrame(1, "a", { key: KEY })]],
    ["fragmented-control", "a Ping with more to come", [peerFrame(9, "a", MORE)]],
    ["reserved-opcode", "a reserved data frame", [peerFrame(3, "a")]],
    ["reserved-opcode", "a reserved control frame", [peerFrame(11, "a")]],
    ["close-payload-of-one-octet", "a Close frame with one octet", [peerFrame(8, "a")]],
    ["stray-continuation", "a continuation of nothing", [peerFrame(0, "a")]],
    ["stray-continuation", "a continuation behind a whole message", [peerFrame(1, "a"), peerFrame(0, "a")]],
    ["interleaved-message", "a message inside another", [peerFrame(1, "a", MORE), peerFrame(2, "b")]],
    ["length-form", "one octet in 16 bits", [peerFrame(1, "a", { lengthForm: 16 })]],
    ["length-form", "126 octets in 64 bits", [peerFrame(2, Buffer.alloc(126), { lengthForm: 64 })]],
    ["length-high-bit", "bit 63 of the length", [Buffer.from("827f8000000000010000", "hex")]],
    ["invalid-utf8", "a text that is cut inside a character", [peerFrame(1, HALF)]],
    ["invalid-utf8", "an unfinished character and an empty end", [peerFrame(1, HALF, MORE), peerFrame(0)]],
    ["long-control", "a Ping of 126 octets", [peerFrame(9, Buffer.alloc(126))]],
  ];
  for (const [name, what, frames] of table) {
    test(`${name}: ${what}`, () => assert.deepEqual(hear(frames).violations, [name]));
  }
  test("unmasked-frame: a client that does not mask", () => {
    assert.deepEqual(hear([peerFrame(1, "a")], { masked: true }).violations, ["unmasked-frame"]);
    assert.deepEqual(hear([peerFrame(1, "a", { key: KEY })], { masked: true }).violations, []);
  });
  test("long-control with another form of the length than the shortest", () => {
    assert.deepEqual(hear([peerFrame(9, "a", { lengthForm: 16 })]).violations, [
      "long-control",
      "length-form",
    ]);
  });
  test("a text that is invalid is reported when it becomes so, and again at its end", () => {
    assert.deepEqual(hear([peerFrame(1, INVALID, MORE)]).violations, ["invalid-utf8"]);
    assert.deepEqual(hear([peerFrame(1, INVALID)]).violations, ["invalid-utf8", "invalid-utf8"]);
  });
  test("several in one header", () => {
    const octets = peerFrame(11, "a", { rsv: 7, key: KEY, more: true });
    assert.deepEqual(hear([octets]).violations, [
      "rsv",
      "masked-frame",
      "fragmented-control",
      "reserved-opcode",
    ]);
  });
});

test("what a Close frame holds is not judged here", () => {
  const { violations, closes } = hear([peerClose(999, INVALID)]);
  assert.deepEqual([violations, closes], [[], ["03e7eda080"]]);
});

test("every violation names a requirement that exists and is about the peer", () => {
  for (const { requirement, sentence } of Object.values(VIOLATIONS)) {
    assert.ok(REQUIREMENTS.has(requirement), requirement);
    assert.match(sentence, /^(sent|started|answered) /);
  }
});

describe("what is legal", () => {
  test("messages, fragments, control frames between them", () => {
    const { violations, events, pings } = hear([
      peerFrame(1, HALF, MORE),
      peerFrame(9, "p"),
      peerFrame(0, OTHER_HALF),
      peerFrame(10, INVALID),
      peerFrame(2, INVALID),
      peerFrame(1, ""),
    ]);
    assert.deepEqual([violations, pings], [[], ["70"]]);
    assert.deepEqual(
      events.map((event) => (event.type === "timeout" ? "" : `${event.type} ${event.head}`)),
      ["message ceba", "pong eda080", "message eda080", "message "],
    );
    assert.deepEqual(
      events.flatMap((event) => (event.type === "message" ? [event.binary] : [])),
      [false, true, false],
    );
  });
  test("a long message is kept as length, digest and beginning", () => {
    const [event] = hear([peerFrame(2, Buffer.alloc(100_000, "x"))]).events;
    assert.ok(event?.type === "message");
    assert.deepEqual([event.length, event.head, event.sha256.length], [100_000, "78".repeat(64), 64]);
  });
});

describe("frames as they are shown", () => {
  test("payloads are unmasked and cut", () => {
    const [frame] = hear([peerFrame(2, Buffer.alloc(300, "a"), { key: KEY, rsv: 2, more: true })]).frames;
    assert.deepEqual(frame, {
      opcode: 2,
      fin: false,
      rsv: 2,
      masked: true,
      mask: "12345678",
      length: 300,
      payload: "61".repeat(SHOWN_OCTETS),
    });
  });
  test("any chunking shows and reports the same", () => {
    const octets = Buffer.concat([
      peerFrame(1, "abc", MORE),
      peerFrame(9, "p", { rsv: 1 }),
      peerFrame(0, Buffer.alloc(300, "é")),
      peerFrame(10, Buffer.alloc(125, "z")),
      peerFrame(2, "bin", { lengthForm: 64 }),
      peerClose(1000, "bye"),
    ]);
    const whole = hear([octets]);
    assert.equal(whole.frames.length, 6);
    fc.assert(
      fc.property(fc.array(fc.nat(octets.length), { maxLength: 20 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), octets.length];
        assert.deepEqual(hear(at.slice(1).map((to, index) => octets.subarray(at[index], to))), whole);
      }),
    );
  });
});

describe("a reader that takes a message", () => {
  /** A reader that writes the pieces down, and finds text invalid that has an x in it. */
  function taking(pieces: string[]): MessageReader {
    return {
      push: (piece) => pieces.push(Buffer.from(piece).toString()) > 0 && !pieces.join("").includes("x"),
      end: () => !pieces.join("").endsWith("y"),
    };
  }
  test("gets its pieces, and the message is no event", () => {
    const pieces: string[] = [];
    const asked: number[] = [];
    const { events, taken, violations, application } = hear(
      [peerFrame(2, "ab", MORE), peerFrame(10, "p"), peerFrame(0, "cd")],
      {
        readerFor: (opcode) => {
          asked.push(opcode);
          return taking(pieces);
        },
      },
    );
    assert.deepEqual([pieces, asked, taken, violations], [["ab", "cd"], [2], [2], []]);
    assert.deepEqual(
      events.map(({ type }) => type),
      ["pong"],
    );
    assert.equal(application.octets, 4);
  });
  test("is asked for every message anew, and may leave one", () => {
    const pieces: string[] = [];
    const { events, taken } = hear([peerFrame(1, "a"), peerFrame(2, "b"), peerFrame(1, "c")], {
      readerFor: (opcode) => (opcode === 1 ? taking(pieces) : null),
    });
    assert.deepEqual([pieces, taken, events.length], [["a", "c"], [1, 1], 1]);
  });
  test("says what is not valid", () => {
    const found = (text: string): readonly ViolationName[] =>
      hear([peerFrame(1, text)], { readerFor: () => taking([]) }).violations;
    assert.deepEqual([found("ok"), found("x"), found("y")], [[], ["invalid-utf8"], ["invalid-utf8"]]);
  });
});

test("payloads of data frames are only kept where they are wanted, those of control frames always", () => {
  const { frames, events, closes, pings } = hear(
    [peerFrame(1, "text"), peerFrame(9, "ping"), peerClose(1000, "bye")],
    { keepsPayload: () => false },
  );
  const text = (hex: string): string => Buffer.from(hex, "hex").toString("latin1");
  assert.deepEqual(
    frames.map(({ payload }) => text(payload)),
    ["", "ping", "\u0003\u00e8bye"],
  );
  assert.deepEqual([events.length, pings.map(text), closes.map(text)], [1, ["ping"], ["\u0003\u00e8bye"]]);
});

describe("once the connection is closed", () => {
  test("the current frame is not begun", () => {
    const { frames, events } = hear([peerFrame(1, "a", { rsv: 1 }), peerFrame(1, "b")], { retries: 1 });
    assert.deepEqual([frames, events], [[], []]);
  });
  test("one whose payload was the reason ends there", () => {
    const { frames, violations } = hear([peerFrame(1, INVALID, MORE), peerFrame(1, "b")], { retries: 1 });
    assert.deepEqual([frames, violations], [[], ["invalid-utf8"]]);
  });
  test("one that was bad at its end is the last", () => {
    const { frames, violations } = hear([peerFrame(1, HALF), peerFrame(1, "b", { rsv: 1 })], { retries: 1 });
    assert.deepEqual([frames.length, violations], [1, ["invalid-utf8"]]);
  });
});

describe("limits and exceptions by the tester's options", () => {
  test("a frame may be too large, and so may its message", () => {
    const large = peerFrame(2, "123456");
    assert.deepEqual(hear([large], { testerOptions: { maxFrameOctets: 5 } }).limits, [1008]);
    assert.deepEqual(hear([large], { testerOptions: { maxFrameOctets: 6 } }).limits, []);
    const parts = [peerFrame(1, "123", MORE), peerFrame(0, "456")];
    assert.deepEqual(hear(parts, { testerOptions: { maxMessageOctets: 5 } }).limits, [1009]);
    assert.deepEqual(hear([...parts, ...parts], { testerOptions: { maxMessageOctets: 6 } }).limits, []);
    assert.deepEqual(hear([peerFrame(9, "123456")], { testerOptions: { maxFrameOctets: 5 } }).limits, []);
  });

  test("invalid text and any masking may be accepted", () => {
    const bad = peerFrame(1, INVALID);
    assert.deepEqual(hear([bad]).violations, ["invalid-utf8", "invalid-utf8"]);
    assert.deepEqual(hear([bad], { testerOptions: { acceptsInvalidUtf8: true } }).violations, []);
    const unmasked = peerFrame(1, "a");
    assert.deepEqual(hear([unmasked], { masked: true }).violations, ["unmasked-frame"]);
    assert.deepEqual(
      hear([unmasked], { masked: true, testerOptions: { acceptsAnyMasking: true } }).violations,
      [],
    );
  });
});
