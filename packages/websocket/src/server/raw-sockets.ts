import type { Socket } from "node:net";

import { Admission } from "./admission.js";

/** So many sockets from one address beyond its limit of connections are accepted, only to be refused. */
const ROOM_FOR_REFUSALS = 16;

/**
 * The sockets of a listener, from the moment TCP has accepted them: limits on connections do not help against a client
 * that opens sockets and never completes an opening handshake.
 */
export class RawSockets {
  readonly #admission: Admission;
  /** With the address that each counts for. */
  readonly #sockets = new Map<Socket, string>();
  /** One function for all sockets. */
  readonly #onClose: (this: Socket) => void;

  constructor(perAddress: number) {
    this.#admission = new Admission(Number.POSITIVE_INFINITY, perAddress + ROOM_FOR_REFUSALS);
    const remove = this.remove.bind(this);
    this.#onClose = function (this: Socket): void {
      remove(this);
    };
  }

  /** Counts a socket for an address, or drops it if that has too many. For "" there is no limit. */
  add(socket: Socket, address: string): void {
    if (this.#admission.enter(address) !== undefined) {
      socket.destroy();
      return;
    }
    this.#sockets.set(socket, address);
    socket.on("close", this.#onClose);
  }

  /** The same for a socket that was counted for another address, since it turned out to be that of a proxy. */
  move(socket: Socket, address: string): void {
    const before = this.#sockets.get(socket);
    // Dropped, or gone meanwhile.
    if (before === undefined) return;
    this.#admission.leave(before);
    if (this.#admission.enter(address) === undefined) this.#sockets.set(socket, address);
    else {
      this.#sockets.delete(socket);
      socket.destroy();
    }
  }

  remove(socket: Socket): void {
    const address = this.#sockets.get(socket);
    if (address === undefined) return;
    this.#sockets.delete(socket);
    this.#admission.leave(address);
  }

  destroyAll(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
  }
}
