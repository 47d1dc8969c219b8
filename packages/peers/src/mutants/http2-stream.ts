import { Duplex } from "node:stream";

import { DATA, END_STREAM, RST_STREAM, encodeHttp2, numbers } from "../http2/frames.js";
import type { Http2FaultName } from "./http2-faults.js";

/** What a stream needs of its connection. */
export interface StreamHost {
  readonly fault: Http2FaultName | undefined;
  /** What the client lets the server send on the whole connection. */
  connectionWindow: number;
  write(frame: Buffer): void;
  /** By a fault: the stream to which what this one sends goes. */
  targetOf(stream: MutantStream): MutantStream;
  forget(id: number): void;
}

const LONGEST_FRAME = 16_384;

/** A stream of HTTP/2 as a socket: what is written becomes DATA, as far as the windows have room. */
export class MutantStream extends Duplex {
  readonly id: number;
  window: number;
  readonly #host: StreamHost;
  #waiting: { octets: Buffer; readonly done: () => void }[] = [];
  #hasEnded = false;
  #isOver = false;
  #hasHeardAll = false;

  constructor(id: number, window: number, host: StreamHost) {
    super({ allowHalfOpen: true });
    this.id = id;
    this.window = window;
    this.#host = host;
    this.on("error", () => undefined);
  }

  override _read(): void {
    // What comes is pushed at once.
  }

  override _write(octets: Buffer, _encoding: string, done: () => void): void {
    this.#waiting.push({ octets, done });
    this.pump();
  }

  override _final(done: () => void): void {
    if (!this.#isOver && this.#host.fault !== "stays-open") {
      this.#hasEnded = true;
      this.#host.write(
        this.#host.fault === "resets-after-close"
          ? encodeHttp2(RST_STREAM, 0, this.id, numbers(0))
          : encodeHttp2(DATA, END_STREAM, this.id, Buffer.alloc(0)),
      );
    }
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#isOver = true;
    for (const waiting of this.#waiting.splice(0)) waiting.done();
    this.#host.forget(this.id);
    done(error);
  }

  /** Octets from the client, or null for its end, behind which nothing counts. */
  receive(octets: Buffer | null): void {
    if (this.#hasHeardAll || this.#isOver) return;
    this.#hasHeardAll = octets === null;
    this.push(octets);
  }

  /** Resets it. */
  reset(code: number): void {
    if (this.#isOver) return;
    this.#host.write(encodeHttp2(RST_STREAM, 0, this.id, numbers(code)));
    this.destroy();
  }

  /** Sends what has room. */
  pump(): void {
    const { fault } = this.#host;
    for (let next = this.#waiting[0]; next !== undefined && !this.#hasEnded; next = this.#waiting[0]) {
      const ownWindow = fault === "stream-window-ignored" ? Infinity : this.window;
      const longest = fault === "frame-too-long" ? Infinity : LONGEST_FRAME;
      const length = Math.min(next.octets.length, ownWindow, this.#host.connectionWindow, longest);
      if (length <= 0 && next.octets.length > 0) return;
      const isWhole = length === next.octets.length;
      if (!isWhole && length < longest && fault === "waits-for-room") return;
      this.window -= length;
      this.#host.connectionWindow -= length;
      const { id } = this.#host.targetOf(this);
      this.#host.write(encodeHttp2(DATA, 0, id, next.octets.subarray(0, length)));
      if (!isWhole) {
        next.octets = next.octets.subarray(length);
        continue;
      }
      this.#waiting.shift();
      next.done();
    }
  }
}
