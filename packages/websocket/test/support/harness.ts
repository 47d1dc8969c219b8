import type { ConnectionOptions } from "../../src/protocol/connection-options.js";
import { Connection } from "../../src/protocol/connection.js";
import type { Kernels } from "../../src/protocol/kernels.js";
import type { Leniency, Limits } from "../../src/protocol/limits.js";
import { DEFAULT_LIMITS, STRICT } from "../../src/protocol/limits.js";
import type { MessageOpcode } from "../../src/protocol/opcode.js";
import { Opcode } from "../../src/protocol/opcode.js";
import type { Sink } from "../../src/protocol/sink.js";
import { Side } from "../../src/protocol/state.js";
import type { Violation } from "../../src/protocol/violation.js";
import { concat, describe, frame, printable, readFrames } from "./frames.js";
import type { FrameShape } from "./frames.js";
import { plainKernels } from "./kernels.js";

export interface HarnessOptions {
  readonly limits?: Partial<Limits>;
  readonly leniency?: Partial<Leniency>;
  readonly kernels?: Kernels;
  readonly connection?: Partial<ConnectionOptions>;
  /** Output is not taken as it comes: the test takes it with `takeOutput`. */
  readonly keepsOutput?: boolean;
}

/** A connection whose sink writes down what happens, in a line each. */
export class Harness implements Sink {
  readonly connection: Connection;
  readonly trace: string[] = [];
  /** What the connection delivered last. */
  lastOctets: Uint8Array = new Uint8Array(0);
  isLastOwned = false;
  now = 1000;
  /** Called first in each callback with its line. */
  onLine: ((line: string) => void) | undefined = undefined;
  readonly #side: Side;
  readonly #keepsOutput: boolean;

  constructor(side: Side, options: HarnessOptions = {}) {
    this.#side = side;
    this.#keepsOutput = options.keepsOutput === true;
    this.connection = new Connection(side, this, options.kernels ?? plainKernels(), {
      text: "string",
      autoPong: true,
      compressionThreshold: 0,
      ...options.connection,
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      leniency: { ...STRICT, ...options.leniency },
      now: () => this.now,
    });
  }

  /** Receives octets in memory of their own, which is overwritten afterwards as a transport would. */
  receive(...parts: readonly Uint8Array[]): void {
    const lent = Buffer.concat([new Uint8Array(3), ...parts, new Uint8Array(5)]);
    this.connection.receive(lent, 3, lent.length - 5);
    lent.fill(0xdd);
  }

  /** Receives frames as a correct peer sends them. */
  receiveFrames(...shapes: readonly FrameShape[]): void {
    const key = this.#side === Side.Server ? { key: [1, 2, 3, 4] } : {};
    this.receive(...shapes.map((shape) => frame({ ...key, ...shape })));
  }

  /** The lines since the last call. */
  take(): string[] {
    return this.trace.splice(0);
  }

  /** Takes the output as a transport whose system takes everything. */
  takeOutput(): Uint8Array {
    const { output } = this.connection;
    const pieces = output.take();
    const octets = concat(...pieces.map((piece) => piece.memory.slice(piece.from, piece.to)));
    output.release(pieces);
    return octets;
  }

  onText(text: string): void {
    this.#note(`text ${JSON.stringify(text)}`);
  }
  onOctets(octets: Uint8Array, isText: boolean, isOwned: boolean): void {
    this.lastOctets = octets;
    this.isLastOwned = isOwned;
    this.#note(`${isText ? "text octets" : "binary"} ${shown(octets)}`);
  }
  onMessageStart(opcode: MessageOpcode): void {
    this.#note(`start ${opcode === Opcode.Text ? "text" : "binary"}`);
  }
  onMessagePart(octets: Uint8Array, isLast: boolean, isOwned: boolean): void {
    this.lastOctets = octets;
    this.isLastOwned = isOwned;
    this.#note(`${isLast ? "last part" : "part"} ${shown(octets)}`);
  }
  onPing(payload: Uint8Array): void {
    this.#note(`ping ${printable(payload)}`);
  }
  onPong(payload: Uint8Array): void {
    this.#note(`pong ${printable(payload)}`);
  }
  onViolation(violation: Violation): void {
    this.#note(`violation ${violation.id}`);
  }
  onClosing(): void {
    this.#note("closing");
  }
  onOutput(): void {
    if (this.#keepsOutput) {
      this.#note("output");
      return;
    }
    for (const seen of readFrames(this.takeOutput())) this.#note(`> ${describe(seen)}`);
    if (this.connection.output.isEnded) this.#note("> END");
  }
  onPause(isPaused: boolean): void {
    this.#note(isPaused ? "paused" : "resumed");
  }
  onAbort(): void {
    this.#note("abort");
  }
  onClosed(code: number, reason: string, wasClean: boolean): void {
    this.#note(`closed ${code} ${JSON.stringify(reason)} ${wasClean ? "clean" : "unclean"}`);
  }

  #note(line: string): void {
    this.trace.push(line);
    this.onLine?.(line);
  }
}

function shown(octets: Uint8Array): string {
  return octets.length > 64 ? `[${octets.length} octets]` : printable(octets);
}

export function server(options?: HarnessOptions): Harness {
  return new Harness(Side.Server, options);
}

export function client(options?: HarnessOptions): Harness {
  return new Harness(Side.Client, options);
}
