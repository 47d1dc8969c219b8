import type { ClientHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { ConnectionOptions as TlsConnectionOptions } from "node:tls";

import { untilAborted } from "./deadline.js";
import { dial } from "./dial.js";
import type { Http1, Lease } from "./http2-lease.js";
import { beginHttp2, endHttp2, takesWebSocket } from "./http2-session.js";
import { copyTls } from "./same-tls.js";

/** The server that a session belongs to. */
export interface SessionAddress {
  readonly url: URL;
  /** The path of a socket in the file system, which is used instead of the URL's host. */
  readonly socketPath: string | undefined;
  readonly tls: TlsConnectionOptions | undefined;
}

/**
 * One session of HTTP/2 that connections share, from the first octet to its end. It keeps the process alive while a
 * connection uses it or waits for it, and it is closed when none has done so for five seconds.
 */
export class PooledSession {
  readonly address: SessionAddress;
  readonly #onRetired: () => void;
  readonly #dialling = new AbortController();
  /** Whether connections can use it, as soon as that is known. */
  readonly #isUsable: Promise<boolean>;
  #state: "new" | "usable" | "useless" = "new";
  #session: ClientHttp2Session | undefined = undefined;
  /** Of a server that has chosen HTTP/1.1. */
  #spare: Socket | undefined = undefined;
  #isRetired = false;
  #waiting = 0;
  #streams = 0;
  #idle: NodeJS.Timeout | undefined = undefined;

  /** `onRetired` is called once, when no further connection may use it. */
  constructor(address: SessionAddress, onRetired: () => void) {
    this.address = { ...address, tls: copyTls(address.tls) };
    this.#onRetired = onRetired;
    this.#isUsable = this.#open();
    // Those who wait for it have the error.
    this.#isUsable.catch(() => this.#retire());
  }

  /** Whether it is worth while to wait for it, or to ask it. */
  get hasRoom(): boolean {
    if (this.#isRetired) return false;
    return this.#state !== "usable" || this.#streams < this.#mostStreams;
  }

  /**
   * A place on it; {@link Http1} if the server takes no WebSocket over HTTP/2; undefined if others have taken the last
   * place. Rejects as `leaseSession` does.
   */
  async join(signal: AbortSignal): Promise<Lease | Http1 | undefined> {
    this.#waiting++;
    clearTimeout(this.#idle);
    try {
      if (!(await untilAborted(this.#isUsable, signal))) return { socket: this.#takeSpare() };
      return this.hasRoom ? this.#lease() : undefined;
    } finally {
      this.#waiting--;
      this.#rest();
    }
  }

  async #open(): Promise<boolean> {
    const isUsable = await this.#begin(this.#dialling.signal);
    this.#state = isUsable ? "usable" : "useless";
    return isUsable;
  }

  async #begin(signal: AbortSignal): Promise<boolean> {
    const { url, socketPath, tls } = this.address;
    const alpn = ["h2", "http/1.1"];
    const socket = await dial({ url, socketPath, tls, alpn, proxy: undefined, signal });
    if (socket instanceof TLSSocket && socket.alpnProtocol !== "h2") {
      this.#spare = socket;
      this.#retire();
      return false;
    }
    const session = beginHttp2(socket, url);
    this.#session = session;
    session.once("goaway", () => this.#retire()).once("close", () => this.#retire());
    try {
      return (await takesWebSocket(session, signal)) && this.#mostStreams > 0;
    } catch (error) {
      endHttp2(session);
      // Without TLS, that the server speaks HTTP/2 was an assumption (RFC 9113 §3.3).
      if (signal.aborted || socket instanceof TLSSocket) throw error;
      return false;
    }
  }

  get #mostStreams(): number {
    const session = this.#session;
    if (session === undefined || session.closed || session.destroyed) return 0;
    return session.remoteSettings.maxConcurrentStreams ?? Infinity;
  }

  #lease(): Lease {
    const session = this.#session!;
    this.#streams++;
    session.ref();
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      this.#streams--;
      this.#rest();
    };
    return { session, release, retire: () => this.#retire() };
  }

  #takeSpare(): Socket | undefined {
    const socket = this.#spare;
    this.#spare = undefined;
    return socket;
  }

  /** Nothing uses it any more, perhaps. */
  #rest(): void {
    if (this.#waiting > 0 || this.#streams > 0) return;
    this.#takeSpare()?.destroy();
    if (this.#state === "new") {
      this.#dialling.abort();
      this.#retire();
    }
    if (this.#isRetired) return this.#end();
    this.#session?.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#retire(), IDLE_MS).unref();
  }

  #retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    clearTimeout(this.#idle);
    this.#onRetired();
    if (this.#waiting === 0 && this.#streams === 0) this.#end();
  }

  #end(): void {
    if (this.#session !== undefined) endHttp2(this.#session);
  }
}

/** As long as node:http keeps a connection for the next request by default. */
const IDLE_MS = 5_000;
