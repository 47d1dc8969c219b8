import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { isReset, keepReadingWhenWritesFail, wasReset } from "./failed-writes.js";
import type { StaticReading } from "./static-reading.js";
import type { Transport, TransportEvents } from "./transport.js";

/** How long a socket stays open after we have closed our direction, so that the peer can read and close too. */
const LINGER_MS = 1000;

/**
 * At most this many octets of a connection are read in one turn of the event loop: a peer that floods us with tiny
 * frames must not keep timers and other connections waiting.
 */
const TURN_OCTETS = 65_536;
/** A lingering socket that reads more than this is closed at once: the peer only sends and does not read. */
const LINGER_OCTETS = 1 << 20;

/** A connection, dialled or accepted. */
export interface SocketConnection {
  readonly transport: Transport;
  /** From now on `events` gets what happens, and first the octets that came before. */
  attach(events: TransportEvents): void;
}

/**
 * A socket as a transport. The socket has to allow half-open connections, so that the peer's last octets still arrive
 * after we have closed our direction, and it needs a listener for errors. `reading`: only for a dialled socket, what
 * reads it.
 */
export function socketTransport(socket: Socket, reading?: StaticReading): SocketConnection {
  let reset = false;
  let over = false;
  let readInTurn = 0;
  let isHeld = false;
  const nextTurn = (): void => {
    readInTurn = 0;
    if (!isHeld) socket.resume();
  };
  keepReadingWhenWritesFail(socket, (error) => {
    reset = isReset(error);
  });
  return {
    transport: {
      write: (octets, done) => {
        // If the socket is gone, its end is reported elsewhere, and the case goes on.
        if (!socket.writable) return done?.();
        // All writes of one turn go out together, as with the original.
        socket.cork();
        socket.write(octets, () => done?.());
        process.nextTick(() => socket.uncork());
      },
      hold: (held) => {
        isHeld = held;
        if (isHeld) socket.pause();
        else socket.resume();
      },
      end: () => {
        linger(socket, reading);
        if (isHeld) socket.resume();
        isHeld = false;
      },
      finish: () => void socket.end(),
      // A TLS socket cannot be reset.
      reset: () => void (socket instanceof TLSSocket ? socket.destroy() : socket.resetAndDestroy()),
      destroy: () => socket.destroy(),
    },
    attach: (events) => {
      const ended = (): void => {
        if (over) return;
        over = true;
        events.ended(reset);
      };
      socket.on("error", (error: NodeJS.ErrnoException) => {
        reset ||= isReset(error);
      });
      listen(socket, reading, (chunk) => {
        const { length } = chunk;
        events.received(chunk);
        if (readInTurn === 0) setImmediate(nextTurn);
        readInTurn += length;
        if (readInTurn >= TURN_OCTETS) socket.pause();
      });
      socket.on("end", () => {
        // Once both directions are closed, a socket has no peer any more, and that says nothing.
        if (!socket.writableEnded && wasReset(socket)) reset = true;
        ended();
      });
      socket.on("close", ended);
    },
  };
}

/** From now on `receive` alone gets the chunks. They are only valid during the call. */
function listen(
  socket: Socket,
  reading: StaticReading | undefined,
  receive: (chunk: Uint8Array) => void,
): void {
  if (reading === undefined) socket.removeAllListeners("data").on("data", receive);
  else reading.listen(socket, receive);
}

function linger(socket: Socket, reading: StaticReading | undefined): void {
  if (socket.destroyed) return;
  socket.end();
  let lateOctets = 0;
  listen(socket, reading, ({ length }) => {
    lateOctets += length;
    if (lateOctets > LINGER_OCTETS) socket.destroy();
  });
  if (socket.readableEnded) socket.destroySoon();
  else socket.once("end", () => socket.destroy());
  // This must not keep the process alive: what the peer does meanwhile does not matter.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.unref();
}
