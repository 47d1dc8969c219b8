import { createInflateRaw, type InflateRaw } from "node:zlib";
import { problemOf, type Deliver, type InflateCore, type InflateProblem } from "./inflate-core.js";
import { RecentOctets } from "./recent-octets.js";
import { ZlibHandle } from "./zlib-handle.js";

/** Output comes in pieces of at most this many octets. Holds any window, which `#restart` needs. */
const CHUNK_OCTETS = 64 * 1024;

/** A stored block of two octets (RFC 1951 §3.2.4): they come out again, alone, only where a block may begin. */
const PROBE: Uint8Array = Uint8Array.of(0x00, 0x02, 0x00, 0xfd, 0xff, 0x57, 0x50);

/** Decompression with the handle of one zlib stream, which keeps the window itself. */
export class HandleInflate implements InflateCore {
  readonly #handle: ZlibHandle<InflateRaw>;
  readonly #output: Uint8Array = new Uint8Array(CHUNK_OCTETS);
  /** zlib keeps its own window, but loses it at a block with BFINAL set. */
  readonly #window: RecentOctets;
  /** The stream as such is over after a block with BFINAL set; its handle is not. */
  #isStreaming = true;

  constructor(windowBits: number) {
    this.#handle = new ZlibHandle(createInflateRaw({ windowBits, chunkSize: CHUNK_OCTETS }));
    this.#window = new RecentOctets(1 << windowBits);
  }

  write(piece: Uint8Array, deliver: Deliver): InflateProblem | null {
    if (piece.length === 0) return null;
    let from = 0;
    for (;;) {
      const { taken, given } = this.#handle.write(piece, from, this.#output);
      const { failure } = this.#handle;
      if (failure !== null) return problemOf(failure);
      from += taken;
      if (given > 0 && !this.#give(this.#output.subarray(0, given), deliver)) return "too-long";
      // A full buffer means that there may be more; octets left over mean that the last block was final.
      if (given === this.#output.length) continue;
      if (from === piece.length) return null;
      this.#restart();
    }
  }

  async writeInThread(piece: Uint8Array, deliver: Deliver): Promise<InflateProblem | null> {
    if (!this.#isStreaming || piece.length === 0) return this.write(piece, deliver);
    const { taken, isTooLong } = await this.#stream(piece, deliver);
    if (isTooLong) return "too-long";
    const { failure } = this.#handle;
    if (failure !== null) return problemOf(failure);
    if (taken === piece.length || this.#handle.stream.destroyed) return null;
    this.#isStreaming = false;
    this.#restart();
    return this.write(piece.subarray(taken), deliver);
  }

  endMessage(): null {
    return null;
  }

  isAtBlockStart(): boolean {
    const { taken, given } = this.#handle.write(PROBE, 0, this.#output);
    if (this.#handle.failure !== null) return false;
    // Nothing is taken after a block with BFINAL set.
    if (taken === 0) return true;
    const [first, second] = this.#output;
    return taken === PROBE.length && given === 2 && first === 0x57 && second === 0x50;
  }

  reset(): void {
    this.#handle.reset();
    this.#window.clear();
  }

  close(): void {
    this.#handle.close();
  }

  #give(piece: Uint8Array, deliver: Deliver): boolean {
    this.#window.push(piece);
    return deliver(piece);
  }

  /**
   * Goes on after a block with BFINAL set (RFC 7692 §7.2.3.4). For zlib the stream is over: it starts again, and the
   * window is put back as one stored block, whose output is thrown away.
   */
  #restart(): void {
    this.#handle.reset();
    const { octets } = this.#window;
    if (octets.length === 0) return;
    const [low, high] = [octets.length & 0xff, octets.length >> 8];
    const block = new Uint8Array(5 + octets.length);
    block.set([0, low, high, low ^ 0xff, high ^ 0xff]);
    block.set(octets, 5);
    this.#handle.write(block, 0, this.#output);
  }

  #stream(piece: Uint8Array, deliver: Deliver): Promise<{ taken: number; isTooLong: boolean }> {
    const { stream } = this.#handle;
    const before = stream.bytesWritten;
    return new Promise((resolve) => {
      let isTooLong = false;
      const take = (output: Uint8Array): void => {
        if (isTooLong || this.#give(output, deliver)) return;
        isTooLong = true;
        stream.destroy();
      };
      const finish = (): void => {
        stream.off("data", take).off("end", finish).off("close", finish);
        resolve({ taken: stream.bytesWritten - before, isTooLong });
      };
      // A block with BFINAL set ends the stream if octets follow it; an error and `close` close it.
      stream.on("data", take).once("end", finish).once("close", finish);
      stream.write(piece, finish);
    });
  }
}
