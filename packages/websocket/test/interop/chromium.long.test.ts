import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";

import { CHROMIUM, NO_CHROMIUM } from "@wireproof/peers";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";

import { script } from "./child.js";
import type { Way } from "./matrix.js";
import { checkReport, startOurServer } from "./our-server.js";
import type { ClientReport } from "./our-server.js";

// The certificate is made anew for each run.
const ARGS = [...CHROMIUM.args, "--ignore-certificate-errors"];

suite("our server and Chromium", { skip: NO_CHROMIUM, timeout: 600_000 }, () => {
  let browser: Browser;
  before(async () => {
    browser = await chromium.launch({ ...CHROMIUM, headless: true, args: ARGS });
  });
  after(() => browser.close());

  /** A page that our own server has delivered, so that the default policy about origins lets it in. */
  async function openPage(url: string): Promise<Page> {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(url.replace(/^ws/, "http"));
    return page;
  }

  for (const isSecure of [false, true]) {
    for (const isDeflating of [false, true]) {
      const way: Way = { isSecure, isDeflating };
      test(`${isSecure ? "wss" : "ws"}, ${isDeflating ? "with" : "without"} compression`, async (context) => {
        const server = await startOurServer(context, way);
        const page = await openPage(server.url);
        const { playClient } = (await import(script("web-client.mjs"))) as { playClient: () => unknown };
        const make = '(url) => new WebSocket(url, ["other", "chat"])';
        const report = await page.evaluate(
          `(${playClient.toString()})(${make}, ${JSON.stringify(server.url)})`,
        );
        await page.context().close();
        await checkReport(server, report as ClientReport, way);
      });
    }
  }

  for (const isDeflating of [false, true]) {
    test(`over HTTP/2, ${isDeflating ? "with" : "without"} compression`, async (context) => {
      const way: Way = { isSecure: true, isDeflating };
      const server = await startOurServer(context, way, true);
      // The page comes over HTTP/2, so Chromium knows the setting when it opens a WebSocket.
      const page = await openPage(server.url);
      const { playClient } = (await import(script("web-client.mjs"))) as { playClient: () => unknown };
      const make = '(url) => new WebSocket(url, ["other", "chat"])';
      const report = await page.evaluate(
        `(${playClient.toString()})(${make}, ${JSON.stringify(server.url)})`,
      );
      await page.context().close();
      await checkReport(server, report as ClientReport, way);
      assert.deepEqual(server.versions, ["2.0", "2.0"]);
    });
  }

  test("a page of another origin is not let in", async (context) => {
    const server = await startOurServer(context, { isSecure: false, isDeflating: false });
    const page = await openPage(server.url.replace("127.0.0.1", "localhost"));
    const url = JSON.stringify(server.url);
    const code = await page.evaluate(
      `new Promise((resolve) => { new WebSocket(${url}).onclose = ({ code }) => resolve(code); })`,
    );
    await page.context().close();
    assert.equal(code, 1006);
    assert.equal(server.counters.opened, 0);
    assert.equal(server.counters.refused, 1);
  });
});
