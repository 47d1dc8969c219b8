import type { DeflateAgreement } from "../../../src/deflate/negotiation.js";
import { DEFAULT_DEFLATE_OPTIONS, createDeflater, createInflater } from "../../../src/deflate/codec.js";
import { nodeKernels } from "../../../src/kernel/node-kernels.js";
import { Connection } from "../../../src/protocol/connection.js";
import { STRICT } from "../../../src/protocol/limits.js";
import type { Limits } from "../../../src/protocol/limits.js";
import type { Sink } from "../../../src/protocol/sink.js";
import { Side, State } from "../../../src/protocol/state.js";
import { VIOLATIONS } from "../../../src/protocol/violation.js";
import type { Violation } from "../../../src/protocol/violation.js";
import { readFrames } from "../../support/frames.js";
import { digest, saidIn } from "./wire.js";
import type { Said } from "./wire.js";

/** What an application does when it gets a message, by the number of that message. */
export interface Act {
  readonly at: number;
  readonly act: "close" | "pause" | "terminate" | "throw";
  /** Of the event loop, for a pause. */
  readonly turns: number;
}

/** What has to happen. */
export interface Outcome {
  readonly delivered: readonly string[];
  /** What the endpoint says, each message sent back as it came. */
  readonly said: Said;
  readonly violation: string | undefined;
}

export interface ReferenceOptions {
  readonly limits: Limits;
  readonly agreement: DeflateAgreement | undefined;
  readonly acts: readonly Act[];
}

/**
 * What comes of these octets, in one piece and at once, without sockets, turns of the event loop or threads: whatever the
 * live endpoint has of these, it must not show. (The core has its own fuzzer, transcripts and judge.)
 */
export function reference(side: Side, octets: Uint8Array, options: ReferenceOptions): Outcome {
  const sink = new Echo(options.acts);
  const { agreement, limits } = options;
  const deflate = { ...DEFAULT_DEFLATE_OPTIONS, syncLimit: Infinity };
  const connection = new Connection(side, sink, nodeKernels, {
    limits,
    leniency: STRICT,
    text: "octets",
    autoPong: true,
    now: () => 0,
    compressionThreshold: 0,
    ...(agreement === undefined
      ? {}
      : {
          inflater: createInflater(agreement, side, deflate),
          deflater: createDeflater(agreement, side, deflate),
        }),
  });
  sink.connection = connection;
  const lent = Buffer.from(octets);
  connection.receive(lent, 0, lent.length);
  connection.receiveEnd();
  const pieces = connection.output.take();
  const output = Buffer.concat(pieces.map(({ memory, from, to }) => memory.subarray(from, to)));
  connection.output.release(pieces);
  connection.transportClosed();
  const hasTakeover =
    agreement !== undefined &&
    !(side === Side.Server ? agreement.serverNoContextTakeover : agreement.clientNoContextTakeover);
  return {
    delivered: sink.delivered,
    said: saidIn(readFrames(output), hasTakeover),
    violation: sink.violation,
  };
}

class Echo implements Sink {
  connection!: Connection;
  readonly delivered: string[] = [];
  violation: string | undefined = undefined;
  readonly #acts: readonly Act[];

  constructor(acts: readonly Act[]) {
    this.#acts = acts;
  }

  onText(): void {}
  onOctets(octets: Uint8Array, isText: boolean): void {
    const index = this.delivered.length;
    this.delivered.push(digest(octets, isText));
    const { connection } = this;
    if (connection.state === State.Open) connection.sendOctets(Buffer.from(octets), isText);
    for (const { at, act } of this.#acts) {
      if (at !== index) continue;
      if (act === "terminate") connection.abort();
      else if (act === "close") connection.close(1000);
      else if (act === "throw") connection.fail(VIOLATIONS["internal-error"]);
    }
  }
  onMessageStart(): void {}
  onMessagePart(): void {}
  onPing(): void {}
  onPong(): void {}
  onViolation(violation: Violation): void {
    if (violation.id !== "internal-error") this.violation = violation.id;
  }
  onClosing(): void {}
  onOutput(): void {}
  onPause(): void {}
  onAbort(): void {}
  onClosed(): void {}
}
