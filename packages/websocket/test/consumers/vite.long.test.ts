import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";

import { CHROMIUM, NO_CHROMIUM } from "@wireproof/peers";
import { chromium } from "playwright-core";
import type { Page } from "playwright-core";

import type { WebSocket } from "../../src/ws/index.js";
import { loadDropIn, skipWithout } from "./support/consumer.js";
import { Inbox, next } from "./support/until.js";
import { startProject } from "./support/vite-project.js";
import type { Project } from "./support/vite-project.js";

interface Payload {
  readonly type: string;
  readonly event?: string;
  readonly data?: unknown;
  readonly updates?: readonly { readonly path: string; readonly acceptedPath: string }[];
}
interface Client {
  readonly ws: WebSocket;
  readonly inbox: Inbox<Payload>;
}

const skip = skipWithout("vite", "ws");
const CONNECTED = { type: "connected" };

/** What a page's client does, without a page. */
async function connect(context: TestContext, { hotUrl, connections }: Project): Promise<Client> {
  const { WebSocket } = loadDropIn();
  const ws = new WebSocket(hotUrl, "vite-hmr", { origin: "http://127.0.0.1" });
  context.after(() => ws.terminate());
  const inbox = new Inbox<Payload>();
  ws.on("message", (data) => inbox.put(JSON.parse((data as Buffer).toString()) as Payload));
  assert.deepEqual(await inbox.take(), CONNECTED);
  const there = await connections.take();
  assert.ok(there instanceof WebSocket, "Vite uses the ws that it has bundled");
  return { ws, inbox };
}

/** Loads the modules, without which Vite has nothing to update. */
async function loadModules({ url }: Project): Promise<void> {
  for (const path of ["main.js", "dep.js"]) assert.equal((await fetch(url + path)).status, 200);
}

suite("the dev server of Vite", { skip, timeout: 600_000 }, () => {
  test("an update for every client", async (context) => {
    const project = await startProject(context);
    await loadModules(project);
    const clients = [await connect(context, project), await connect(context, project)];
    for (const text of ["second", "third"]) {
      await project.save(text);
      for (const { inbox } of clients) {
        const { type, updates } = await inbox.take();
        const paths = updates?.map(({ path, acceptedPath }) => [path, acceptedPath]);
        assert.deepEqual([type, paths], ["update", [["/main.js", "/dep.js"]]]);
      }
    }
  });

  test("events of plugins in both directions, and a connection that is lost", async (context) => {
    const project = await startProject(context);
    const { ws: hot } = project.server;
    hot.on("test:ask", (data, client) => client.send("test:answer", data));
    const gone = new Promise<void>((resolve) => hot.on("vite:client:disconnect", () => resolve()));
    const first = await connect(context, project);
    const second = await connect(context, project);
    const data = { text: "ä".repeat(100_000) };
    second.ws.send(JSON.stringify({ type: "custom", event: "test:ask", data }));
    assert.deepEqual(await second.inbox.take(), { type: "custom", event: "test:answer", data });
    first.ws.terminate();
    await gone;
    const again = await connect(context, project);
    hot.send("test:news", 1);
    for (const { inbox } of [second, again])
      assert.deepEqual(await inbox.take(), { type: "custom", event: "test:news", data: 1 });
    const ended = Promise.all([second, again].map(({ ws }) => next(ws, "close")));
    await project.server.close();
    assert.deepEqual(
      (await ended).map(([code]) => code),
      [1006, 1006],
    );
  });

  test("pings, and pages of others", async (context) => {
    const project = await startProject(context);
    const { WebSocket } = loadDropIn();
    const ping = new WebSocket(project.hotUrl, "vite-ping");
    assert.equal((await next(ping, "close"))[0], 1000);
    const stranger = new WebSocket(project.hotUrl.replace(/token=.*/, "token=x"), "vite-hmr", {
      origin: "http://evil.example",
    });
    stranger.on("error", () => {});
    const [request, response] = await next<[{ destroy(): void }, IncomingMessage]>(
      stranger,
      "unexpected-response",
    );
    request.destroy();
    assert.equal(response.statusCode, 400);
  });

  test("a page in Chromium is updated, and comes back", { skip: NO_CHROMIUM }, async (context) => {
    const project = await startProject(context);
    const page = await openPage(context, project);
    const shows = (text: string): Promise<unknown> =>
      page.waitForFunction(`document.querySelector("#shown")?.textContent === ${JSON.stringify(text)}`);
    await shows("first");
    const there = await project.connections.take();
    await page.evaluate("window.isSamePage = true");
    await project.save("second");
    await shows("second");
    assert.equal(await page.evaluate("window.isSamePage"), true);

    // The page's client asks by pings whether the server is there again, and then loads the page anew.
    const reloaded = project.connections.take();
    there.terminate();
    await once(there, "close");
    await reloaded;
    await page.waitForFunction("window.isSamePage === undefined");
    await shows("second");
    await project.save("third");
    await shows("third");
  });
});

async function openPage(context: TestContext, { url }: Project): Promise<Page> {
  const browser = await chromium.launch({ ...CHROMIUM, args: [...CHROMIUM.args], headless: true });
  context.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(url);
  return page;
}
