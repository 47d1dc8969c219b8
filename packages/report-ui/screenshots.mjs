/**
 * Takes the pictures of the report page in docs/images from real runs: an overview of three servers, one of them
 * broken on purpose, a case page, and a run while it lasts. It needs everything to be built, and Debian's Chromium.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

import { CHROMIUM, mutants, startEchoServer, startFayeServer } from "../peers/dist/src/index.js";
import { CASES } from "../conformance/dist/src/cases/index.js";
import { run } from "../conformance/dist/src/run/run.js";
import { liveReport } from "../conformance/dist/src/live/live-report.js";
import { htmlReporter } from "../conformance/dist/src/report/html.js";
import { startWebServer } from "../conformance/dist/src/serve/web-server.js";

const IMAGES = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const CONTEXT = { outDir: ".", tty: false, color: false, columns: 100, command: "wireproof" };

const folder = mkdtempSync(join(tmpdir(), "wireproof-pictures-"));
const servers = [
  await startEchoServer({ perMessageDeflate: true, maxFragments: 100_000 }),
  await startFayeServer(),
  await mutants.sloppy.start(),
];
const browser = await chromium.launch({
  ...CHROMIUM,
  args: [...CHROMIUM.args, "--hide-scrollbars"],
});
mkdirSync(IMAGES, { recursive: true });
try {
  const address = await storedPage();
  await picture("overview.png", `${address}#section=5`, ".row.case");
  await picture("case.png", `${address}#case=6.3.1&agent=sloppy`, ".wire-log .entry");
  await livePicture();
} finally {
  await browser.close();
  for (const server of servers) await server.close();
  rmSync(folder, { recursive: true });
}

function events() {
  const cases = CASES.filter(({ id }) => !/^(9|12|13)\./.test(id));
  return run({
    urls: servers.map(({ url }) => url),
    agents: ["ws", "faye-websocket", "sloppy"],
    cases,
    set: "all",
    concurrency: 8,
  });
}

async function storedPage() {
  const parts = [];
  for await (const { data } of htmlReporter(events(), CONTEXT)) parts.push(data);
  const path = join(folder, "report.html");
  writeFileSync(path, parts.join(""));
  return pathToFileURL(path).href;
}

async function livePicture() {
  const live = await liveReport({ command: "wireproof" });
  const web = await startWebServer({ host: "127.0.0.1", port: 0, handlers: [live.handler] });
  const page = await newPage();
  await page.goto(`${web.url}#section=6`);
  let goOn = () => undefined;
  const wait = new Promise((resolve) => (goOn = resolve));
  const followed = live.follow(paused(events(), wait));
  await page.locator(".row.case .result.is-in-flight:nth-child(5)").first().waitFor();
  await page.screenshot({ path: `${IMAGES}live.png` });
  goOn();
  await followed;
  await live.close();
  await web.close();
}

/** Stands still while the third server is in the middle of a section. */
async function* paused(all, wait) {
  for await (const event of all) {
    if (event.type === "case-end" && event.peer === "peer-3" && event.case === "6.2.3") await wait;
    yield event;
  }
}

async function picture(name, address, selector) {
  const page = await newPage();
  await page.goto(address);
  await page.locator(selector).first().waitFor();
  await page.screenshot({ path: `${IMAGES}${name}` });
  await page.close();
}

async function newPage() {
  return browser.newPage({ viewport: { width: 1280, height: 860 }, colorScheme: "light" });
}
