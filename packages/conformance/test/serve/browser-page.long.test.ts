import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";

import { mintCertificate } from "@wireproof/peers";
import { browserPage, testerUrl } from "../../src/serve/browser-page.js";
import type { ServeOptions } from "../../src/serve/serve.js";
import { startWebServer } from "../../src/serve/web-server.js";
import { casesOf } from "../integration/verdict-table.js";
import { NO_CHROMIUM } from "@wireproof/peers";
import { newPage, type WatchedPage } from "../report/page/chromium.js";
import { endOf, serving, type Serving } from "./serving.js";

const skip = NO_CHROMIUM;
const CASES = "1.1.1, 1.1.8, 1.2.8, 2.5, 2.11, 3.1, 5.9, 5.19, 6.2.1, 7.1.3, 7.7.5, 7.9.4, 10.1.1, 12.1.2";

interface Shown extends WatchedPage {
  readonly server: Serving;
  /** Address of the page. */
  readonly address: string;
}

/** Serves cases and their page; the page is open. */
async function shown(
  context: TestContext,
  patterns: string,
  options: Partial<ServeOptions> & { readonly trusting?: boolean } = {},
): Promise<Shown> {
  const { trusting = false, ...rest } = options;
  const server = await serving(context, patterns, rest);
  const handlers = [browserPage({ url: server.url, cases: casesOf(patterns) })];
  const web = await startWebServer({ host: "127.0.0.1", port: 0, handlers });
  const watched = await newPage({ trusting });
  context.after(async () => {
    await watched.page.close();
    await web.close();
  });
  const address = `${web.url}browser`;
  await watched.page.goto(address);
  return { ...watched, server, address };
}

/** What the browser itself says about connections that end badly, as most of them have to. */
function isAboutConnection(problem: string): boolean {
  return problem.includes("WebSocket connection to");
}

describe("Chromium runs the cases", { skip }, () => {
  for (const scheme of ["ws", "wss"] as const) {
    test(`over ${scheme}`, async (context) => {
      const tls = scheme === "wss" ? { tls: await mintCertificate() } : {};
      const { page, problems, requests, server, address } = await shown(context, CASES, {
        ...tls,
        trusting: true,
      });
      assert.match(await page.inputValue("#agent"), /^Chromium\/\d+\./);
      await page.fill("#agent", "my browser/1 <b>");
      await page.click("#start");
      await page.getByText("All cases have been run.").waitFor();
      const count = casesOf(CASES).length;
      assert.equal(await page.textContent("#counts"), `${count} of ${count} cases, ${count} pass`);
      assert.equal(await page.locator(".cells .pass").count(), count);
      assert.equal(await page.locator("[data-case='5.19'].pass").getAttribute("aria-label"), "5.19: pass");
      assert.deepEqual(server.agents, ["my browser/1 <b>"]);
      assert.deepEqual(server.missing("my browser/1 <b>"), []);
      assert.ok(server.seen.some(({ type }) => type === "checkpoint"));
      for (const end of server.seen) {
        if (end.type === "case-end") assert.equal(end.verdict.closing, "ok", end.case);
      }
      assert.deepEqual(
        problems.filter((problem) => !isAboutConnection(problem)),
        [],
      );
      assert.deepEqual(
        requests.filter((url) => url !== address && !url.startsWith("data:")),
        [],
      );
      assert.match((await page.textContent("#limits")) ?? "", /Section 2: a page never sees a Ping/);
    });
  }

  test("a browser that does not trust the certificate is shown where to accept it", async (context) => {
    const { page, server } = await shown(context, "1.1.1", { tls: await mintCertificate() });
    await page.click("#start");
    await page.getByText("cannot be reached").waitFor();
    assert.equal(await page.getAttribute("#status a", "href"), `${server.url.replace("wss:", "https:")}/`);
    assert.equal(await page.isEnabled("#start"), true);
  });

  test("stopped in the middle: what was run stays, and reports are asked for", async (context) => {
    const { page, server } = await shown(context, "1.1.1, 9.7.6, 9.8.6", { messages: "full" });
    await page.fill("#agent", "a");
    await page.click("#start");
    await server.when(endOf("1.1.1"));
    await page.locator("[data-case='9.7.6'].in-flight").waitFor();
    await page.click("#stop");
    await page.getByText("Stopped.").waitFor();
    assert.match((await page.textContent("#counts")) ?? "", /^2 of 3 cases, 1 pass, 1 no result$/);
    await server.when((event) => event.type === "checkpoint");
    assert.ok(!server.seen.some((event) => event.type === "case-start" && event.case === "9.8.6"));
    // And again from the beginning.
    await page.click("#start");
    await server.when(endOf("1.1.1", 2));
    await page.click("#stop");
    await page.getByText("Stopped.").waitFor();
  });

  test("what Chromium gets wrong is shown as such", async (context) => {
    // It says 1002 about text that is not UTF-8, and takes close codes that nobody uses.
    const { page } = await shown(context, "1.1.1, 6.3.1, 7.9.1");
    await page.click("#start");
    await page.getByText("All cases have been run.").waitFor();
    assert.equal(await page.getAttribute("[data-case='6.3.1']", "class"), "non-strict");
    assert.equal(await page.getAttribute("[data-case='7.9.1']", "class"), "non-strict");
    assert.match((await page.textContent("#counts")) ?? "", /^3 of 3 cases, /);
  });
});

test("the page knows the tester by the name it was asked under, and nothing that is no name", () => {
  const url = "ws://127.0.0.1:9001";
  assert.equal(testerUrl(url, "localhost:8080"), "ws://localhost:9001");
  assert.equal(testerUrl("wss://127.0.0.1:1", "box.example"), "wss://box.example:1");
  assert.equal(testerUrl(url, "[::1]:8080"), "ws://[::1]:9001");
  for (const host of [undefined, "", "a b", "a;connect-src *", "a\"'>", "a,b:1", "a/b", "[::1"]) {
    assert.equal(testerUrl(url, host), url, host);
  }
});

test("its policy allows the tester and nothing else", async (context) => {
  const handlers = [browserPage({ url: "ws://127.0.0.1:9001", cases: casesOf("1.1.1") })];
  const web = await startWebServer({ host: "127.0.0.1", port: 0, handlers });
  context.after(() => web.close());
  const answer = await fetch(`${web.url}browser`);
  const policy = answer.headers.get("content-security-policy") ?? "";
  assert.match(policy, /default-src 'none';.* connect-src ws:\/\/127\.0\.0\.1:9001;/);
  const page = await answer.text();
  assert.match(page, /connect-src ws:\/\/127\.0\.0\.1:9001;/);
  assert.match(page, /script-src 'sha256-/);
  assert.ok(!page.includes("%CONNECT%") && !page.includes("<!--DATA-->"));
});
