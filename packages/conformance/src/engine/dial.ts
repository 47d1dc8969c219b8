import { connect, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import type { Target } from "./target.js";
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

/** Why no connection came about. `because` is one sentence for a user. */
export class DialError extends Error {
  readonly timeout: boolean;

  constructor(because: string, timeout = false) {
    super(because);
    this.name = "DialError";
    this.timeout = timeout;
  }
}

export interface Dialled {
  readonly transport: Transport;
  /** From now on events go here; octets that came before are kept until then. */
  attach(events: TransportEvents): void;
}

/**
 * Opens TCP, and TLS for wss. Rejects with a DialError. `signal` gives the attempt up.
 */
export function dial(target: Target, timeoutMs: number, signal?: AbortSignal): Promise<Dialled> {
  return new Promise((resolve, reject) => {
    const socket = open(target);
    const timer = setTimeout(() => fail(new DialError(timeoutSentence(target, timeoutMs), true)), timeoutMs);
    const fail = (error: Error): void => {
      finish();
      socket.destroy();
      reject(error);
    };
    const onError = (error: NodeJS.ErrnoException): void => fail(new DialError(errorSentence(target, error)));
    const onEnd = (): void =>
      fail(new DialError(`${where(target)} closed the connection before TLS was set up`));
    const onAbort = (): void => fail(new DialError("the run was interrupted"));
    const finish = (): void => {
      clearTimeout(timer);
      socket.off("error", onError).off("end", onEnd).off("close", onEnd);
      signal?.removeEventListener("abort", onAbort);
      // Errors from here on are followed by `close`, which says all there is to say.
      socket.on("error", () => undefined);
    };
    socket.once("error", onError).once("end", onEnd).once("close", onEnd);
    signal?.addEventListener("abort", onAbort);
    socket.once(target.tls === null ? "connect" : "secureConnect", () => {
      finish();
      resolve(wrap(socket));
    });
  });
}

/** Half-open, so that the peer's last octets still arrive after we have closed our direction. */
function open(target: Target): Socket {
  const { host, port, tls } = target;
  if (tls === null) return connect({ host, port, allowHalfOpen: true }).setNoDelay(true);
  const options: ConnectionOptions & { allowHalfOpen: boolean } = {
    host,
    port,
    allowHalfOpen: true,
    secureContext: tls.context,
    rejectUnauthorized: tls.verify,
    ...(tls.servername === undefined ? {} : { servername: tls.servername }),
  };
  return connectTls(options).setNoDelay(true);
}

function wrap(socket: Socket): Dialled {
  let reset = false;
  let over = false;
  let readInTurn = 0;
  const nextTurn = (): void => {
    readInTurn = 0;
    socket.resume();
  };
  return {
    transport: {
      write: (octets, done) => {
        // A peer that is gone makes writes fail; `close` reports that, and the case still takes its course.
        if (!socket.writable) return done?.();
        // What is written in one turn goes out at once, as the original does it. Frame by frame, a peer that fails
        // the connection on the first frame would reset it on the next, and the reset may discard its Close frame.
        socket.cork();
        socket.write(octets, () => done?.());
        process.nextTick(() => socket.uncork());
      },
      end: () => linger(socket),
      destroy: () => socket.destroy(),
    },
    attach: (events) => {
      const ended = (): void => {
        if (over) return;
        over = true;
        events.ended(reset);
      };
      socket.on("error", (error: NodeJS.ErrnoException) => {
        reset = error.code === "ECONNRESET" || error.code === "EPIPE";
      });
      socket.on("data", (chunk: Buffer) => {
        events.received(chunk);
        if (readInTurn === 0) setImmediate(nextTurn);
        readInTurn += chunk.length;
        if (readInTurn >= TURN_OCTETS) socket.pause();
      });
      socket.on("end", ended);
      socket.on("close", ended);
    },
  };
}

function linger(socket: Socket): void {
  if (socket.destroyed) return;
  socket.end();
  let lateOctets = 0;
  socket.removeAllListeners("data").on("data", (chunk: Buffer) => {
    lateOctets += chunk.length;
    if (lateOctets > LINGER_OCTETS) socket.destroy();
  });
  if (socket.readableEnded) socket.destroySoon();
  else socket.once("end", () => socket.destroy());
  // It holds no process: whatever the peer does meanwhile is of no interest.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.unref();
}

function where(target: Target): string {
  return `${target.host}:${target.port}`;
}

function timeoutSentence(target: Target, timeoutMs: number): string {
  const what = target.tls === null ? "a TCP" : "a TLS";
  return `${where(target)} did not accept ${what} connection within ${timeoutMs} ms`;
}

function errorSentence(target: Target, error: NodeJS.ErrnoException): string {
  const at = where(target);
  switch (error.code) {
    case "ECONNREFUSED":
      return `${at} refused the connection: nothing listens there`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the host name ${target.host} cannot be resolved`;
    case "ECONNRESET":
      return `${at} reset the connection${target.tls === null ? "" : " while TLS was set up"}`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `${at} cannot be reached: there is no route to it`;
    default:
      return (
        tlsSentence(target, error) ?? `${at} cannot be reached: ${error.message.split("\n", 1)[0] ?? ""}`
      );
  }
}

function tlsSentence(target: Target, error: NodeJS.ErrnoException): string | undefined {
  if (target.tls === null) return undefined;
  const { code = "" } = error;
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_PACKET_LENGTH_TOO_LONG") {
    return `${where(target)} does not speak TLS: is it a ws:// server?`;
  }
  if (code.startsWith("ERR_TLS_CERT_ALTNAME")) {
    return `the certificate of ${where(target)} is for another name: --servername NAME says which, --insecure accepts any`;
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) {
    return `the certificate of ${where(target)} does not verify (${error.message}): --ca FILE names an authority to trust, --insecure accepts any`;
  }
  return `TLS with ${where(target)} failed: ${error.message.split("\n", 1)[0] ?? code}`;
}
