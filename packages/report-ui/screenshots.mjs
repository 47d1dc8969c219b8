/**
 * Takes the pictures of the report page in docs/images from real runs: one server that fails, in light, dark and on a
 * phone; a perfect one; five side by side; a case page; a run while it lasts. It needs everything to be built, and
 * Debian's Chromium.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

import { CHROMIUM, mutants, startEchoServer, startFayeServer } from "../peers/dist/src/index.js";
import { CASES } from "../conformance/dist/src/cases/index.js";
import { startEchoServer as startEndpoint } from "../conformance/dist/src/modes/echo-server.js";
import { caseInfo } from "../conformance/dist/src/run/case-info.js";
import { run } from "../conformance/dist/src/run/run.js";
import { liveReport } from "../conformance/dist/src/live/live-report.js";
import { htmlReporter } from "../conformance/dist/src/report/html.js";
import { startWebServer } from "../conformance/dist/src/serve/web-server.js";

/** Where the pictures go; another folder may be named on the command line. */
const IMAGES = process.argv[2] ?? fileURLToPath(new URL("../../docs/images/", import.meta.url));
const CONTEXT = {
  outDir: ".",
  tty: false,
  color: false,
  columns: 100,
  command: "wireproof",
  catalogue: CASES.map(caseInfo),
};

/** Sections that need no time: the pictures are of the page, not of the load. */
const QUICK = CASES.filter(({ id }) => !/^(9|12|13)\./.test(id));
/** Enough for five servers, one of which is slow to fail. */
const CLASSIC = CASES.filter(({ id }) => /^([1-7]|10)\./.test(id));
const PHONE = { width: 390, height: 844 };

const folder = mkdtempSync(join(tmpdir(), "wireproof-pictures-"));
const servers = [
  ["wireproof", await startEndpoint({ host: "127.0.0.1", port: 0, path: undefined, tls: undefined })],
  ["ws", await startEchoServer({ perMessageDeflate: true, maxFragments: 100_000 })],
  ["faye-websocket", await startFayeServer()],
  ["sloppy", await mutants.sloppy.start()],
  ["echobin", await mutants.echobin.start()],
];
const browser = await chromium.launch({
  ...CHROMIUM,
  args: [...CHROMIUM.args, "--hide-scrollbars"],
});
mkdirSync(IMAGES, { recursive: true });
try {
  const failing = await storedPage("failing", ["sloppy"], CLASSIC);
  await picture("failing.png", failing, { selector: ".finding" });
  await picture("dark.png", failing, { selector: ".finding", colorScheme: "dark" });
  await picture("phone.png", failing, { selector: ".finding", viewport: PHONE });
  await picture("case.png", `${failing}#case=6.3.1`, { selector: ".wire-log .entry" });
  const perfect = await storedPage("perfect", ["wireproof"]);
  await picture("perfect.png", perfect, { selector: ".row.section" });
  const five = await storedPage(
    "five",
    servers.map(([name]) => name),
    CLASSIC,
  );
  await picture("overview.png", five, { selector: ".row" });
  await picture("matrix.png", `${five}#verdict=differs`, { selector: ".row.case", top: ".matrix-view" });
  await livePicture();
} finally {
  await browser.close();
  for (const [, server] of servers) await server.close();
  rmSync(folder, { recursive: true });
}

function events(names, { cases, concurrency = 32 }) {
  const chosen = servers.filter(([name]) => names.includes(name));
  return run({
    urls: chosen.map(([, { url }]) => url),
    agents: chosen.map(([name]) => name),
    cases,
    set: "all",
    concurrency,
  });
}

async function storedPage(name, names, cases = QUICK) {
  const parts = [];
  for await (const { data } of htmlReporter(events(names, { cases }), CONTEXT)) parts.push(data);
  const path = join(folder, `${name}.html`);
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
  const followed = live.follow(
    paused(events(["ws", "faye-websocket", "sloppy"], { cases: QUICK, concurrency: 8 }), wait),
  );
  await page.locator(".row.case .result.is-in-flight:nth-child(5)").first().waitFor();
  await page.screenshot({ path: `${IMAGES}/live.png` });
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

/** `selector`: what has to be there first; `top`: what the picture begins with, if not the page. */
async function picture(name, address, { selector, top, ...options }) {
  const page = await newPage(options);
  await page.goto(address);
  await page.locator(selector).first().waitFor();
  if (top !== undefined) await page.locator(top).evaluate((element) => element.scrollIntoView());
  await page.screenshot({ path: `${IMAGES}/${name}` });
  await page.close();
}

async function newPage({ viewport = { width: 1280, height: 860 }, colorScheme = "light" } = {}) {
  return browser.newPage({ viewport, colorScheme });
}
