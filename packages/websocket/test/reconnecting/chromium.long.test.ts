/** The entry for browsers in Chromium: in a page and in a worker, with servers that go and come back. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp } from "node:http";
import { createServer as createTcp } from "node:net";
import type { AddressInfo } from "node:net";
import { after, before, suite, test } from "node:test";
import type { TestContext } from "node:test";

import { CHROMIUM, NO_CHROMIUM } from "@wireproof/peers";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";

import type * as Entry from "../../src/reconnecting/browser.js";
import { Server } from "../../src/server/server.js";
import type { ServerOptions } from "../../src/server/options.js";
import type { WebSocketConnection } from "../../src/session/connection.js";
import { Happenings, endings, startHttp } from "../support/live-server.js";
import { NO_ESBUILD, bundleForBrowsers } from "./bundle.js";

/** What the bundle puts into the page. */
declare const wireproof: typeof Entry;

const SOURCE = 'export * from "@wireproof/websocket/reconnecting";';

suite("reconnecting in Chromium", { skip: NO_CHROMIUM || NO_ESBUILD, timeout: 600_000 }, () => {
  let browser: Browser;
  let bundle = "";
  before(async () => {
    bundle = await bundleForBrowsers(SOURCE, "--format=iife", "--global-name=wireproof");
    browser = await chromium.launch({ ...CHROMIUM, headless: true, args: [...CHROMIUM.args] });
  });
  after(() => browser.close());

  async function openPage(context: TestContext): Promise<Page> {
    const http = createHttp((request, response) => {
      const isScript = request.url === "/client.js";
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? bundle : '<!doctype html><script src="/client.js"></script>');
    });
    const port = await startHttp(context, http);
    const browserContext = await browser.newContext();
    context.after(() => browserContext.close());
    const page = await browserContext.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    return page;
  }

  /** A server for pages of any origin; on a free port, or in the place of one that has gone. */
  async function start(
    context: TestContext,
    options: ServerOptions,
    port = 0,
  ): Promise<{ readonly server: Server; readonly port: number; readonly url: string }> {
    const server = new Server({ origin: "any", ...options });
    context.after(() => server.close({ drainMs: 0 }));
    const address = await server.listen(port, "127.0.0.1");
    return { server, port: address.port, url: `ws://127.0.0.1:${address.port}/` };
  }

  test("what is sent early goes out, text and octets, and answers come back as both", async (context) => {
    const { url } = await start(context, { protocols: ["chat"], message: (ws, data) => ws.send(data) });
    const page = await openPage(context);
    const seen = await page.evaluate(async (url) => {
      const states: string[] = [];
      const ws = wireproof.reconnecting(url, {
        protocols: ["other", "chat"],
        connect: { headers: { ignored: "here" } },
        state: (_ws, { state }) => states.push(state),
      });
      const early = [
        ws.send("text"),
        ws.send(new Uint8Array([1, 2, 3])),
        ws.send(new Uint8Array([4]).buffer),
      ];
      const messages: string[] = [];
      for await (const message of ws) {
        messages.push(
          typeof message === "string" ? message : `${message.constructor.name} ${message.join()}`,
        );
        if (messages.length === 3) break;
      }
      const { protocol, counters } = ws;
      ws.close(4000, "done");
      return { states, early, messages, protocol, counters };
    }, url);
    assert.deepEqual(seen, {
      states: ["connecting", "open", "closed"],
      early: [true, true, true],
      messages: ["text", "Uint8Array 1,2,3", "Uint8Array 4"],
      protocol: "chat",
      counters: { opened: 1, sent: 3, received: 3, dropped: 0 },
    });
  });

  test("a server that is killed and comes back on the same port gets what was sent meanwhile", async (context) => {
    const answered = new Happenings<boolean>();
    const options: ServerOptions = {
      message: (ws, data) => answered.add(ws.send(data === "since 1" ? "resumed" : `echo ${String(data)}`)),
    };
    const first = await start(context, options);
    const page = await openPage(context);
    const waiting = new Happenings<unknown>();
    await page.exposeFunction("tellWaiting", (attempt: number) => waiting.add(attempt));
    const result = page.evaluate(async (url) => {
      const tell = (globalThis as unknown as { tellWaiting: (attempt: number) => void }).tellWaiting;
      const resumed: unknown[] = [];
      const ws = wireproof.reconnecting(url, {
        backoff: { initialMs: 20, factor: 1 },
        resume: async (connection, { lastId, attempt }) => {
          if (attempt === 0) return;
          connection.send(`since ${lastId}`);
          resumed.push(await connection.receive());
        },
        state: (client, { state, attempt, cause }) => {
          if (state !== "waiting") return;
          if (cause?.wasOpen === true) client.send("meanwhile");
          tell(attempt);
        },
      });
      const messages: unknown[] = [];
      ws.send("before");
      for await (const message of ws) {
        messages.push(message);
        ws.lastId = messages.length;
        if (messages.length === 2) break;
      }
      ws.close();
      return { messages, resumed };
    }, first.url);
    await answered.next();
    for (const ws of first.server.connections) ws.terminate();
    await first.server.close({ drainMs: 0 });
    await waiting.next();
    await start(context, options, first.port);
    assert.deepEqual(await result, { messages: ["echo before", "echo meanwhile"], resumed: ["resumed"] });
  });

  test("nobody there: attempts fail with 1006, and the application may give up", async (context) => {
    const { url, server } = await start(context, {});
    await server.close();
    const page = await openPage(context);
    const seen = await page.evaluate(async (url) => {
      const ws = wireproof.reconnecting(url, { backoff: { initialMs: 1, factor: 1 }, maxAttempts: 2 });
      ws.send("lost");
      const error = await ws.whenOpen().catch((error: unknown) => error);
      const { code, name } = error as Entry.WebSocketError;
      return { code, name, isOne: error instanceof wireproof.WebSocketError, counters: ws.counters };
    }, url);
    assert.deepEqual(seen, {
      code: "WIREPROOF_UNREACHABLE",
      name: "WebSocketError",
      isOne: true,
      counters: { opened: 0, sent: 0, received: 0, dropped: 1 },
    });
  });

  test("a server that takes the connection and says nothing is given up in time", async (context) => {
    const tcp = createTcp((socket) => void socket.on("error", () => {})).listen(0, "127.0.0.1");
    context.after(() => tcp.close());
    await once(tcp, "listening");
    const { port } = tcp.address() as AddressInfo;
    const page = await openPage(context);
    const code = await page.evaluate(async (url) => {
      const ws = wireproof.reconnecting(url, { handshakeMs: 50, maxAttempts: 0 });
      return ws.whenOpen().catch((error: unknown) => (error as Entry.WebSocketError).code);
    }, `ws://127.0.0.1:${port}/`);
    assert.equal(code, "WIREPROOF_HANDSHAKE_TIMEOUT");
  });

  test("close codes that say so end it: 1000 well, 3000 with an error", async (context) => {
    const { url } = await start(context, {
      open: (ws) => ws.close(ws.handshake.target === "/good" ? 1000 : 3000),
    });
    const page = await openPage(context);
    const seen = await page.evaluate(async (url) => {
      const ends: unknown[] = [];
      for (const path of ["good", "bad"]) {
        const ws = wireproof.reconnecting(url + path);
        const end = await ws[Symbol.asyncIterator]()
          .next()
          .catch(({ code, closeCode }: Entry.WebSocketError) => ({ code, closeCode }));
        ends.push([end, ws.state]);
      }
      return ends;
    }, url);
    assert.deepEqual(seen, [
      [{ done: true, value: undefined }, "closed"],
      [{ code: "WIREPROOF_NOT_OPEN", closeCode: 3000 }, "closed"],
    ]);
  });

  test("offline it waits for the network, and comes back with it", async (context) => {
    const opened = new Happenings<WebSocketConnection>();
    const { url } = await start(context, { open: (ws) => opened.add(ws) });
    const page = await openPage(context);
    const changes = new Happenings<string>();
    await page.exposeFunction("tell", (text: string) => changes.add(text));
    await page.evaluate((url) => {
      const { tell } = globalThis as unknown as { tell: (text: string) => void };
      wireproof.reconnecting(url, {
        // Only the network can make it come back.
        backoff: { initialMs: 86_400_000, factor: 1, maxMs: 86_400_000 },
        state: (_ws, { state, nextDelayMs }) =>
          tell(`${state}${state === "waiting" ? ` ${typeof nextDelayMs}` : ""}`),
      });
    }, url);
    assert.equal(await changes.next(), "connecting");
    assert.equal(await changes.next(), "open");
    const connection = await opened.next();
    await page.context().setOffline(true);
    connection.terminate();
    // The browser may say that it is offline before or after the connection is lost.
    let change = await changes.next();
    while (change !== "waiting undefined") change = await changes.next();
    await page.context().setOffline(false);
    assert.equal(await changes.next(), "waiting number");
    assert.equal(await changes.next(), "connecting");
    assert.equal(await changes.next(), "open");
    await opened.next();
  });

  test("a client that does not care whether it is offline waits for a time", async (context) => {
    const opened = new Happenings<WebSocketConnection>();
    const { url } = await start(context, { open: (ws) => opened.add(ws) });
    const page = await openPage(context);
    const lost = page.evaluate(
      (url) =>
        new Promise((resolve) => {
          wireproof.reconnecting(url, {
            waitForOnline: false,
            state: (ws, { state, nextDelayMs }) => {
              if (state !== "waiting") return;
              const { navigator } = globalThis as unknown as { navigator: { onLine: boolean } };
              resolve([navigator.onLine, typeof nextDelayMs]);
              ws.close();
            },
          });
        }),
      url,
    );
    const connection = await opened.next();
    await page.context().setOffline(true);
    connection.terminate();
    assert.deepEqual(await lost, [false, "number"]);
  });

  test("a server that answers no ping of the application is left", async (context) => {
    const { url } = await start(context, {});
    const page = await openPage(context);
    const problem = await page.evaluate(async (url) => {
      const ws = wireproof.reconnecting(url, {
        maxAttempts: 0,
        ping: { message: () => "ping", intervalMs: 10, timeoutMs: 10 },
      });
      return ws[Symbol.asyncIterator]()
        .next()
        .catch((error: unknown) => (error as Entry.WebSocketError).problem);
    }, url);
    assert.equal(problem, "heartbeat-timeout");
  });

  test("a handler that fails ends it, and the page is told", async (context) => {
    const { closes, close } = endings<undefined>();
    const { url } = await start(context, { close, open: (ws) => ws.send("poison") });
    const page = await openPage(context);
    const shown = page.waitForEvent("pageerror");
    const code = await page.evaluate(
      (url) =>
        new Promise((resolve) => {
          wireproof.reconnecting(url, {
            message: () => {
              throw new Error("a mistake");
            },
            state: (_ws, { state, cause }) => {
              if (state === "closed") resolve((cause!.error as Entry.WebSocketError).code);
            },
          });
        }),
      url,
    );
    assert.equal(code, "WIREPROOF_HANDLER");
    assert.match((await shown).message, /A handler has failed/);
    assert.equal(await closes.next(), "1005 clean");
  });

  test("messages that nobody reads end it before they fill the memory", async (context) => {
    const { url } = await start(context, {
      open: (ws) => {
        const octets = new Uint8Array(1024 * 1024);
        for (let count = 0; count < 20; count++) ws.send(octets, { compress: false });
      },
      limits: { backlogOctets: 64 * 1024 * 1024 },
    });
    const page = await openPage(context);
    const seen = await page.evaluate(async (url) => {
      const ws = wireproof.reconnecting(url);
      await ws.whenOpen();
      await new Promise<void>((resolve) => {
        const look = (): unknown => (ws.state === "closed" ? resolve() : setTimeout(look, 5));
        look();
      });
      const messages = ws[Symbol.asyncIterator]();
      let count = 0;
      for (;;) {
        const result = await messages.next().catch((error: unknown) => (error as Entry.WebSocketError).code);
        if (typeof result === "string") return { count, code: result };
        count++;
      }
    }, url);
    assert.deepEqual(seen, { count: 17, code: "WIREPROOF_BACKLOG" });
  });

  test("addresses: relative ones, those of http, and what is none", async (context) => {
    const { url } = await start(context, { message: (ws, data) => ws.send(data) });
    const page = await openPage(context);
    const seen = await page.evaluate(async (url) => {
      const codes: unknown[] = [];
      for (const bad of ["ftp://localhost/", "http://[", `${url}#fragment`])
        try {
          await wireproof.reconnecting(bad).whenOpen();
        } catch (error) {
          codes.push((error as Entry.WebSocketError).code);
        }
      const ws = wireproof.reconnecting(url.replace("ws:", "http:"));
      await ws.whenOpen();
      ws.close();
      // The page's own server speaks no WebSocket.
      const relative = wireproof.reconnecting("/chat", { maxAttempts: 0 });
      codes.push(await relative.whenOpen().catch((error: unknown) => (error as Entry.WebSocketError).code));
      return codes;
    }, url);
    const invalid = "WIREPROOF_INVALID_ARGUMENT";
    assert.deepEqual(seen, [invalid, invalid, invalid, "WIREPROOF_UNREACHABLE"]);
  });

  test("an aborted signal ends it", async (context) => {
    const { closes, close } = endings<undefined>();
    const { url } = await start(context, { close });
    const page = await openPage(context);
    const name = await page.evaluate(async (url) => {
      const controller = new AbortController();
      const ws = wireproof.reconnecting(url, { signal: controller.signal });
      await ws.whenOpen();
      controller.abort();
      return ws.whenOpen().catch((error: unknown) => (error as Error).name);
    }, url);
    assert.equal(name, "AbortError");
    assert.equal(await closes.next(), "1005 clean");
  });

  test("it works in a worker", async (context) => {
    const { url } = await start(context, { message: (ws, data) => ws.send(data) });
    const page = await openPage(context);
    const source = `
      importScripts("ORIGIN/client.js");
      const ws = wireproof.reconnecting("${url}", { message: (ws, data) => postMessage(data) });
      ws.send("from a worker");`;
    const seen = await page.evaluate(`new Promise((resolve) => {
      const source = ${JSON.stringify(source)}.replace("ORIGIN", location.origin);
      const worker = new Worker(URL.createObjectURL(new Blob([source])));
      worker.onmessage = ({ data }) => resolve(data);
    })`);
    assert.equal(seen, "from a worker");
  });
});
