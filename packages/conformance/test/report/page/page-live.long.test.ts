import assert from "node:assert/strict";
import { after, test } from "node:test";

import { Channel } from "../../../src/run/channel.js";
import { liveReport } from "../../../src/live/live-report.js";
import type { RunEvent } from "../../../src/run/event.js";
import { startWebServer } from "../../../src/serve/web-server.js";
import { PEER, SAMPLE_START, play, sampleRun } from "../sample-run.js";
import { NO_CHROMIUM } from "@wireproof/peers";
import { newPage } from "./chromium.js";

const closers: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of closers) await close();
});

test(
  "a live page grows with the run, and shows a case as soon as it is over",
  { skip: NO_CHROMIUM },
  async () => {
    const live = await liveReport({ command: "wireproof" });
    const web = await startWebServer({ host: "127.0.0.1", port: 0, handlers: [live.handler] });
    closers.push(live.close, () => web.close());
    const events = new Channel<RunEvent>(10_000);
    const read = live.follow(events);
    const tell = (...some: readonly RunEvent[]): void => {
      for (const event of some) void events.push(event);
    };

    const { page, problems, requests } = await newPage();
    await page.goto(web.url);
    await page.waitForSelector("text=Waiting for the run to begin");
    tell(SAMPLE_START, { type: "peer-up", peer: PEER, agent: "echo", url: "ws://x" });
    const word = page.locator(".row.case", { hasText: "5.20" }).locator(".result .word");
    await word.waitFor();
    assert.equal(await word.textContent(), "Not run");
    const [start, ...rest] = play("5.20");
    tell(start ?? assert.fail());
    await word.filter({ hasText: "In flight" }).waitFor();
    assert.equal(
      await page.locator(".live.is-on").innerText(),
      `Live: 0 of ${SAMPLE_START.config.urls.length * SAMPLE_START.cases.length}`,
    );

    await page.goto(`${web.url}#case=5.20`);
    await page.waitForSelector("text=This case is being played");
    tell(...rest);
    await page.waitForSelector(".outcome");
    assert.match(await page.locator(".headline").innerText(), /Pass/);

    await page.goto(`${web.url}#`);
    tell(...play("5.20", { attempt: 2, verdict: { outcome: "fail" } }));
    await word.filter({ hasText: "Fail" }).waitFor();
    tell(...sampleRun().slice(-1));
    events.end();
    await read;
    await page.waitForSelector("text=Run finished");
    assert.deepEqual(problems, []);
    assert.deepEqual(
      requests.filter((url) => !url.startsWith(web.url) && !url.startsWith("data:")),
      [],
    );
  },
);
