import { Opcode } from "../case/opcode.js";
import { MaskingKeyLog } from "../record/masking-keys.js";
import type { EventView, MaskingKeysRecord } from "../record/record.js";
import type { ViolationName } from "../record/violation.js";
import type { FrameView } from "../record/wire-log.js";
import { closePayloadViolations, violationBehindClose } from "../tester/close-rules.js";
import { VIOLATION_OF } from "../tester/deflate-codec.js";
import { Inbound, type Inflater } from "../tester/inbound.js";
import type { MessageReader } from "../tester/message-reader.js";
import { isForbidden } from "../wire/close-code.js";
import type { DeflateParameters } from "../wire/deflate-parameters.js";
import { MessageInflater, type InflateProblem } from "../wire/inflate.js";
import { Utf8Validator } from "../wire/utf8.js";

export type Side = "client" | "server";

export interface DirectionOptions {
  /** Who sends. */
  readonly side: Side;
  /** The agreed parameters of permessage-deflate; null for no extension. */
  readonly agreed: DeflateParameters | null;
  readonly violation: (name: ViolationName) => void;
  readonly watcher?: DirectionWatcher;
}

/** Wants to know what is sent, and not only what is wrong with it. */
export interface DirectionWatcher {
  /** A frame is complete. */
  frame(frame: FrameView): void;
  /** A message is complete, after its last frame. */
  message(event: EventView): void;
}

/** Octets that one message may inflate to. One that is longer is no fault, but the direction is read no further. */
const INFLATED_OCTETS = 64 * 1024 * 1024;

/** Octets that a control frame may hold (RFC 6455 §5.5). */
const LONGEST_CONTROL = 125;

/** Reads the frames of one direction, as the tester reads those of a peer, and names what is illegal about them. */
export class Direction {
  readonly #options: DirectionOptions;
  readonly #inbound: Inbound;
  readonly #inflater: MessageInflater | null;
  readonly #keys = new MaskingKeyLog();
  #frames = 0;
  #hasClosed = false;
  #stopped: string | null = null;

  constructor(options: DirectionOptions) {
    const { side, agreed, watcher } = options;
    this.#options = options;
    this.#inflater = agreed === null ? null : inflaterFor(side, agreed);
    this.#inbound = new Inbound(
      {
        frame: ({ opcode, maskingKey }, view) => {
          watcher?.frame(view());
          this.#frame(opcode, maskingKey);
        },
        violation: (name) => options.violation(name),
        close: (payload) => this.#close(payload),
        listening: () => this.#stopped === null,
        limit: nothing,
        message: (event) => watcher?.message(event),
        taken: nothing,
        application: nothing,
        pong: nothing,
        ping: nothing,
      },
      {
        expectMask: side === "client",
        inflater: this.#inflater === null ? null : this.#inflating(this.#inflater),
        readerFor: watcher === undefined ? readerOf : () => null,
        keepsPayload: () => watcher !== undefined,
      },
    );
  }

  /** Frames that are complete. */
  get frames(): number {
    return this.#frames;
  }

  /** Undefined as long as no frame was masked. */
  get maskingKeys(): MaskingKeysRecord | undefined {
    return this.#keys.record;
  }

  /** Why nothing more is read, in a clause; null as long as everything is. */
  get stopped(): string | null {
    return this.#stopped;
  }

  push(octets: Uint8Array): void {
    if (this.#stopped === null) this.#inbound.push(octets);
  }

  stop(because: string): void {
    this.#stopped ??= because;
  }

  /** Gives zlib's memory back. */
  close(): void {
    this.#inflater?.close();
    this.stop("the connection is over");
  }

  #frame(opcode: number, key: Uint8Array | null): void {
    this.#frames++;
    if (key !== null) this.#keys.push(key);
    const forbidden = this.#hasClosed ? violationBehindClose(opcode) : null;
    if (forbidden !== null) this.#options.violation(forbidden);
    if (opcode === Opcode.close) this.#hasClosed = true;
  }

  #close(payload: Uint8Array): void {
    const isWhole = payload.length <= LONGEST_CONTROL;
    const isLegal = (code: number): boolean => !isForbidden(code);
    for (const name of closePayloadViolations(payload, isLegal, isWhole)) this.#options.violation(name);
  }

  #inflating(inflater: MessageInflater): Inflater {
    return {
      push: (piece, sink) => this.#named(inflater.pushSync(piece, sink)),
      end: (sink) => this.#named(inflater.end(sink)),
    };
  }

  /** A stream that cannot be inflated is not read any further: what follows would be blamed for it. */
  #named(problem: InflateProblem | null): ViolationName | null {
    if (problem === null) return null;
    if (problem === "too-long") {
      this.stop(`a message inflates to more than ${INFLATED_OCTETS / 1024 / 1024} MiB`);
      return null;
    }
    if (this.#stopped === null) this.#options.violation(VIOLATION_OF[problem]);
    this.stop("a compressed message cannot be inflated");
    return null;
  }
}

function inflaterFor(side: Side, agreed: DeflateParameters): MessageInflater {
  const { clientMaxWindowBits, serverMaxWindowBits, clientNoContextTakeover, serverNoContextTakeover } =
    agreed;
  return new MessageInflater({
    windowBits: side === "client" ? clientMaxWindowBits : serverMaxWindowBits,
    noContextTakeover: side === "client" ? clientNoContextTakeover : serverNoContextTakeover,
    limitOctets: INFLATED_OCTETS,
  });
}

/** Text is checked, and nothing is kept (RFC 6455 §5.6, §8.1). */
function readerOf(opcode: number): MessageReader {
  if (opcode !== Opcode.text) return ANY;
  const text = new Utf8Validator();
  return { push: (piece) => text.push(piece), end: () => text.complete };
}

const ANY: MessageReader = { push: () => true, end: () => true };

function nothing(): void {}
