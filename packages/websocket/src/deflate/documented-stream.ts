import { constants, createDeflateRaw, createInflateRaw } from "node:zlib";
import type { DeflateRaw, InflateRaw } from "node:zlib";

import { Direction, Outcome } from "./zlib-stream.js";
import type { Ran, StreamSettings, ZlibStream } from "./zlib-stream.js";

/** zlib through the documented streams of Node, which work on the thread pool only. */
export class DocumentedStream implements ZlibStream {
  isBusy = false;
  isBroken = false;
  readonly #settings: StreamSettings;
  #stream: DeflateRaw | InflateRaw;
  /** A stream that has ended cannot be reset. */
  #hasEnded = false;
  #isClosed = false;

  constructor(settings: StreamSettings) {
    this.#settings = settings;
    this.#stream = open(settings);
  }

  runNow(): undefined {
    return undefined;
  }

  run(input: Uint8Array, from: number, to: number, limit: number, done: (ran: Ran) => void): void {
    if (this.#isClosed || this.isBusy || this.isBroken)
      throw new Error("A zlib stream is used that is busy, broken or closed.");
    this.isBusy = true;
    if (this.#hasEnded) setImmediate(() => this.#settle(Outcome.Ended, 0, [], 0, done));
    else this.#run(input.subarray(from, to), limit, done);
  }

  reset(): void {
    if (this.#hasEnded) {
      this.#stream.destroy();
      this.#stream = open(this.#settings);
      this.#hasEnded = false;
    } else this.#stream.reset();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stream.destroy();
  }

  #run(input: Uint8Array, limit: number, done: (ran: Ran) => void): void {
    const stream = this.#stream;
    const before = stream.bytesWritten;
    const chunks: Uint8Array[] = [];
    let given = 0;
    const settle = (outcome: Outcome): void => {
      stream.removeAllListeners("data");
      stream.removeListener("error", onError);
      this.#settle(outcome, stream.bytesWritten - before, chunks, given, done);
    };
    const onError = (): void => settle(Outcome.Broken);
    stream.on("error", onError);
    stream.on("data", (chunk: Buffer) => {
      given += chunk.length;
      if (given <= limit) chunks.push(new Uint8Array(chunk));
      else if (this.isBusy) {
        // The only way to stop a stream that is working.
        stream.destroy();
        settle(Outcome.TooMuch);
      }
    });
    stream.write(input);
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      if (stream.destroyed) return;
      settle(stream.bytesWritten - before === input.length ? Outcome.Done : Outcome.Ended);
    });
  }

  #settle(
    outcome: Outcome,
    taken: number,
    chunks: readonly Uint8Array[],
    given: number,
    done: (ran: Ran) => void,
  ): void {
    this.isBusy = false;
    if (outcome === Outcome.Ended) this.#hasEnded = true;
    if (outcome === Outcome.Broken || outcome === Outcome.TooMuch) this.isBroken = true;
    if (!this.#isClosed) done({ outcome, taken, chunks, given });
  }
}

function open({ direction, windowBits, level, memLevel }: StreamSettings): DeflateRaw | InflateRaw {
  const chunkSize = 64 * 1024;
  const stream =
    direction === Direction.Deflate
      ? createDeflateRaw({ chunkSize, windowBits, level, memLevel })
      : createInflateRaw({ chunkSize, windowBits });
  // zlib's complaints about a peer's octets may come late; without a listener they would end the process.
  return stream.on("error", () => {});
}
