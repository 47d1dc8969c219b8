import { once } from "node:events";
import { createServer as createHttp } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { json } from "node:stream/consumers";
import type { TestContext } from "node:test";
import assert from "node:assert/strict";

import { createServer } from "../../src/index.js";
import type { CloseInfo, Counters, WebSocketConnection } from "../../src/index.js";
import { certificate } from "../client/raw-server.js";
import type { Way } from "./matrix.js";

export interface OurServer {
  /** "ws://127.0.0.1:port" or "wss://…". */
  readonly url: string;
  /** How the connections ended, in that order. */
  readonly closes: readonly CloseInfo[];
  readonly counters: Counters;
  /** Over which versions of HTTP they were opened. */
  readonly versions: readonly string[];
  /** What a page has posted, as JSON. */
  readonly posted: Promise<unknown>;
  /** Resolves when as many connections have ended. */
  ended(count: number): Promise<void>;
}

/** Our endpoint as the echo server that peers are sent to, beside a web page, until the test ends. */
export async function startOurServer(
  context: TestContext,
  way: Way,
  isHttp2 = false,
  page = "<!doctype html>",
): Promise<OurServer> {
  const { isSecure, isDeflating } = way;
  const closes: CloseInfo[] = [];
  const versions: string[] = [];
  const waiting: { count: number; done: () => void }[] = [];
  const server = createServer({
    protocols: ["chat"],
    compression: isDeflating ? { threshold: 0 } : false,
    open: (ws) => void versions.push(ws.handshake.httpVersion),
    message: (ws, data, isText) => (isText ? onText(ws, data as string) : void ws.send(data)),
    pong: (ws, payload) => void ws.send(`!pong ${Buffer.from(payload).toString()}`),
    close: (_ws, code, reason, wasClean) => {
      closes.push({ code, reason, wasClean });
      for (const { count, done } of waiting) if (closes.length >= count) done();
    },
  });
  const web = isHttp2
    ? createSecureServer({ ...(await certificate()), allowHTTP1: true })
    : isSecure
      ? createHttps(await certificate())
      : createHttp();
  const posted = new Promise<unknown>((resolve) => {
    web.on("request", (request: IncomingMessage, response: ServerResponse) => {
      if (request.method === "POST") void json(request).then(resolve);
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(page);
    });
  });
  server.attach(web);
  const sockets = new Set<Socket>();
  web.on("connection", (socket: Socket) => sockets.add(socket));
  web.listen(0, "127.0.0.1");
  await once(web, "listening");
  context.after(async () => {
    await server.close({ drainMs: 1 });
    web.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = web.address() as AddressInfo;
  return {
    url: `${isSecure ? "wss" : "ws"}://127.0.0.1:${port}`,
    closes,
    versions,
    posted,
    get counters() {
      return server.counters;
    },
    ended: (count) =>
      new Promise((done) => {
        if (closes.length >= count) done();
        else waiting.push({ count, done });
      }),
  };
}

async function onText(ws: WebSocketConnection, text: string): Promise<void> {
  if (text === "!ping") ws.ping("hello");
  else if (text === "!close") ws.close(4001, "bye ✓");
  else if (text === "!fragments") {
    await ws.sendStream(["in ", "", "parts ✓"]);
    await ws.sendStream([Uint8Array.of(0), new Uint8Array(0), Uint8Array.of(255)]);
  } else ws.send(text);
}

/** What a client reports, see peers/web-client.mjs. */
export interface ClientReport {
  readonly protocol: string;
  /** null where the client cannot tell. */
  readonly extensions: string | null;
  readonly faults: readonly string[];
  readonly pong: string;
  readonly fragments: readonly [string, readonly number[]];
  readonly closedByClient: readonly [number, string, boolean];
  readonly closedByServer: readonly [number, string, boolean];
}

/** How a client answers our Close frame of 4001; most send the reason back, which RFC 6455 §5.5.1 leaves open. */
export type CloseAnswer = readonly [code: number, reason: string];

/** Asserts that a client went through its part, and that both closings were clean on our side as well. */
export async function checkReport(
  server: OurServer,
  report: ClientReport,
  way: Way,
  [code, reason]: CloseAnswer = [4001, "bye ✓"],
): Promise<void> {
  const { extensions, ...rest } = report;
  assert.deepEqual(rest, {
    protocol: "chat",
    faults: [],
    pong: "!pong hello",
    fragments: ["in parts ✓", [0, 255]],
    // We answer with the code alone.
    closedByClient: [3002, "", true],
    closedByServer: [4001, "bye ✓", true],
  });
  if (extensions !== null)
    assert.equal(extensions.startsWith("permessage-deflate"), way.isDeflating, extensions);
  await server.ended(2);
  assert.deepEqual(server.closes, [
    { code: 3002, reason: "döne", wasClean: true },
    { code, reason, wasClean: true },
  ]);
  assert.equal(server.counters.violations, 0);
}
