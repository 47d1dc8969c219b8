import type { Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { mintCertificate } from "@wireproof/peers";
import type { Certificate } from "@wireproof/peers";
import type { WebSocketError } from "../../src/errors.js";
import { Server } from "../../src/server/server.js";
import type { ServerOptions } from "../../src/server/options.js";
import type { WebSocketConnection } from "../../src/session/connection.js";
import { settleReadMode } from "../../src/transport/static-read.js";
import type { RawTarget } from "./raw-client.js";

// A view of memory that was only lent, if kept, shows at once.
process.env["WIREPROOF_SCRIBBLE"] = "1";

let minted: Promise<Certificate> | undefined;

export function certificate(): Promise<Certificate> {
  return (minted ??= mintCertificate());
}

export interface Live<Data> extends RawTarget {
  readonly server: Server<Data>;
  readonly url: string;
}

/** A server on a free port of the loopback, closed with the test. Reads statically as soon as that is proven. */
export async function startServer<Data = undefined>(
  context: TestContext,
  options: ServerOptions<Data> = {},
): Promise<Live<Data>> {
  await readModeSettled();
  const server = new Server<Data>(options);
  context.after(() => server.close({ drainMs: 0 }));
  const { port } = await server.listen(0, "127.0.0.1");
  const isSecure = options.tls !== undefined;
  return {
    server,
    port,
    url: `${isSecure ? "wss" : "ws"}://localhost:${port}/`,
    ...(isSecure ? { tls: { ca: (await certificate()).cert } } : {}),
  };
}

/** A server that sends everything back. */
export function startEcho(context: TestContext, options: ServerOptions = {}): Promise<Live<undefined>> {
  return startServer(context, { message: (ws, data) => ws.send(data), ...options });
}

/** An HTTP server of the application on a free port, closed with the test. */
export async function startHttp(context: TestContext, http: HttpServer): Promise<number> {
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  context.after(() => {
    http.closeAllConnections();
    http.close();
  });
  return (http.address() as AddressInfo).port;
}

/** The self-test of static reading keeps no process alive; a test that waits for it has to. */
export async function readModeSettled(): Promise<void> {
  const alive = setInterval(() => {}, 60_000);
  await settleReadMode();
  clearInterval(alive);
}

/** A promise and what settles it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

export function deferred<T = void>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((it) => (resolve = it));
  return { promise, resolve };
}

/** Things that happen, to be awaited one by one. */
export class Happenings<T> {
  readonly seen: T[] = [];
  #taken = 0;
  #wake: () => void = () => {};

  add(it: T): void {
    this.seen.push(it);
    this.#wake();
  }

  async next(): Promise<T> {
    while (this.seen.length <= this.#taken) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.seen[this.#taken++]!;
  }
}

/** How connections of a server ended, such as "1000 bye clean". */
export function endings<Data>(): {
  readonly closes: Happenings<string>;
  readonly close: (ws: WebSocketConnection<Data>, code: number, reason: string, wasClean: boolean) => void;
} {
  const closes = new Happenings<string>();
  return {
    closes,
    close: (_ws, code, reason, wasClean) => {
      closes.add(`${code} ${reason}${reason === "" ? "" : " "}${wasClean ? "clean" : "unclean"}`);
    },
  };
}

/** What the error handler gets: the ids of problems, or codes where there is none. */
export function problems<Data>(): {
  readonly errors: Happenings<string>;
  readonly error: (ws: WebSocketConnection<Data>, error: WebSocketError) => void;
} {
  const errors = new Happenings<string>();
  return { errors, error: (_ws, { problem, code }) => errors.add(problem ?? code) };
}
