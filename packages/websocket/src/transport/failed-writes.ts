import { Socket } from "node:net";
import type { Duplex } from "node:stream";

type Taken = (error?: Error | null) => void;

const GUARD = Symbol("guard");

interface Guarded extends Socket {
  [GUARD]?: Guard;
}

/**
 * Keeps reading a socket of Node after a write has failed; any other stream stays as it is. A system keeps what came
 * before a reset, and delivers it even after a failed write. Node destroys the socket instead, and loses the Close
 * frame of a peer that closed its socket while octets were still on the way to it. So such a write counts as done, and
 * so do those that follow it: the socket is read until reading itself reports the end or an error.
 *
 * This uses only the documented interface of streams, which call `_write` and `_writev` and let anything replace them.
 */
export function readOnWhenWritesFail(socket: Duplex): void {
  // If something else has replaced them already, they stay.
  if (socket._write !== writeOfSockets || socket._writev !== writevOfSockets) return;
  socket._write = write;
  socket._writev = writev;
}

/** The error of the first failed write that was counted as done. */
export function writeFailure(socket: Duplex): Error | undefined {
  return (socket as Guarded)[GUARD]?.failure;
}

// Called with the socket that they belong to.
// oxlint-disable-next-line typescript/unbound-method
const { _write: writeOfSockets, _writev: writevOfSockets } = Socket.prototype;

function write(this: Guarded, chunk: unknown, encoding: BufferEncoding, taken: Taken): void {
  const guard = (this[GUARD] ??= new Guard());
  if (guard.failure !== undefined) return taken();
  writeOfSockets.call(this, chunk, encoding, guard.around(taken));
}

function writev(this: Guarded, chunks: { chunk: unknown; encoding: BufferEncoding }[], taken: Taken): void {
  const guard = (this[GUARD] ??= new Guard());
  if (guard.failure !== undefined) return taken();
  writevOfSockets!.call(this, chunks, guard.around(taken));
}

/** The state of one socket. A stream has one write at a time, so one closure is enough for all of them. */
class Guard {
  failure: Error | undefined = undefined;
  #taken: Taken = () => {};

  around(taken: Taken): Taken {
    this.#taken = taken;
    return this.#written;
  }

  readonly #written = (error?: Error | null): void => {
    if (error == null || !ENDED.has((error as NodeJS.ErrnoException).code)) return this.#taken(error);
    this.failure ??= error;
    this.#taken();
  };
}

/** The errors of a write when the peer or the network has ended the connection. */
const ENDED: ReadonlySet<string | undefined> = new Set(["ECONNABORTED", "ECONNRESET", "EPIPE", "ETIMEDOUT"]);
