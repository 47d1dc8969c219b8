import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mintCertificate, NO_CHROMIUM } from "@wireproof/peers";
import { casesOf } from "../integration/verdict-table.js";
import { newPage } from "../report/page/chromium.js";
import { browserPage } from "../../src/serve/browser-page.js";
import { startWebServer } from "../../src/serve/web-server.js";
import { serving } from "./serving.js";

/**
 * A few of each kind. Those are not among them that Chromium fails: it takes some close codes that it must not, and an
 * informational answer for the real one (35.2.11.1).
 */
const CASES =
  "1.1.1, 1.1.8, 5.20, 7.1.1, 7.1.2, 7.1.3, 35.2.2, 35.2.3.*, 35.2.5, 35.2.6, 35.2.7.*, 35.2.8.*, 35.2.9.*, 35.2.11.2, 35.2.11.3, 35.2.12";

describe("Chromium runs the cases over HTTP/2", { skip: NO_CHROMIUM }, () => {
  test("from the page on the port of the tester, all on one session", async (context) => {
    const server = await serving(context, CASES, { tls: await mintCertificate(), http2: true });
    const { page } = await newPage({ trusting: true });
    context.after(() => page.close());
    await page.goto(`${server.url.replace("wss:", "https:")}/browser`);
    await page.fill("#agent", "chromium");
    await page.click("#start");
    await page.getByText("All cases have been run.").waitFor();
    const wrong: string[] = [];
    let ended = 0;
    for (const event of server.seen) {
      assert.notEqual(event.type, "note");
      if (event.type !== "case-end") continue;
      ended++;
      const { handshake } = event.record;
      // What the server saw, not what the browser says.
      assert.match(handshake.request ?? "", /^:method: CONNECT\r\n/, event.case);
      const { outcome, because } = event.verdict;
      if (!["pass", "informational"].includes(outcome)) wrong.push(`${event.case} ${outcome} ${because}`);
    }
    assert.deepEqual(wrong, []);
    assert.equal(ended, casesOf(CASES).length);
  });

  test("the web port sends a browser there", async (context) => {
    const run = { url: "wss://127.0.0.1:9001", cases: casesOf("1.1.1"), http2: true };
    const web = await startWebServer({ host: "127.0.0.1", port: 0, handlers: [browserPage(run)] });
    context.after(() => web.close());
    const answer = await fetch(`${web.url}browser`, { redirect: "manual" });
    assert.equal(answer.headers.get("location"), "https://127.0.0.1:9001/browser");
  });
});
