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
  readonly #sockets = new Set<Socket>();
  /** One function for all sockets. */
  readonly #onClose: (this: Socket) => void;

  constructor(perAddress: number) {
    this.#admission = new Admission(Number.POSITIVE_INFINITY, perAddress + ROOM_FOR_REFUSALS);
    const remove = this.remove.bind(this);
    this.#onClose = function (this: Socket): void {
      remove(this);
    };
  }

  /** Takes note of a socket, or drops it where its address has too many. */
  add(socket: Socket): void {
    const { remoteAddress = "" } = socket;
    if (this.#admission.enter(remoteAddress) !== undefined) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.on("close", this.#onClose);
  }

  remove(socket: Socket): void {
    // Node remembers the address that was asked for once, also when the socket is gone.
    if (this.#sockets.delete(socket)) this.#admission.leave(socket.remoteAddress ?? "");
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
