import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, IncomingMessage, Server as HttpServer, createServer } from "node:http";
import type { ClientRequest, ClientRequestArgs } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createConnection } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";

import WebSocket, {
  Server,
  WebSocket as Named,
  WebSocketServer,
  createWebSocketStream,
} from "../src/index.js";
import type { AddressInfo, CertMeta, FinishRequestCallback } from "../src/index.js";

// oxlint-disable unicorn/prefer-add-event-listener, typescript/no-base-to-string -- as applications write it
// What typed applications write against the types that everybody has for ws. That it compiles is most of the test.

declare module "../src/index.js" {
  interface Server {
    /** As applications add to a class that is not theirs. */
    nextId?: () => number;
  }
}

class Room extends WebSocket {
  topic?: string;
  greet(): "hello" {
    return "hello";
  }
}

class Request extends IncomingMessage {
  user?: string;
}

/** A client that never connects. */
function client(context: TestContext, options: WebSocket.ClientOptions = {}): WebSocket {
  const websocket = new WebSocket("ws://127.0.0.1:1/path", options);
  websocket.on("error", () => {});
  context.after(() => websocket.terminate());
  return websocket;
}

test("options that are filled in by and by", (context) => {
  const options: WebSocket.ClientOptions = { handshakeTimeout: 5000 };
  options.headers = { Authorization: "x", "X-Number": 1 };
  options.headers["X-Later"] = "y";
  options.maxPayload = 10 * 1024 * 1024;
  options.agent = new Agent();
  options.createConnection = createConnection;
  options.checkServerIdentity = (_name: string, _certificate: CertMeta) => true;
  options.generateMask = (mask) => mask.fill(0);
  const finish: FinishRequestCallback = (request, websocket) => {
    request.setHeader("X-State", websocket.readyState);
    request.end();
  };
  options.finishRequest = finish;
  const perMessageDeflate: WebSocket.PerMessageDeflateOptions = {
    serverMaxWindowBits: 10,
    zlibDeflateOptions: { level: 3, dictionary: Buffer.from("words"), info: false },
    zlibInflateOptions: { chunkSize: 1024 },
  };
  perMessageDeflate.threshold = 0;
  options.perMessageDeflate = perMessageDeflate;
  assert.equal(client(context, options).readyState, WebSocket.CONNECTING);
  const forHttp: ClientRequestArgs = { timeout: 5000, headers: ["X-Own", "1"] };
  const other = new WebSocket("ws://127.0.0.1:1", forHttp).on("error", () => {});
  context.after(() => other.terminate());
  const server: WebSocket.ServerOptions = { noServer: true };
  server.maxPayload = 1;
  server.verifyClient = (info, callback) => callback(info.secure, 401, "no", { Allow: "nobody" });
  server.handleProtocols = (protocols, request) => request.url !== undefined && [...protocols][0]!;
  assert.equal(new WebSocketServer(server).options.maxPayload, 1);
  // @ts-expect-error -- a number, not a text
  server.maxPayload = "1";
});

test("listeners of events that are known, and of others", (context) => {
  const websocket = client(context);
  const seen: unknown[] = [];
  websocket
    .on("message", function (data, isBinary) {
      seen.push(this === websocket, data.toString(), isBinary);
    })
    .on("foo", (first: number, second: string) => seen.push(first, second))
    .once(Symbol.for("bar"), () => seen.push("bar"))
    .addListener("redirect", (url, request: ClientRequest) => seen.push(url.length, request.path))
    .prependListener("ping", (data: Buffer) => seen.push(data.length));
  websocket.emit("message", Buffer.from("x"), false);
  websocket.emit("foo", 1, "two");
  websocket.emit(Symbol.for("bar"));
  websocket.emit("ping", Buffer.alloc(3));
  assert.deepEqual(seen, [true, "x", false, 1, "two", "bar", 3]);
  const any: Parameters<typeof websocket.once>[1] = () => {};
  websocket.off("", any).removeListener("message", any);
  for (const event of ["open", "close"] as const) websocket.addEventListener(event, () => {}, { once: true });
  // @ts-expect-error -- there is no such event of the browser's kind
  websocket.addEventListener("other", () => {});
});

