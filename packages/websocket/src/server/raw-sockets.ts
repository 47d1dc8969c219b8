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

  /** Counts a socket, or drops it if its address has too many. */
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
    // Node keeps the address after it was read once, even when the socket is gone.
    if (this.#sockets.delete(socket)) this.#admission.leave(socket.remoteAddress ?? "");
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
