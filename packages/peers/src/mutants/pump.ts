import type { Socket } from "node:net";

/** Writes the same octets over and over, as fast as they are taken, until the socket closes. */
export function pump(socket: Socket, octets: Uint8Array): void {
  const more = (): void => {
    if (!socket.writable) return;
    // A turn of the event loop between two writes: with a fast reader `drain` comes from a microtask, and
    // nothing else would ever run.
    if (socket.write(octets)) setImmediate(more);
    else socket.once("drain", () => setImmediate(more));
  };
  more();
}
