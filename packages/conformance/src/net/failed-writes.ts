import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

type Taken = (error?: Error | null) => void;

/** Error codes of a write when the peer or the network has ended the connection. */
const ENDED_CODES: ReadonlySet<string | undefined> = new Set([
  "ECONNABORTED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
]);

/**
 * Keeps reading a socket after a write has failed. The system keeps what came before a reset, and returns it even after
 * a failed write. But Node destroys the socket when a write fails. What was not read yet is lost then: for example the
 * Close frame of a peer that closed its socket while octets were still on the way to it. So a failed write counts as
 * done, and so do all later writes: reading goes on until a read itself returns the end or an error.
 *
 * `failed` is called once, with the error of the first failed write.
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
 * Whether the error of a write means a reset. On Linux EPIPE means that the end of the stream came first, so that
 * nothing is missing. Other systems use EPIPE for any reset.
 */
export function isReset({ code }: NodeJS.ErrnoException): boolean {
  return ENDED_CODES.has(code) && (code !== "EPIPE" || process.platform !== "linux");
}

/**
 * Call this when the end of a stream was read: it may have been a reset. If a reset comes together with octets, libuv
 * 1.46 (of Node 20) reports a normal end; 1.52 does not. After a reset an empty write fails, and
 * `keepReadingWhenWritesFail` reports that. With TLS it does not fail, but there a connection that was reset has no
 * peer address any more.
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
