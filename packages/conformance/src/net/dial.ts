import { connect, type OnReadOpts, type Socket } from "node:net";
import { connect as connectTls, TLSSocket, type ConnectionOptions } from "node:tls";
import type { Clock } from "../time/clock.js";
import { socketTransport, type SocketConnection } from "./socket-transport.js";
import { StaticReading } from "./static-reading.js";
import type { Target } from "./target.js";

export type { SocketConnection } from "./socket-transport.js";

/** Why there is no connection. `because` is one clause for a user. */
export class DialError extends Error {
  readonly timeout: boolean;
  /** Nothing seems to be there: no such name, no route, or nothing that listens. */
  readonly isAbsent: boolean;

  constructor(because: string, facts: { readonly timeout?: boolean; readonly isAbsent?: boolean } = {}) {
    super(because);
    this.name = "DialError";
    this.timeout = facts.timeout === true;
    this.isAbsent = facts.isAbsent === true;
  }
}

/** Errors of the system that mean that nothing answered. */
const ABSENT_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/**
 * Opens TCP, and TLS for wss. Rejects with a DialError. `signal` cancels the attempt.
 */
export function dial(
  target: Target,
  clock: Clock,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<SocketConnection> {
  return new Promise((resolve, reject) => {
    const reading = new StaticReading();
    const socket = open(target, reading);
    const timer = clock.deadline(timeoutMs, () =>
      fail(new DialError(timeoutSentence(target, timeoutMs), { timeout: true })),
    );
    const fail = (error: Error): void => {
      finish();
      socket.destroy();
      reject(error);
    };
    const onError = (error: NodeJS.ErrnoException): void =>
      fail(new DialError(errorSentence(target, error), { isAbsent: ABSENT_CODES.has(error.code ?? "") }));
    const onEnd = (): void =>
      fail(new DialError(`${where(target)} closed the connection before TLS was set up`));
    const onAbort = (): void => fail(new DialError("the run was interrupted"));
    const finish = (): void => {
      timer.cancel();
      socket.off("error", onError).off("end", onEnd).off("close", onEnd);
      signal?.removeEventListener("abort", onAbort);
      // From here on every error is followed by `close`, which is enough to know.
      socket.on("error", () => undefined);
    };
    socket.once("error", onError).once("end", onEnd).once("close", onEnd);
    signal?.addEventListener("abort", onAbort);
    socket.once(target.tls === null ? "connect" : "secureConnect", () => {
      if (target.http2 && socket instanceof TLSSocket && socket.alpnProtocol !== "h2") {
        return fail(new DialError(`${where(target)} does not choose HTTP/2 by ALPN (RFC 9113 §3.3)`));
      }
      finish();
      resolve(socketTransport(socket, reading));
    });
  });
}

/** Allows half-open connections, so that the peer's last octets still arrive after we have closed our direction. */
function open(target: Target, { onread }: StaticReading): Socket {
  const { host, port, tls, http2 } = target;
  if (tls === null) return connect({ host, port, allowHalfOpen: true, onread }).setNoDelay(true);
  const options: ConnectionOptions & { allowHalfOpen: boolean; onread: OnReadOpts } = {
    host,
    port,
    onread,
    allowHalfOpen: true,
    secureContext: tls.context,
    rejectUnauthorized: tls.verify,
    ...(http2 ? { ALPNProtocols: ["h2"] } : {}),
    ...(tls.servername === undefined ? {} : { servername: tls.servername }),
  };
  return connectTls(options).setNoDelay(true);
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
    return `${where(target)} does not speak TLS: is the peer a ws:// server?`;
  }
  if (code.startsWith("ERR_TLS_CERT_ALTNAME")) {
    return `the certificate of ${where(target)} is for another name: --servername NAME sets the expected name, --insecure accepts any certificate`;
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) {
    return `the certificate of ${where(target)} does not verify (${error.message}): --ca FILE names an authority to trust, --insecure accepts any certificate`;
  }
  return `TLS with ${where(target)} failed: ${error.message.split("\n", 1)[0] ?? code}`;
}
