import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { Piece } from "../protocol/output.js";
import { isHttp2Stream } from "./http2-stream.js";

/** How long something reads the memory of a write. */
export const Lending = {
  /** TCP: until the system has taken it, most often before `write` returns. */
  UntilTaken: 0,
  /** TLS: OpenSSL encrypts or copies all of it before `write` returns, if no other write is on its way. */
  UntilReturned: 1,
  /** Any other stream may pass the same memory on to its reader. */
  Forever: 2,
  /** HTTP/2: until the callback of the write, which comes later: flow control decides when. */
  UntilCalledBack: 3,
} as const;

export type Lending = (typeof Lending)[keyof typeof Lending];

export function lendingOf(socket: Duplex): Lending {
  if (socket instanceof TLSSocket) return Lending.UntilReturned;
  if (socket instanceof Socket) return Lending.UntilTaken;
  return isHttp2Stream(socket) ? Lending.UntilCalledBack : Lending.Forever;
}

/** Writes the pieces in order as one; `onTaken`, if given, is called when the system has taken them. */
export function writePieces(socket: Duplex, pieces: readonly Piece[], onTaken?: () => void): void {
  const last = pieces.length - 1;
  if (last > 0) socket.cork();
  for (let index = 0; index < last; index++) socket.write(octetsOf(pieces[index]!));
  socket.write(octetsOf(pieces[last]!), onTaken);
  if (last > 0) socket.uncork();
}

/** Calls back when the system has taken what was written before. */
export function awaitTaken(socket: Duplex, onTaken: () => void): void {
  socket.write(NOTHING, onTaken);
}

const NOTHING = new Uint8Array(0);

/** A view costs 40 ns; memory that is written as a whole needs none. */
function octetsOf({ memory, from, to }: Piece): Uint8Array {
  return from === 0 && to === memory.length ? memory : memory.subarray(from, to);
}