test("handlers of the browser's kind", (context) => {
  const websocket = client(context);
  const seen: unknown[] = [];
  websocket.onmessage = (event: WebSocket.MessageEvent) =>
    seen.push(event.data, event.type, event.target === websocket);
  websocket.onclose = ({ code, reason, wasClean }: WebSocket.CloseEvent) => seen.push(code, reason, wasClean);
  websocket.onerror = (event: WebSocket.ErrorEvent) => seen.push(event.error.code, event.message);
  websocket.onopen = (event: WebSocket.Event) => seen.push(event.type);
  websocket.onopen = null;
  const listener = { handleEvent: (event: WebSocket.MessageEvent) => void seen.push(event.type) };
  websocket.addEventListener("message", listener);
  websocket.emit("message", Buffer.from("x"), false);
  assert.deepEqual(seen, ["x", "message", true, "message"]);
  websocket.removeEventListener("message", listener);
  // A test's own event needs no class.
  const event: WebSocket.MessageEvent = { data: "y", type: "message", target: websocket };
  websocket.onmessage(event);
  assert.equal(seen.at(-3), "y");
});

test("what can be sent, and how", (context) => {
  const websocket = client(context);
  const send = (): void => {
    websocket.send(1);
    websocket.send(new Float32Array(2), { binary: true, mask: true });
    websocket.send(new Blob(["x"]), (error?: Error) => assert.ok(error));
    websocket.send({ valueOf: () => "text" });
    websocket.send({ [Symbol.toPrimitive]: () => "text" });
    websocket.ping("data", true, (error: Error) => assert.ok(error));
    websocket.pong({ any: "thing" }, false, () => {});
    // @ts-expect-error -- nothing makes octets of it
    websocket.send({ hello: "world" });
  };
  assert.throws(send, /readyState 0/);
  websocket.binaryType = "fragments";
  // @ts-expect-error -- it cannot be set
  assert.throws(() => (websocket.readyState = 1), TypeError);
});

/** Each comparison leaves one state less. */
function nameOf({ readyState }: WebSocket): string {
  if (readyState === WebSocket.OPEN) return "open" satisfies string;
  if (readyState === WebSocket.CONNECTING) return `connecting ${readyState satisfies 0}`;
  if (readyState === WebSocket.CLOSING) return `closing ${readyState satisfies 2}`;
  return `closed ${readyState satisfies 3}`;
}

test("servers with classes of the application's own", async (context) => {
  const http = createServer({ IncomingMessage: Request });
  const wss: WebSocketServer<typeof Room, typeof Request> = new WebSocketServer({
    WebSocket: Room,
    server: http,
  });
  context.after(() => http.close());
  wss.on("connection", function (websocket, request) {
    websocket.topic = request.user ?? websocket.greet();
    websocket.send(websocket.topic);
    this.emit("anything", 1);
  });
  wss.once("headers", (headers, request) => headers.push(`X-User: ${request.user}`));
  wss.on("wsClientError", (error, socket, request) => socket.end(`${error.message} ${request.user}`));
  wss.on("anything", (count: number) => assert.equal(count, 1));
  http.listen(0, "127.0.0.1");
  await once(wss, "listening");
  const { port, family } = wss.address() as AddressInfo;
  assert.equal(family.toUpperCase(), "IPV4");
  const websocket: Named = new Named(`ws://127.0.0.1:${port}`);
  const [data] = (await once(websocket, "message")) as [WebSocket.RawData];
  assert.equal(data.toString(), "hello");
  const stream = createWebSocketStream(websocket, { allowHalfOpen: true });
  stream.destroy();
  await once(websocket, "close");
  assert.equal(nameOf(websocket), "closed 3");
  for (const { topic } of wss.clients) assert.equal(topic, "hello");
  const path: string = wss.path;
  assert.equal(path, undefined);
});

test("names that are types and values", () => {
  const alias: typeof WebSocket = WebSocket.WebSocket;
  const servers: WebSocket.Server<typeof Room>[] = [];
  servers.push(
    new Server({ noServer: true, WebSocket: Room }),
    new WebSocket.Server({ noServer: true, WebSocket: Room }),
  );
  const any: Server = new WebSocket.WebSocketServer({ server: createHttpsServer() });
  any.nextId = () => servers.length;
  assert.equal(any.nextId(), 2);
  assert.ok(new alias(null, undefined, {}) instanceof WebSocket);
  const free = new WebSocketServer({ noServer: true });
  new HttpServer().on("upgrade", (request, socket, head) =>
    free.handleUpgrade(request, socket, head, (websocket) => free.emit("connection", websocket, request)),
  );
});
