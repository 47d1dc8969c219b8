import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { Opcode } from "../../src/protocol/opcode.js";
import { Side } from "../../src/protocol/state.js";
import { VIOLATIONS } from "../../src/protocol/violation.js";
import { TestDeflater, TestInflater } from "../support/codecs.js";
import { frame, readFrames } from "../support/frames.js";
import { Harness } from "../support/harness.js";

/** Octets that often begin like frames, so that more than the first header is reached. */
const hostileOctets = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .record({
      opcode: fc.constantFrom(0, 1, 2, 8, 9, 10, 3),
      fin: fc.boolean(),
      rsv: fc.constantFrom(0, 0, 0, 4, 7),
      payload: fc.uint8Array({ maxLength: 200 }),
      key: fc.constantFrom([1, 2, 3, 4], undefined),
    })
    .map((shape) => frame(shape)),
);

const acts = [
  "text",
  "octets",
  "compressed",
  "parts",
  "encoded",
  "ping",
  "pong",
  "close",
  "fail",
  "stream",
  "pause",
  "resume",
  "block",
  "unblock",
  "end",
  "closed",
  "tick",
  "inflated",
  "deflated",
] as const;

const step = fc.oneof(
  { weight: 3, arbitrary: hostileOctets },
  { weight: 2, arbitrary: fc.constantFrom(...acts) },
);

const RETAINED = 4096;

/**
 * Whatever comes and whatever is called, also from within callbacks: nothing throws but what documents it, no more is
 * retained than allowed, the output is whole frames with at most one Close frame, which is the last, and `onClosed`
 * comes once, last.
 */
test("arbitrary octets and calls", () => {
  const sides = fc.constantFrom(Side.Client, Side.Server);
  const inside = fc.array(fc.constantFrom(...acts), { maxLength: 6 });
  fc.assert(
    fc.property(sides, fc.array(step, { maxLength: 30 }), inside, fc.boolean(), (...given) => {
      const [side, steps, reactions, isSlow] = given;
      const course = new Course(side, isSlow, [...reactions]);
      for (const one of steps) course.play(one);
      course.play("end");
      course.play("closed");
      course.check();
    }),
    { numRuns: 1500 },
  );
});

class Course {
  readonly #peer: Harness;
  readonly #inflater = new TestInflater();
  readonly #deflater = new TestDeflater();
  readonly #reactions: (typeof acts)[number][];
  readonly #output: Uint8Array[] = [];
  #isInParts = false;
  #slow = { inflated: 0, deflated: 0 };

  constructor(side: Side, isSlow: boolean, reactions: (typeof acts)[number][]) {
    this.#reactions = reactions;
    this.#inflater.isSlow = isSlow;
    this.#deflater.isSlow = isSlow;
    this.#peer = new Harness(side, {
      keepsOutput: true,
      limits: { retainedOctets: RETAINED, messageOctets: 2000, frameOctets: 1000, fragments: 20 },
      connection: {
        inflater: this.#inflater,
        deflater: this.#deflater,
        compressionThreshold: 50,
      },
    });
    this.#peer.onLine = (line) => this.#react(line);
  }

  play(one: Uint8Array | (typeof acts)[number]): void {
    if (one instanceof Uint8Array) this.#peer.receive(one);
    else this.#act(one);
    assert.ok(this.#peer.connection.retainedOctets <= RETAINED);
    assert.ok(this.#peer.connection.retainedOctets >= 0);
  }

  check(): void {
    const { trace, connection } = this.#peer;
    const closings = trace.filter((line) => line.startsWith("closed"));
    assert.equal(closings.length, 1);
    assert.equal(trace.at(-1), closings[0]);
    assert.equal(connection.retainedOctets, 0);
    assert.equal(connection.queuedOctets, 0);
    assert.equal(connection.deadline, Infinity);
    this.#output.push(this.#peer.takeOutput());
    const frames = readFrames(Buffer.concat(this.#output));
    const close = frames.findIndex(({ opcode }) => opcode === Opcode.Close);
    assert.ok(close === -1 || close === frames.length - 1);
  }

  #react(line: string): void {
    if (line === "output") this.#output.push(this.#peer.takeOutput());
    const reaction = this.#reactions.shift();
    if (reaction !== undefined && !line.startsWith("closed")) this.#act(reaction);
  }

  #act(act: (typeof acts)[number]): void {
    const { connection } = this.#peer;
    switch (act) {
      case "text":
        this.#allowing(() => connection.sendText("text"));
        break;
      case "octets":
        this.#allowing(() => connection.sendOctets(new Uint8Array(20_000), false, false));
        break;
      case "compressed":
        this.#allowing(() => connection.sendText("x".repeat(60)));
        break;
      case "parts":
        this.#sendPart();
        break;
      case "encoded":
        this.#allowing(() => connection.sendEncoded(Uint8Array.of(0x82, 0), 1));
        break;
      case "ping":
        connection.ping(Uint8Array.of(1));
        break;
      case "pong":
        connection.pong(Uint8Array.of(2));
        break;
      case "close":
        connection.close(1000, "reason");
        break;
      case "fail":
        connection.fail(VIOLATIONS["internal-error"]);
        break;
      case "stream":
        connection.streamNext();
        break;
      case "pause":
        connection.pause();
        break;
      case "resume":
        connection.resume();
        break;
      case "block":
        connection.setBlocked(true);
        break;
      case "unblock":
        connection.setBlocked(false);
        break;
      case "end":
        connection.receiveEnd();
        break;
      case "closed":
        connection.transportClosed();
        break;
      case "tick":
        connection.tick(connection.deadline);
        break;
      case "inflated":
        this.#finish("inflated", () => this.#inflater.finish());
        break;
      case "deflated":
        this.#finish("deflated", () => this.#deflater.finish());
        break;
    }
  }

  /** Ends an operation of a slow codec, if one is in flight. */
  #finish(kind: "inflated" | "deflated", finish: () => void): void {
    const codec = kind === "inflated" ? this.#inflater.calls.length : this.#deflater.calls;
    const isSlow = kind === "inflated" ? this.#inflater.isSlow : this.#deflater.isSlow;
    if (!isSlow || this.#slow[kind] >= codec) return;
    this.#slow[kind] += 1;
    finish();
  }

  #sendPart(): void {
    this.#allowing(() => {
      if (!this.#isInParts) this.#peer.connection.startMessage(Opcode.Binary);
      this.#peer.connection.sendPart(new Uint8Array(10), this.#isInParts);
      this.#isInParts = !this.#isInParts;
    });
  }

  /** Local misuse throws an Error that says so; anything else is a defect. */
  #allowing(send: () => void): void {
    try {
      send();
    } catch (error) {
      assert.match(String(error), /not ended|started|prepared/);
    }
  }
}
