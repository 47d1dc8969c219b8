import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";

import type { ServerOptions, WebSocket, WebSocketServer } from "../../src/ws/index.js";
import { loadConsumer, loadDropIn, skipWithout } from "./support/consumer.js";
import { Inbox, next } from "./support/until.js";

interface PageSocket {
  readonly readyState: number;
  readonly protocol: string;
  readonly extensions: string;
  readonly bufferedAmount: number;
  binaryType: string;
  send(data: unknown): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: string, listener: (event: PageEvent) => void): void;
}
interface PageEvent {
  readonly type: string;
  readonly data: unknown;
  readonly origin: string;
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}
interface Window {
  readonly WebSocket: new (url: string, protocols?: string | string[]) => PageSocket;
  readonly Blob: new (parts: unknown[]) => unknown;
  readonly ArrayBuffer: typeof ArrayBuffer;
  readonly document: { cookie: string };
  readonly navigator: { readonly userAgent: string };
  close(): void;
}
interface Running {
  readonly wss: WebSocketServer;
  readonly url: string;
  readonly window: Window;
  readonly connections: Inbox<[there: WebSocket, request: IncomingMessage]>;
}

const PACKAGES = ["jsdom"];

/** A server that sends everything back, and a page that was loaded from its address. */
async function start(context: TestContext, options: ServerOptions = {}): Promise<Running> {
  const { JSDOM } = loadConsumer("jsdom") as {
    JSDOM: new (html: string, options: object) => { window: Window };
  };
  const { WebSocketServer } = loadDropIn();
  const wss = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  const connections = new Inbox<[WebSocket, IncomingMessage]>();
  wss.on("headers", (headers: string[]) => headers.push("Set-Cookie: a=1", "Set-Cookie: secret=2; HttpOnly"));
  wss.on("connection", (there: WebSocket, request: IncomingMessage) => {
    connections.put([there, request]);
    there.on("message", (data, binary) => there.send(data, { binary }));
  });
  await once(wss, "listening");
  const { port } = wss.address() as AddressInfo;
  const { window } = new JSDOM("<p>page</p>", { url: `http://127.0.0.1:${port}/page` });
  context.after(() => {
    window.close();
    for (const client of wss.clients) client.terminate();
    wss.close();
  });
  return { wss, url: `ws://127.0.0.1:${port}/chat`, window, connections };
}

/** All events of a WebSocket of a page. */
function eventsOf(websocket: PageSocket): Inbox<PageEvent> {
  const inbox = new Inbox<PageEvent>();
  for (const type of ["open", "message", "error", "close"]) websocket.addEventListener(type, inbox.put);
  return inbox;
}

async function expect(inbox: Inbox<PageEvent>, type: string): Promise<PageEvent> {
  const event = await inbox.take();
  assert.equal(event.type, type);
  return event;
}

suite("WebSocket of jsdom", { skip: skipWithout(...PACKAGES), timeout: 600_000 }, () => {
  for (const perMessageDeflate of [false, true]) {
    test(`exchange, ${perMessageDeflate ? "with" : "without"} compression`, async (context) => {
      const { window, url, connections } = await start(context, { perMessageDeflate });
      const websocket = new window.WebSocket(url, ["chat", "other"]);
      const events = eventsOf(websocket);
      const [there, request] = await connections.take();
      await expect(events, "open");
      assert.equal(websocket.protocol, "chat");
      assert.equal(there.extensions, perMessageDeflate ? "permessage-deflate" : "");
      assert.equal(request.headers.origin, url.replace("ws:", "http:").replace("/chat", ""));
      assert.equal(request.headers["user-agent"], window.navigator.userAgent);

      const large = "ä".repeat(100_000);
      for (const text of ["hello", large]) {
        websocket.send(text);
        assert.equal((await expect(events, "message")).data, text);
      }
      websocket.binaryType = "arraybuffer";
      const octets = new Uint8Array([0, 127, 128, 255]);
      for (const data of [octets, octets.buffer, new window.Blob([octets.buffer])]) {
        websocket.send(data);
        const { data: received } = await expect(events, "message");
        assert.ok(received instanceof window.ArrayBuffer);
        assert.deepEqual(new Uint8Array(received), octets);
      }
      websocket.binaryType = "blob";
      websocket.send(octets);
      const { data: blob } = await expect(events, "message");
      assert.equal((blob as { size: number }).size, 4);

      websocket.close(4000, "bye ä");
      const { code, reason, wasClean } = await expect(events, "close");
      assert.deepEqual([code, reason, wasClean], [4000, "bye ä", true]);
    });
  }

  test("broadcast, and the server's code and reason", async (context) => {
    const { wss, window, url } = await start(context);
    const websockets = [1, 2, 3].map(() => new window.WebSocket(url));
    const inboxes = websockets.map(eventsOf);
    for (const inbox of inboxes) await expect(inbox, "open");
    for (const client of wss.clients) client.send("news");
    for (const inbox of inboxes) assert.equal((await expect(inbox, "message")).data, "news");
    for (const client of wss.clients) client.close(4321, "over ä");
    for (const inbox of inboxes) {
      const { code, reason, wasClean } = await expect(inbox, "close");
      assert.deepEqual([code, reason, wasClean], [4321, "over ä", true]);
    }
  });

  test("cookies of the answer, and of the next connection", async (context) => {
    const { window, url, connections } = await start(context);
    const first = eventsOf(new window.WebSocket(url));
    await expect(first, "open");
    const [, firstRequest] = await connections.take();
    // Without a cookie jsdom says so by an empty field.
    assert.ok(!firstRequest.headers.cookie);
    assert.equal(window.document.cookie, "a=1");
    await expect(eventsOf(new window.WebSocket(url)), "open");
    const [, secondRequest] = await connections.take();
    assert.equal(secondRequest.headers.cookie, "a=1; secret=2");
  });

  test("a connection that is lost, and one that is made anew", async (context) => {
    const { window, url, connections } = await start(context);
    const events = eventsOf(new window.WebSocket(url));
    const [there] = await connections.take();
    await expect(events, "open");
    there.terminate();
    assert.equal((await expect(events, "close")).code, 1006);
    const again = new window.WebSocket(url);
    const inbox = eventsOf(again);
    await expect(inbox, "open");
    again.send("again");
    assert.equal((await expect(inbox, "message")).data, "again");
  });

  test("closed while it connects", async (context) => {
    const decisions = new Inbox<(isAllowed: boolean) => void>();
    const { window, url } = await start(context, {
      verifyClient: (_info: unknown, decide: (isAllowed: boolean) => void) => decisions.put(decide),
    });
    const websocket = new window.WebSocket(url);
    const events = eventsOf(websocket);
    const decide = await decisions.take();
    websocket.close();
    await expect(events, "error");
    const { code, wasClean } = await expect(events, "close");
    assert.deepEqual([code, wasClean, websocket.readyState], [1006, false, 3]);
    decide(true);
  });

  test("an opening handshake that is refused", async (context) => {
    const { window, url } = await start(context, { path: "/elsewhere" });
    const events = eventsOf(new window.WebSocket(url));
    await expect(events, "error");
    assert.equal((await expect(events, "close")).code, 1006);
  });

  test("a page that is closed leaves with 1001", async (context) => {
    const { window, url, connections } = await start(context);
    const events = eventsOf(new window.WebSocket(url));
    await expect(events, "open");
    const [there] = await connections.take();
    const ended = next(there, "close");
    window.close();
    assert.equal((await ended)[0], 1001);
  });
});
