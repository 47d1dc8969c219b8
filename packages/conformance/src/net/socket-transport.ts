import type { Socket } from "node:net";
import { isReset, keepReadingWhenWritesFail, wasReset } from "./failed-writes.js";
import type { StaticReading } from "./static-reading.js";
import type { Transport, TransportEvents } from "./transport.js";

/** How long a socket lingers after we have closed our direction, for the peer to read and to close too. */
const LINGER_MS = 1000;

/**
 * A connection is read this far in one turn of the event loop: a peer that floods us with tiny frames must not keep
 * every timer and every other connection waiting.
 */
const TURN_OCTETS = 65_536;
/** A lingering socket that has read this much more is reset: the peer does not listen, it only talks. */
const LINGER_OCTETS = 1 << 20;

/** A connection, dialled or accepted. */
export interface SocketConnection {
  readonly transport: Transport;
  /** From now on events go here; octets that came before are kept until then. */
  attach(events: TransportEvents): void;
}

/**
 * A socket as a transport. It has to allow half-open connections, so that the peer's last octets still arrive after we
 * have closed our direction, and to have a listener for errors. `reading`: what it was dialled with, if it was.
 */
export function socketTransport(socket: Socket, reading?: StaticReading): SocketConnection {
  let reset = false;
  let over = false;
  let readInTurn = 0;
  const nextTurn = (): void => {
    readInTurn = 0;
    socket.resume();
  };
  keepReadingWhenWritesFail(socket, (error) => {
    reset = isReset(error);
  });
  return {
    transport: {
      write: (octets, done) => {
        // Where the socket is gone the end is reported, and the case still takes its course.
        if (!socket.writable) return done?.();
        // What is written in one turn goes out at once, as the original does it.
        socket.cork();
        socket.write(octets, () => done?.());
        process.nextTick(() => socket.uncork());
      },
      end: () => linger(socket, reading),
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
        if (wasReset(socket)) reset = true;
        ended();
      });
      socket.on("close", ended);
    },
  };
}

/** Chunks go to `receive` and to nobody else. They are only valid during the call. */
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
  // It holds no process: whatever the peer does meanwhile is of no interest.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.unref();
}
