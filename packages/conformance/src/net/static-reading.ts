import type { OnReadOpts, Socket } from "node:net";

/**
 * One buffer into which all dialled sockets are read. Octets are handed on before the next read, and code that keeps
 * some copies them. With a buffer for each read, thousands of them would be garbage collected every second.
 */
const shared: Uint8Array = new Uint8Array(65_536);

/**
 * Reads a dialled socket, by Node's `onread`. What comes before `listen` is called is kept, and nothing more is read
 * until then.
 */
export class StaticReading {
  readonly onread: OnReadOpts = {
    buffer: shared,
    callback: (octets) => this.#take(shared.subarray(0, octets)),
  };
  #receive: ((chunk: Uint8Array) => void) | null = null;
  #early: Uint8Array | null = null;

  /** From now on chunks go to `receive`. They are only valid during the call. May be called again. */
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
