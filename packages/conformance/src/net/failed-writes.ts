import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

type Taken = (error?: Error | null) => void;

/** What a write fails with when the peer or the network has ended the connection. */
const ENDED_CODES: ReadonlySet<string | undefined> = new Set([
  "ECONNABORTED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
]);

/**
 * Lets a failed write not end the reading. A system keeps what came before a reset, and hands it out even after a
 * write that failed; Node destroys the socket instead, and with it, say, the Close frame of a peer that closed its
 * socket while octets were still on the way to it. So such a write counts as done, and so do those that follow it:
 * the socket is read on until the read itself tells the end or the error.
 *
 * `failed` is called once, with what the first of them failed with.
 */
export function keepReadingWhenWritesFail(
  socket: Socket,
  failed: (error: NodeJS.ErrnoException) => void,
): void {
  const write = socket._write.bind(socket);
  const writev = socket._writev?.bind(socket);
  let isDead = false;
  const guard =
    (taken: Taken): Taken =>
    (error) => {
      if (error == null || !ENDED_CODES.has((error as NodeJS.ErrnoException).code)) return taken(error);
      if (!isDead) failed(error);
      isDead = true;
      taken();
    };
  socket._write = (chunk, encoding, taken) => (isDead ? taken() : write(chunk, encoding, guard(taken)));
  if (writev === undefined) return;
  socket._writev = (chunks, taken) => (isDead ? taken() : writev(chunks, guard(taken)));
}

/**
 * Whether what a write failed with means a reset. Linux tells EPIPE where the end of the stream came before it, so
 * that nothing is missing; others tell it of any.
 */
export function isReset({ code }: NodeJS.ErrnoException): boolean {
  return ENDED_CODES.has(code) && (code !== "EPIPE" || process.platform !== "linux");
}

/**
 * To be asked when the end of a stream was read: libuv 1.46, which Node 20 has, tells the end where a reset came
 * together with octets; 1.52 does not. A write of nothing fails then, which `keepReadingWhenWritesFail` tells. TLS does not
 * show that; but there a connection that was reset has no peer any more.
 */
export function wasReset(socket: Socket): boolean {
  if (!HIDES_RESETS) return false;
  if (!(socket instanceof TLSSocket)) {
    if (socket.writable) socket.write(NOTHING);
    return false;
  }
  const { _handle: handle } = socket as Socket & WithHandle;
  return typeof handle?.getpeername === "function" && handle.getpeername({}) !== 0;
}

interface WithHandle {
  readonly _handle?: { readonly getpeername?: (out: object) => number } | null;
}

const NOTHING = new Uint8Array(0);
const [major, minor] = (process.versions["uv"] ?? "1.52").split(".").map(Number);
const HIDES_RESETS = major === 1 && minor !== undefined && minor < 52;
