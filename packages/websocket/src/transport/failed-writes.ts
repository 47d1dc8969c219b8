import { Socket } from "node:net";
import type { Duplex } from "node:stream";

type Taken = (error?: Error | null) => void;

const GUARD = Symbol("guard");

interface Guarded extends Socket {
  [GUARD]?: Guard;
}

/**
 * Lets a failed write not end the reading, on sockets of Node; any other stream stays as it is. A system keeps what
 * came before a reset, and hands it out even after a write that failed; Node destroys the socket instead, and with it
 * the Close frame of a peer that closed its socket while octets were still on the way to it. So such a write counts as
 * done, and so do those that follow it: the socket is read on until the read itself tells the end or the error.
 *
 * This rests on the contract of streams alone: `_write` and `_writev` are theirs to call and anybody's to replace.
 */
export function readOnWhenWritesFail(socket: Duplex): void {
  // Whoever has replaced them before us knows why.
  if (socket._write !== writeOfSockets || socket._writev !== writevOfSockets) return;
  socket._write = write;
  socket._writev = writev;
}

/** What the first write failed with that was counted as done. */
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

/** Of one socket. A stream has one write at a time, so one closure does for all of them. */
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

/** What a write fails with when the peer or the network has ended the connection. */
const ENDED: ReadonlySet<string | undefined> = new Set(["ECONNABORTED", "ECONNRESET", "EPIPE", "ETIMEDOUT"]);
