import type { Socket } from "node:net";

import { Admission } from "./admission.js";

/** Sockets from one address beyond its limit of connections, that are accepted only to be told so. */
const ROOM_FOR_REFUSALS = 16;

/**
 * The sockets of a listener, from the moment TCP has accepted them: limits on connections are of no use against
 * somebody who opens sockets and never finishes an opening handshake.
 */
export class RawSockets {
  readonly #admission: Admission;
  readonly #addresses = new Map<Socket, string>();

  constructor(perAddress: number) {
    this.#admission = new Admission(Number.POSITIVE_INFINITY, perAddress + ROOM_FOR_REFUSALS);
  }

  /** Takes note of a socket, or drops it where its address has too many. */
  add(socket: Socket): void {
    const { remoteAddress = "" } = socket;
    if (this.#admission.enter(remoteAddress) !== undefined) {
      socket.destroy();
      return;
    }
    this.#addresses.set(socket, remoteAddress);
    (socket as Counted)[OWNER] = this;
    socket.on("close", onClose);
  }

  remove(socket: Socket): void {
    const address = this.#addresses.get(socket);
    if (address === undefined) return;
    this.#addresses.delete(socket);
    this.#admission.leave(address);
  }

  destroyAll(): void {
    for (const socket of this.#addresses.keys()) socket.destroy();
  }
}

/** One function for all sockets. */
function onClose(this: Socket): void {
  (this as Counted)[OWNER].remove(this);
}

const OWNER = Symbol("owner");

interface Counted extends Socket {
  [OWNER]: RawSockets;
}
