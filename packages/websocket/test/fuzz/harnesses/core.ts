import assert from "node:assert/strict";

import { DEFAULT_DEFLATE_OPTIONS, createDeflater, createInflater } from "../../../src/deflate/codec.js";
import { nodeKernels } from "../../../src/kernel/node-kernels.js";
import { Connection } from "../../../src/protocol/connection.js";
import { DEFAULT_LIMITS, STRICT } from "../../../src/protocol/limits.js";
import type { Sink } from "../../../src/protocol/sink.js";
import { Side, State } from "../../../src/protocol/state.js";
import { CORPUS, mutate } from "../corpus.js";
import { defineHarness } from "../harness.js";
import type { Harness } from "../harness.js";
import type { Random } from "../random.js";
import { turns } from "../play/in-time.js";
import { latin1 } from "../play/steps.js";

const LIMITS = {
  ...DEFAULT_LIMITS,
  messageOctets: 4096,
  frameOctets: 4096,
  fragments: 64,
  retainedOctets: 16_384,
};
const AGREEMENT = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};
/** Everything at once: what the thread pool does is the codec's own tests' business. */
const DEFLATE = { ...DEFAULT_DEFLATE_OPTIONS, syncLimit: Number.POSITIVE_INFINITY };

/** Echoes like an application, and notices what must not happen. */
class Watch implements Sink {
  connection: Connection | undefined = undefined;
  closed = 0;

  onText(text: string): void {
    this.#alive(text.length);
    this.connection?.sendText(text);
  }
  onOctets(octets: Uint8Array, isText: boolean, isOwned: boolean): void {
    this.#alive(octets.length);
    this.connection?.sendOctets(octets, isText, undefined, !isOwned);
  }
  onMessageStart(): void {}
  onMessagePart(): void {}
  onPing(payload: Uint8Array): void {
    this.#alive(payload.length);
  }
  onPong(payload: Uint8Array): void {
    this.#alive(payload.length);
  }
  onViolation(): void {}
  onClosing(): void {}
  onOutput(): void {}
  onPause(): void {}
  onAbort(): void {
    this.connection?.transportClosed();
  }
  onClosed(): void {
    this.closed += 1;
  }

  #alive(octets: number): void {
    assert.equal(this.closed, 0, "nothing comes after the end");
    assert.ok(octets <= LIMITS.messageOctets, "no message is larger than its limit");
  }
}

interface CorePlan {
  readonly isClient: boolean;
  readonly isCompressing: boolean;
  readonly acceptMasked: boolean;
  readonly acceptNonMinimalLength: boolean;
  readonly text: "string" | "octets";
  readonly octets: string;
  /** Sizes of the pieces, over and over. */
  readonly cuts: readonly number[];
  readonly hasEnd: boolean;
  readonly isClosed: boolean;
}

/** The core without I/O: streams of frames, mutated and cut anywhere. Fault: the end is not reported ("deaf"). */
export const core: Harness = defineHarness<CorePlan>({
  name: "core",
  plans: 12_000,
  lanes: 1,
  mostHeldMib: 64,
  faults: ["deaf"],
  plan: (random: Random): CorePlan => ({
    isClient: random.oneIn(4),
    isCompressing: random.oneIn(2),
    acceptMasked: random.oneIn(2),
    acceptNonMinimalLength: random.oneIn(2),
    text: random.pick(["string", "octets"]),
    octets: latin1(mutate(random, CORPUS)),
    cuts: random.oneIn(4) ? [] : sizes(random),
    hasEnd: random.oneIn(2),
    isClosed: random.oneIn(2),
  }),
  play: async (plan, fault) => {
    // Nothing in it waits, and the watch of the event loop needs a turn.
    await turns(1);
    return play(plan, fault === "deaf");
  },
});

function sizes(random: Random): number[] {
  const most = random.pick([1, 3, 17, 200]);
  return random.some(1, 8, () => 1 + random.below(most));
}

/** One stream through one connection, to its end. */
function play(plan: CorePlan, isDeaf: boolean): number {
  let now = 0;
  const side = plan.isClient ? Side.Client : Side.Server;
  const watch = new Watch();
  const connection = new Connection(side, watch, nodeKernels, {
    limits: LIMITS,
    leniency: {
      ...STRICT,
      acceptMasked: plan.acceptMasked,
      acceptNonMinimalLength: plan.acceptNonMinimalLength,
    },
    text: plan.text,
    autoPong: true,
    now: () => now,
    compressionThreshold: 0,
    ...(plan.isCompressing
      ? {
          inflater: createInflater(AGREEMENT, side, DEFLATE),
          deflater: createDeflater(AGREEMENT, side, DEFLATE),
        }
      : {}),
  });
  watch.connection = connection;
  const octets = Buffer.from(plan.octets, "latin1");
  for (const piece of pieces(octets, plan.cuts)) {
    const lent = Buffer.from(piece);
    connection.receive(lent, 0, lent.length);
    lent.fill(0xdd);
    assert.ok(connection.retainedOctets <= LIMITS.retainedOctets, "no more is retained than allowed");
    connection.output.release(connection.output.take());
  }
  if (plan.hasEnd) connection.receiveEnd();
  if (plan.isClosed && connection.state === State.Open) connection.close(1000);
  now += LIMITS.closeMs;
  if (!isDeaf) {
    connection.tick(now);
    connection.transportClosed();
  }
  assert.equal(watch.closed, 1, "the end is reported once");
  assert.equal(connection.retainedOctets, 0, "nothing is kept after the end");
  return octets.length;
}

function* pieces(octets: Buffer, cuts: readonly number[]): Generator<Buffer> {
  for (let at = 0, index = 0; at < octets.length; index += 1) {
    const size = cuts.length === 0 ? octets.length : Math.max(1, cuts[index % cuts.length] ?? 1);
    yield octets.subarray(at, at + size);
    at += size;
  }
}
