import type { OnReadOpts, Socket } from "node:net";

/**
 * What dialled sockets are read into, all of them: octets are handed on before the next read, and whoever wants to
 * keep some copies them. A buffer for each read would be collected thousands of times a second.
 */
const shared: Uint8Array = new Uint8Array(65_536);

/**
 * Reads a socket that is being dialled, by Node's `onread`. What comes before anybody listens is kept, and nothing more
 * is read until then.
 */
export class StaticReading {
  readonly onread: OnReadOpts = {
    buffer: shared,
    callback: (octets) => this.#take(shared.subarray(0, octets)),
  };
  #receive: ((chunk: Uint8Array) => void) | null = null;
  #early: Uint8Array | null = null;

  /** From now on chunks go to `receive`, which has them during the call only. May be called again. */
  listen(socket: Socket, receive: (chunk: Uint8Array) => void): void {
    this.#receive = receive;
    const early = this.#early;
    this.#early = null;
    if (early === null) return;
    receive(early);
    socket.resume();
  }

  /** False: stop reading. */
  #take(chunk: Uint8Array): boolean {
    if (this.#receive === null) {
      this.#early = new Uint8Array(chunk);
      return false;
    }
    this.#receive(chunk);
    return true;
  }
}
