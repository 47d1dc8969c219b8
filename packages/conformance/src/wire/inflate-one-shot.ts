import { constants, inflateRawSync, type InflateRaw, type ZlibOptions } from "node:zlib";
import { problemOf, type Deliver, type InflateCore, type InflateProblem } from "./inflate-core.js";
import { RecentOctets } from "./recent-octets.js";

/**
 * Decompression with nothing but documented functions: a message is collected and inflated in one go, with the
 * window before it as its dictionary. Slower, never on a thread, and as much memory as a message takes.
 */
export class OneShotInflate implements InflateCore {
  readonly #windowBits: number;
  readonly #limit: number;
  readonly #window: RecentOctets;
  #pieces: Uint8Array[] = [];
  #collected = 0;

  /** `limit`: the octets that a message may have. */
  constructor(windowBits: number, limit: number) {
    this.#windowBits = windowBits;
    this.#limit = limit;
    this.#window = new RecentOctets(1 << windowBits);
  }

  /** Only collects. Compressing makes data grow by an eighth at most, unless the sender means it to grow. */
  write(piece: Uint8Array): InflateProblem | null {
    this.#collected += piece.length;
    if (this.#collected > this.#limit + this.#limit / 8 + 65_536) return "too-long";
    this.#pieces.push(piece.slice());
    return null;
  }

  async writeInThread(piece: Uint8Array): Promise<InflateProblem | null> {
    return this.write(piece);
  }

  endMessage(deliver: Deliver): InflateProblem | null {
    let rest: Uint8Array = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#collected = 0;
    let room = this.#limit;
    // Once, unless there are blocks with BFINAL set.
    while (rest.length > 0) {
      const part = this.#inflate(rest, room);
      if ("problem" in part) return part.problem;
      if (part.taken === rest.length && !this.#endsAtBlock(rest, part.octets.length)) return "corrupt";
      this.#window.push(part.octets);
      if (!deliver(part.octets)) return "too-long";
      room -= part.octets.length;
      rest = rest.subarray(part.taken);
    }
    return null;
  }

  /** Already looked at in `endMessage`. */
  isAtBlockStart(): boolean {
    return true;
  }

  reset(): void {
    this.#window.clear();
  }

  close(): void {
    this.#pieces = [];
    this.#window.clear();
  }

  /** At most `room` octets; more is a problem. */
  #inflate(
    octets: Uint8Array,
    room: number,
  ): { octets: Uint8Array; taken: number } | { problem: InflateProblem } {
    try {
      // With `info`, the result says how far it got.
      const result = inflateRawSync(octets, { ...this.#options(), maxOutputLength: room + 1 });
      const { buffer, engine } = result as unknown as { buffer: Uint8Array; engine: InflateRaw };
      return buffer.length > room ? { problem: "too-long" } : { octets: buffer, taken: engine.bytesWritten };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { problem: code === "ERR_BUFFER_TOO_LARGE" ? "too-long" : problemOf(message) };
    }
  }

  /**
   * A stored block of two octets behind the message adds two octets to the output only if a block may begin there;
   * after a block with BFINAL set it is not even looked at.
   */
  #endsAtBlock(octets: Uint8Array, length: number): boolean {
    const probed = this.#inflate(Buffer.concat([octets, PROBE]), length + PROBE.length);
    if ("problem" in probed) return false;
    return probed.taken === octets.length || probed.octets.length === length + 2;
  }

  #options(): ZlibOptions {
    const dictionary = this.#window.octets.slice();
    return {
      windowBits: this.#windowBits,
      finishFlush: constants.Z_SYNC_FLUSH,
      info: true,
      ...(dictionary.length === 0 ? {} : { dictionary }),
    };
  }
}

const PROBE: Uint8Array = Uint8Array.of(0x00, 0x02, 0x00, 0xfd, 0xff, 0x57, 0x50);
