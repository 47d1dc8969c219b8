import { constants, createDeflateRaw, createInflateRaw } from "node:zlib";
import type { DeflateRaw, InflateRaw } from "node:zlib";

/** The end of a flushed stream, which does not go over the wire (RFC 7692 §7.2.1). */
export const TAIL: Buffer = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** A compressor that keeps its context and works on the calling thread: no time goes into waiting for another one. */
export class SyncDeflate {
  readonly #stream: SyncStream;

  /** zlib has no window of 8 bits; with 9 it refers back by 250 octets at most, which fits one of 8. */
  constructor(windowBits: number) {
    this.#stream = new SyncStream(createDeflateRaw({ windowBits: Math.max(9, windowBits) }), deflated);
  }

  /** Flushed, tail included. What it gives back is only valid until the next call, of any compressor. */
  deflate(message: Uint8Array): Uint8Array {
    // zlib gives nothing for two flushes in a row.
    if (message.length === 0) return EMPTY_BLOCK;
    const { octets, problem } = this.#stream.work(message, Number.POSITIVE_INFINITY);
    if (problem !== null) throw new Error(`zlib cannot compress: ${problem}`);
    return octets;
  }

  /** Forgets the context. */
  reset(): void {
    this.#stream.reset();
  }

  close(): void {
    this.#stream.close();
  }
}

/** Why a message could not be decompressed; the decompressor is of no use afterwards. */
export type InflateProblem = "corrupt" | "too-long";

/** A decompressor with the largest window; it keeps its context, which is of no harm where the sender does not. */
export class SyncInflate {
  readonly #stream: SyncStream = new SyncStream(createInflateRaw(), inflated);

  /** Of a whole message, tail included. What it gives back is only valid until the next call, of any decompressor. */
  inflate(compressed: Uint8Array, limitOctets: number): Uint8Array | InflateProblem {
    const { octets, problem } = this.#stream.work(compressed, limitOctets);
    return problem ?? octets;
  }

  close(): void {
    this.#stream.close();
  }
}

/** Throws if this Node hides what the classes above need. */
export function assertZlibHandle(): void {
  new SyncInflate().close();
}

/** A block without content, and nothing else. */
const EMPTY_BLOCK: Uint8Array = Uint8Array.of(0, ...TAIL);

/** Output of all streams of a kind, one at a time. It grows to twice the longest message at most, and stays so long. */
interface Scratch {
  octets: Uint8Array;
}

const FIRST_OCTETS = 256 * 1024;
const deflated: Scratch = { octets: new Uint8Array(FIRST_OCTETS) };
const inflated: Scratch = { octets: new Uint8Array(FIRST_OCTETS) };

/** The native handle in Node's zlib streams, the same since Node 11, which is what the synchronous functions use. */
class SyncStream {
  readonly #stream: DeflateRaw | InflateRaw;
  readonly #handle: NativeHandle;
  /** Octets of output and of input that the last call left. */
  readonly #left: Uint32Array;
  readonly #scratch: Scratch;

  constructor(stream: DeflateRaw | InflateRaw, scratch: Scratch) {
    const { _handle, _writeState } = stream as unknown as StreamInternals;
    if (typeof _handle?.writeSync !== "function" || !(_writeState instanceof Uint32Array)) {
      throw new TypeError("this version of Node hides the handle of its zlib streams");
    }
    this.#stream = stream;
    this.#handle = _handle;
    this.#left = _writeState;
    this.#scratch = scratch;
    // Complaints are read from `errored`; without a listener they would end the process as well.
    stream.on("error", () => {});
  }

  work(input: Uint8Array, limit: number): { octets: Uint8Array; problem: InflateProblem | null } {
    let from = 0;
    let given = 0;
    for (;;) {
      const before = from + given;
      const output = this.#scratch.octets;
      this.#handle.writeSync(
        constants.Z_SYNC_FLUSH,
        input,
        from,
        input.length - from,
        output,
        given,
        output.length - given,
      );
      if (this.#stream.errored !== null) return failed("corrupt");
      from = input.length - this.#left[1]!;
      given = output.length - this.#left[0]!;
      if (given > limit) return failed("too-long");
      if (given === output.length) this.#scratch.octets = twice(output);
      else if (from === input.length) return { octets: output.subarray(0, given), problem: null };
      // A block was marked as the last one, and the stream ended before the message (RFC 7692 §7.2.3.4).
      else if (from + given > before) this.reset();
      else return failed("corrupt");
    }
  }

  reset(): void {
    this.#stream.reset();
  }

  close(): void {
    this.#stream.destroy();
  }
}

function failed(problem: InflateProblem): { octets: Uint8Array; problem: InflateProblem } {
  return { octets: new Uint8Array(0), problem };
}

function twice(octets: Uint8Array): Uint8Array {
  const more = new Uint8Array(2 * octets.length);
  more.set(octets);
  return more;
}

interface NativeHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputFrom: number,
    inputLength: number,
    output: Uint8Array,
    outputFrom: number,
    outputLength: number,
  ): void;
}

interface StreamInternals {
  readonly _handle?: NativeHandle | null;
  readonly _writeState?: unknown;
}
