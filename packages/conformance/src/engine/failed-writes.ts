import type { Socket } from "node:net";

type Taken = (error?: Error | null) => void;

/** What a write fails with when the peer or the network has ended the connection. */
const ENDED: ReadonlySet<string | undefined> = new Set(["ECONNABORTED", "ECONNRESET", "EPIPE", "ETIMEDOUT"]);

/**
 * Lets a failed write not end the reading. A system keeps what came before a reset, and hands it out even after a
 * write that failed; Node destroys the socket instead, and with it, say, the Close frame of a peer that closed its
 * socket while octets were still on the way to it. So such a write counts as done, and so do those that follow it:
 * the socket is read on until the read itself tells the end or the error. `failed` is called once.
 *
 * Node does not say that `_write` and `_writev` of an instance are looked up for each write; where they were not, all
 * would be as it is without this.
 */
export function readOnWhenWritesFail(socket: Socket, failed: () => void): void {
  const write = socket._write.bind(socket);
  const writev = socket._writev?.bind(socket);
  let isDead = false;
  const guard =
    (taken: Taken): Taken =>
    (error) => {
      if (error == null || !ENDED.has((error as NodeJS.ErrnoException).code)) return taken(error);
      if (!isDead) failed();
      isDead = true;
      taken();
    };
  socket._write = (chunk, encoding, taken) => (isDead ? taken() : write(chunk, encoding, guard(taken)));
  if (writev === undefined) return;
  socket._writev = (chunks, taken) => (isDead ? taken() : writev(chunks, guard(taken)));
}

/**
 * Whether a connection whose end was read was reset, and not ended. libuv before 1.49 tells the end of the stream
 * where a reset came together with octets; the system, which has no peer any more, knows better.
 */
export function wasReset(socket: Socket): boolean {
  const { _handle: handle } = socket as Socket & WithHandle;
  return typeof handle?.getpeername === "function" && handle.getpeername({}) !== 0;
}

interface WithHandle {
  readonly _handle?: { readonly getpeername?: (out: object) => number } | null;
}
