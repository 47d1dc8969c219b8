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
  /** The addresses that sockets of trusted proxies count for in place of their own; "" until the client is known. */
  readonly #behind = new Map<Socket, string>();
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
    if (this.#admission.enter(this.#addressOf(socket)) !== undefined) {
      this.#behind.delete(socket);
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.on("close", this.#onClose);
  }

  /** The same for a socket of a trusted proxy, from whose address everybody comes: it counts for nobody yet. */
  addProxy(socket: Socket): void {
    this.#behind.set(socket, "");
    this.add(socket);
  }

  /** Counts the socket of a proxy for the client that it has named. */
  move(socket: Socket, address: string): void {
    // It may be gone meanwhile.
    if (!this.#sockets.has(socket)) return;
    this.remove(socket);
    socket.off("close", this.#onClose);
    this.#behind.set(socket, address);
    this.add(socket);
  }

  remove(socket: Socket): void {
    if (!this.#sockets.delete(socket)) return;
    this.#admission.leave(this.#addressOf(socket));
    this.#behind.delete(socket);
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Node keeps the address after it was read once, even when the socket is gone. */
  #addressOf(socket: Socket): string {
    return this.#behind.get(socket) ?? socket.remoteAddress ?? "";
  }
}
