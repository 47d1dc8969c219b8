import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { parseRequest, parseResponse, type RequestHead, type ResponseHead } from "../../wire/http1.js";
import { systemClock } from "../../time/clock.js";
import { End } from "./end.js";

/** How long something may take that has to happen. */
const LIMIT_MS = 5000;
/** What a busy machine loses is added, at most so many times the limit. */
const MOST_LOST = 4;
/** How long is waited for what should not happen, where nothing else can be awaited. */
const QUIET_MS = 1500;
/** Connections of a proxy to the server behind it; more are dropped. */
const MOST_ENDS = 64;

/** A request as it came to the server behind the proxy. */
export interface Arrived {
  readonly origin: End;
  readonly head: string;
  readonly request: RequestHead;
}

/** An answer as it came to the client. */
export interface Answered {
  readonly head: string;
  readonly answer: ResponseHead;
}

/** A server and clients that are scripted, on raw sockets, with a proxy between them. */
export class Rig {
  /** Everything that went over the wire at both ends, a line each. */
  readonly log: string[] = [];
  /** How long to wait for what should not happen, where nothing else can be awaited. */
  readonly quietMs: number;
  /** The port at which the proxy listens. */
  proxyPort = 0;
  readonly #server: Server;
  #origins: End[] = [];
  #clients: End[] = [];
  readonly #waiting = new Set<() => void>();

  private constructor(server: Server, quietMs: number) {
    this.#server = server;
    this.quietMs = quietMs;
    server.on("connection", (socket: Socket) => {
      if (this.#origins.length >= MOST_ENDS) socket.destroy();
      else this.#origins.push(this.#end(socket, `server ${this.#origins.length + 1}`));
    });
  }

  /** Listens as the server behind the proxy. */
  static async start({ quietMs = QUIET_MS }: { readonly quietMs?: number } = {}): Promise<Rig> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Rig(server, quietMs);
  }

  /** The port of the server behind the proxy. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connects a client to the proxy. Rejects if it does not accept. */
  async dial(): Promise<End> {
    const socket = connect({ port: this.proxyPort, host: "127.0.0.1", allowHalfOpen: true });
    const end = this.#end(socket, "client");
    this.#clients.push(end);
    if (!(await this.until(() => !socket.connecting)) || socket.destroyed)
      throw new Error("the proxy does not accept connections");
    return end;
  }

  /** The next request with this path at the server, on whichever connection; null if none comes. */
  async arrival(path: string, ms: number = LIMIT_MS): Promise<Arrived | null> {
    let found: Arrived | null = null;
    await this.until(() => {
      for (const origin of this.#origins) {
        if (!origin.has(` ${path} HTTP/1.`)) continue;
        const head = origin.takeHead();
        if (head !== null) found = { origin, head, request: parseRequest(head) };
      }
      return found !== null;
    }, ms);
    return found;
  }

  /** The next answer at a client; null if none comes. */
  async answer(client: End): Promise<Answered | null> {
    let head: string | null = null;
    await this.until(() => (head ??= client.takeHead()) !== null || client.ending !== "open");
    return head === null ? null : { head, answer: parseResponse(head) };
  }

  /** Waits until something is the case, at whichever end. False if it is not when the time is over. */
  until(holds: () => boolean, ms: number = LIMIT_MS): Promise<boolean> {
    if (holds()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const done = (result: boolean): void => {
        timer.cancel();
        this.#waiting.delete(look);
        resolve(result);
      };
      const look = (): void => {
        if (holds()) done(true);
      };
      const timer = systemClock.deadline(ms, () => done(holds()), MOST_LOST * ms);
      this.#waiting.add(look);
    });
  }

  /** Whether these octets came to the server, on any of its connections, beside what was read. */
  hasArrived(octets: Uint8Array): boolean {
    return this.#origins.some((end) => end.has(octets));
  }

  /**
   * Ends all connections. Those of the server by FIN: a proxy that keeps them for later sees that they are gone, and does
   * not send the next request into one of them.
   */
  async clear(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    for (const origin of this.#origins) origin.finish();
    await this.until(
      () => this.#origins.every((end) => end.ending !== "open" || end.isDestroyed),
      this.quietMs,
    );
    for (const origin of this.#origins) origin.destroy();
    this.#origins = [];
    this.#clients = [];
  }

  async close(): Promise<void> {
    await this.clear();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #end(socket: Socket, who: string): End {
    const ring = (): void => {
      for (const look of this.#waiting) look();
    };
    socket.on("connect", ring);
    return new End(socket, ring, (line) => this.log.push(`${who} ${line}`));
  }
}
