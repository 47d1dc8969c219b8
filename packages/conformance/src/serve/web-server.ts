import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { urlHost } from "../net/listen.js";
import { asSentence } from "../tester/refusal.js";
import { Admission } from "./admission.js";

/** Answers a request, or returns false so that the next handler gets it. `path` is decoded and begins with a slash. */
export type WebHandler = (request: IncomingMessage, response: ServerResponse, path: string) => boolean;

export interface WebOptions {
  /** Name or address to bind to. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Tried in this order. If none answers, the status is 404. */
  readonly handlers: readonly WebHandler[];
  /** Which host names are allowed; if absent, addresses, localhost and the names of this machine. */
  readonly admission?: Admission;
  /** For tests. */
  readonly limits?: Partial<WebLimits>;
}

/** Times in milliseconds. */
export interface WebLimits {
  /** Connections at the same time; more are closed as soon as they are accepted. */
  readonly connections: number;
  /** Time for a request: from the accepted connection, or the first octet of a further request, to its end. */
  readonly requestMs: number;
  /** How long a connection may wait for the next request. */
  readonly keepAliveMs: number;
  /** How long a connection may be silent in both directions. A client that does not read its answer is dropped. */
  readonly silenceMs: number;
}

export interface WebServer {
  /** `http://host:port/`. */
  readonly url: string;
  /** Drops every connection and resolves when the port is free. */
  close(): Promise<void>;
}

const LIMITS: WebLimits = { connections: 64, requestMs: 10_000, keepAliveMs: 5000, silenceMs: 30_000 };
/** The longest interval at which Node looks for requests that are too slow. */
const CHECK_MS = 1000;

/** Serves pages over HTTP. Rejects with the error of the system if the address cannot be bound. */
export async function startWebServer(options: WebOptions): Promise<WebServer> {
  const { admission = new Admission() } = options;
  const limits = { ...LIMITS, ...options.limits };
  const times = {
    headersTimeout: limits.requestMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(CHECK_MS, limits.requestMs),
  };
  const server = createServer(times, (request, response) => {
    answer({ ...options, admission }, request, response);
  });
  server.maxConnections = limits.connections;
  server.timeout = limits.silenceMs;
  // Without a listener, Node would try to answer a request that is not HTTP on a socket that is gone.
  server.on("clientError", (_error, socket) => socket.destroy());
  await bound(server, options);
  const { port } = server.address() as AddressInfo;
  admission.addName(options.host);
  admission.addPort(port);
  return { url: `http://${urlHost(options.host)}:${port}/`, close: () => shut(server) };
}

/**
 * Sends a whole answer. The page may not load anything, be framed, or be read as another type. `connect`: where its
 * scripts may connect to, as a source of a content security policy; its own origin if absent.
 */
export function sendPage(
  response: ServerResponse,
  status: number,
  page: { readonly type: string; readonly body: string; readonly connect?: string },
): void {
  const body = Buffer.from(page.body, "utf8");
  response.writeHead(status, { ...headersFor(page.type, page.connect), "Content-Length": body.length });
  response.end(body);
}

/** The headers of every answer. Report pages contain their script and style and load nothing else. */
export function headersFor(type: string, connect = "'self'"): Readonly<Record<string, string>> {
  return {
    "Content-Type": type,
    "Content-Security-Policy":
      `default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src ${connect}; ` +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
  };
}

function answer(
  { admission, handlers }: Required<Pick<WebOptions, "admission" | "handlers">>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const refuse = (status: number, sentence: string): void => {
    sendPage(response, status, { type: "text/plain; charset=utf-8", body: `${sentence}\n` });
  };
  response.on("error", () => undefined);
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return refuse(405, "Only GET and HEAD are supported.");
  }
  const refused = admission.checkHost(request.headers.host);
  if (refused !== null) return refuse(refused.status, asSentence(refused.sentence));
  const path = pathOf(request.url ?? "/");
  const isTaken = path !== null && handlers.some((handle) => handle(request, response, path));
  if (!isTaken) refuse(404, "There is no such page.");
}

/** Null if the path has an invalid escape. */
function pathOf(target: string): string | null {
  const [path = "/"] = target.split(/[?#]/, 1);
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

function bound(server: Server, { host, port }: WebOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      server.on("error", () => undefined);
      resolve();
    });
  });
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
