import assert from "node:assert/strict";

import { DEFAULT_DEFLATE_OPTIONS, createDeflater, createInflater } from "../../src/deflate/codec.js";
import { nodeKernels } from "../../src/kernel/node-kernels.js";
import { Connection } from "../../src/protocol/connection.js";
import { DEFAULT_LIMITS, STRICT } from "../../src/protocol/limits.js";
import type { Sink } from "../../src/protocol/sink.js";
import { Side, State } from "../../src/protocol/state.js";
import { chop, mutate } from "./corpus.js";
import type { Random } from "./random.js";

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
  onHold(): void {}
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

/** One stream through one connection, to its end; returns the octets that went in. Throws where a promise is broken. */
export function fuzzCore(random: Random, corpus: readonly Buffer[]): number {
  let now = 0;
  const side = random.below(4) === 0 ? Side.Client : Side.Server;
  const isCompressing = random.below(2) === 0;
  const watch = new Watch();
  const connection = new Connection(side, watch, nodeKernels, {
    limits: LIMITS,
    leniency: {
      ...STRICT,
      acceptMasked: random.below(2) === 0,
      acceptNonMinimalLength: random.below(2) === 0,
    },
    text: random.below(2) === 0 ? "string" : "octets",
    autoPong: true,
    now: () => now,
    compressionThreshold: 0,
    ...(isCompressing
      ? {
          inflater: createInflater(AGREEMENT, side, DEFLATE),
          deflater: createDeflater(AGREEMENT, side, DEFLATE),
        }
      : {}),
  });
  watch.connection = connection;
  const octets = mutate(random, corpus);
  for (const piece of chop(random, octets)) {
    const lent = Buffer.from(piece);
    connection.receive(lent, 0, lent.length);
    lent.fill(0xdd);
    assert.ok(connection.retainedOctets <= LIMITS.retainedOctets, "no more is retained than allowed");
    connection.output.release(connection.output.take());
  }
  if (random.below(2) === 0) connection.receiveEnd();
  if (random.below(2) === 0 && connection.state === State.Open) connection.close(1000);
  now += LIMITS.closeMs;
  connection.tick(now);
  connection.transportClosed();
  assert.equal(watch.closed, 1, "the end is told once");
  assert.equal(connection.retainedOctets, 0, "nothing is kept after the end");
  return octets.length;
}
