import { constants, createDeflateRaw, createInflateRaw, inflateRawSync } from "node:zlib";
import type { DeflateRaw, InflateRaw, ZlibOptions } from "node:zlib";

/**
 * The synchronous, stateful side of Node's zlib streams.
 *
 * Node documents two ways: streams, which are asynchronous (60–130 µs a message on a slow core, mostly waiting for a
 * thread), and one-shot functions, which keep no context (15–20 µs, and up to 80 µs with the last window handed over
 * as a dictionary). The native handle inside a stream can do both at once, in 2–4 µs; it has been the same since
 * Node 11, and npm's own minizlib rests on it. It is used only if a trial of it gives the right octets; the
 * documented functions take its place otherwise. Figures are rough.
 */
export class ZlibHandle<Stream extends DeflateRaw | InflateRaw> {
  readonly stream: Stream;
  readonly #native: NativeHandle;
  readonly #state: Uint32Array;

  constructor(stream: Stream) {
    const { _handle, _writeState } = stream as unknown as StreamInternals;
    if (typeof _handle?.writeSync !== "function" || !(_writeState instanceof Uint32Array)) {
      throw new TypeError("this version of Node hides the handle of its zlib streams");
    }
    this.stream = stream;
    this.#native = _handle;
    this.#state = _writeState;
    // zlib's complaints are read from `failure`; without a listener they would end the process as well.
    stream.on("error", () => {});
  }

  /** What zlib complained about; after that the handle is closed. */
  get failure(): string | null {
    return this.stream.errored?.message ?? null;
  }

  /**
   * Works on `input` from octet `from` until it is used up or `output` is full; says how many octets it took and
   * gave. What it compressed is flushed to an octet boundary (Z_SYNC_FLUSH).
   */
  write(input: Uint8Array, from: number, output: Uint8Array): { taken: number; given: number } {
    const length = input.length - from;
    this.#native.writeSync(constants.Z_SYNC_FLUSH, input, from, length, output, 0, output.length);
    const [outputLeft = 0, inputLeft = 0] = this.#state;
    return { taken: length - inputLeft, given: output.length - outputLeft };
  }

  /** Forgets the context. */
  reset(): void {
    this.stream.reset();
  }

  close(): void {
    this.stream.destroy();
  }
}

/** Whether this Node has the handle and it works as expected. Tried once. */
export function hasZlibHandle(): boolean {
  worksHere ??= tryHandle();
  return worksHere;
}

/** Options of every compressor: those of the original suite, which are zlib's own defaults (RFC 7692 names none). */
export function deflateOptions(windowBits: number): ZlibOptions {
  return {
    windowBits,
    level: 6,
    memLevel: 8,
    flush: constants.Z_SYNC_FLUSH,
    finishFlush: constants.Z_SYNC_FLUSH,
  };
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

let worksHere: boolean | undefined;

function tryHandle(): boolean {
  const trial = Buffer.from("trial trial trial");
  const output = new Uint8Array(64);
  const streams = [createDeflateRaw(deflateOptions(9)), createInflateRaw({ windowBits: 9 })] as const;
  try {
    const deflated = new ZlibHandle(streams[0]).write(trial, 0, output);
    const octets = output.slice(0, deflated.given);
    const inflated = new ZlibHandle(streams[1]).write(octets, 0, output);
    return (
      deflated.taken === trial.length &&
      inflated.taken === octets.length &&
      trial.equals(output.subarray(0, inflated.given)) &&
      trial.equals(inflateRawSync(octets, { finishFlush: constants.Z_SYNC_FLUSH }))
    );
  } catch {
    return false;
  } finally {
    for (const stream of streams) stream.destroy();
  }
}
