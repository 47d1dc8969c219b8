import { checkWindowBits } from "./deflate.js";
import { DeflateScanner } from "./deflate-scan.js";
import type { Deliver, InflateCore, InflateProblem } from "./inflate-core.js";
import { HandleInflate } from "./inflate-handle.js";
import { OneShotInflate } from "./inflate-one-shot.js";
import { hasZlibHandle } from "./zlib-handle.js";

export type { InflateProblem } from "./inflate-core.js";

export interface InflaterOptions {
  /** The window that the peer may use, in bits, 8–15. */
  readonly windowBits: number;
  /** The peer starts each message with an empty window (RFC 7692 §7.2.1). */
  readonly noContextTakeover: boolean;
  /** The octets that one message may have once decompressed. */
  readonly limitOctets: number;
  /** False keeps to what Node documents, which is slower; for tests. Default: the handle, where there is one. */
  readonly handle?: boolean;
}

/** Takes a piece of a message, decompressed, at most 64 KiB; it is only valid during the call. Never empty. */
export type InflateSink = (piece: Uint8Array) => void;

/**
 * Decompresses messages (RFC 7692 §7.2.2): their compressed payload piece by piece, then `end`. What is wrong with
 * them is returned, the first problem is final, and zlib's memory is given back at once.
 *
 * The window is exactly the agreed one, and how the payload is cut into pieces decides nothing: neither whether there
 * is a problem nor, if there is only one, which. Memory stays within about 250 KiB, whatever comes and whatever comes
 * out of it. A sink must not throw.
 *
 * One call at a time: a call while `push` works throws an Error, and so does every call after `close` or `finish`.
 */
export class MessageInflater {
  readonly #options: InflaterOptions;
  readonly #core: InflateCore;
  /** With a window of 15 bits there is nothing to scan for. */
  readonly #scanner: DeflateScanner | null;
  #state: "idle" | "busy" | "closed" = "idle";
  #problem: InflateProblem | null = null;
  /** Octets of the current message so far, decompressed. */
  #length = 0;
  #isInsideMessage = false;

  /** Throws a RangeError if `windowBits` is not a whole number from 8 to 15. */
  constructor(options: InflaterOptions) {
    checkWindowBits(options.windowBits);
    this.#options = options;
    this.#core =
      (options.handle ?? hasZlibHandle())
        ? new HandleInflate(options.windowBits)
        : new OneShotInflate(options.windowBits, options.limitOctets);
    this.#scanner = options.windowBits === 15 ? null : new DeflateScanner(1 << options.windowBits);
  }

  /** The next piece of compressed payload of the current message, on this thread. */
  pushSync(piece: Uint8Array, sink: InflateSink): InflateProblem | null {
    this.#begin();
    const problem = this.#problem ?? this.#scan(piece) ?? this.#write(piece, this.#deliverTo(sink));
    // Closed by the sink: the result has no receiver any more.
    return this.#isClosed() ? this.#problem : this.#report(problem);
  }

  /** The same on a thread of Node's pool; `piece` must stay as it is meanwhile. Only worth it for many octets. */
  async push(piece: Uint8Array, sink: InflateSink): Promise<InflateProblem | null> {
    this.#begin();
    const early = this.#problem ?? this.#scan(piece);
    if (early !== null) return this.#report(early);
    this.#state = "busy";
    const problem = this.#named(await this.#core.writeInThread(piece, this.#deliverTo(sink)));
    // Closed meanwhile: the result has no receiver any more.
    if (!this.#isBusy()) return this.#problem;
    this.#state = "idle";
    return this.#report(problem);
  }

  /**
   * The payload of the message is complete. A message that does not end at the end of a block is `corrupt`; where
   * only zlib knows (window of 15 bits with context takeover), that shows in the next message, or in `finish`.
   */
  end(sink: InflateSink): InflateProblem | null {
    this.#begin();
    const problem = this.#problem ?? this.#endMessage(this.#deliverTo(sink));
    this.#length = 0;
    this.#isInsideMessage = false;
    return this.#isClosed() ? this.#problem : this.#report(problem);
  }

  /** No message will come any more: closes the inflater and says what was wrong with the last one, if it ended. */
  finish(): InflateProblem | null {
    this.#expectIdle();
    if (this.#problem === null && !this.#isInsideMessage && this.#scanner === null) {
      if (!this.#core.isAtBlockStart()) this.#problem = "corrupt";
    }
    this.close();
    return this.#problem;
  }

  /** Gives zlib's memory back. May be called again, while `push` works, and by a sink: then no more is inflated. */
  close(): void {
    this.#state = "closed";
    this.#core.close();
  }

  #begin(): void {
    this.#expectIdle();
    this.#isInsideMessage = true;
  }

  #expectIdle(): void {
    if (this.#state !== "idle") throw new Error(`the inflater is ${this.#state}`);
  }

  /** A method, because the compiler does not expect the state to change during an `await`. */
  #isBusy(): boolean {
    return this.#state === "busy";
  }

  #isClosed(): boolean {
    return this.#state === "closed";
  }

  #scan(piece: Uint8Array): InflateProblem | null {
    return this.#scanner?.push(piece) ?? null;
  }

  #write(piece: Uint8Array, deliver: Deliver): InflateProblem | null {
    return this.#named(this.#core.write(piece, deliver));
  }

  /** The scan comes first: a reference that it lets pass reaches back before the message. */
  #named(problem: InflateProblem | null): InflateProblem | null {
    return problem === "too-far-back" && this.#options.noContextTakeover ? "takes-over" : problem;
  }

  #endMessage(deliver: Deliver): InflateProblem | null {
    const problem =
      this.#scan(TAIL) ?? this.#write(TAIL, deliver) ?? this.#named(this.#core.endMessage(deliver));
    if (problem !== null) return problem;
    if (this.#scanner !== null && !this.#scanner.isAtBlockStart) return "corrupt";
    if (!this.#options.noContextTakeover) return null;
    if (this.#scanner === null && !this.#core.isAtBlockStart()) return "corrupt";
    this.#core.reset();
    return null;
  }

  /** Exactly `limitOctets` of a message come through, however they are cut. */
  #deliverTo(sink: InflateSink): Deliver {
    return (piece) => {
      const room = this.#options.limitOctets - this.#length;
      this.#length += piece.length;
      if (piece.length <= room) {
        if (piece.length > 0) sink(piece);
        // zlib must not be asked again once a sink has closed it: that would end the process.
        return !this.#isClosed();
      }
      if (room > 0) sink(piece.subarray(0, room));
      return false;
    };
  }

  #report(problem: InflateProblem | null): InflateProblem | null {
    if (problem !== null && this.#problem === null) {
      this.#problem = problem;
      this.#core.close();
    }
    return problem;
  }
}

/** What the sender removed (RFC 7692 §7.2.2). */
const TAIL: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0xff);
