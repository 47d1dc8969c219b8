/** The pages of the site in Chromium, opened from the disk. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { NO_CHROMIUM } from "@wireproof/peers";

import { temporaryFolder } from "../cli/temporary-folder.js";
import { newPage } from "../report/page/chromium.js";
import { complaints } from "./axe.js";
import { FINDINGS, sampleSite } from "./sample-site.js";

const skip = NO_CHROMIUM;
const folder = temporaryFolder();
let root = "";

before(async () => {
  if (skip !== false) return;
  root = pathToFileURL(`${(await sampleSite(folder)).out}/`).href;
});

/** One of each kind. */
const PAGES = [
  "index.html",
  "stack/real/index.html",
  "stack/hostile/index.html",
  "stack/absent/index.html",
  "requirement/index.html",
  "requirement/6455-6.2-1/index.html",
  "requirement/6455-5.3-1/index.html",
  "case/25.1.3.1/index.html",
  "grid/index.html",
  "grid/real/index.html",
  "proxies/index.html",
  "changes/index.html",
  "data/index.html",
];

for (const path of PAGES) {
  test(
    `${path}: axe has no finding, light and dark, it fits a phone, and nothing is asked for`,
    { skip },
    async () => {
      const { page, problems, requests } = await newPage();
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.goto(root + path);
        assert.deepEqual(await complaints(page), [], colorScheme);
      }
      await page.setViewportSize({ width: 390, height: 844 });
      const wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      assert.equal(await page.evaluate(wider), 0, "it is wider than a phone");
      assert.deepEqual(problems, []);
      assert.deepEqual(
        requests.filter((url) => !url.startsWith(root) && !url.startsWith("data:")),
        [],
      );
    },
  );
}

test("the index of cases: axe has no finding where a section is unfolded", { skip }, async () => {
  const { page } = await newPage();
  await page.goto(`${root}case/index.html`);
  // Not all: axe takes a minute for a thousand cases.
  await page.evaluate(`for (const one of document.querySelectorAll("details:not(#section-7)")) one.remove()`);
  assert.deepEqual(await complaints(page), []);
});

test("two clicks lead from a cell to the wire log that proves it", { skip }, async () => {
  const { page } = await newPage();
  await page.goto(`${root}index.html`);
  await page.click(`td a[href="stack/real/index.html#server-25"]`);
  assert.match(page.url(), /stack\/real\/index\.html#server-25$/);
  const evidence = `${FINDINGS.fault.replaceAll("/", "-")}-evidence`;
  assert.equal(await page.isVisible(`[id="${evidence}"]`), false);
  await page.click(`#server-25 a[href="#${evidence}"]`);
  await page.waitForSelector(`[id="${evidence}"] .entry`, { state: "visible" });
});

test(
  "the front page sorts by faults, and filters by language, role, capability, result and words",
  { skip },
  async () => {
    const { page, problems } = await newPage();
    await page.goto(`${root}index.html`);
    const shown = (): Promise<readonly string[]> =>
      page.evaluate<readonly string[]>(
        `[...document.querySelectorAll(".map tbody tr")].filter((row) => !row.hidden).map((row) => row.dataset.standing)`,
      );
    const all = await shown();
    assert.deepEqual(all.toSorted(), ["conforms", "fault", "open", "unavailable", "unreviewed"]);
    await page.click("[data-sort=faults]");
    assert.equal((await shown())[0], "fault");
    await page.click("[data-sort=faults]");
    assert.equal((await shown())[0], "unavailable");
    for (const [name, value, count] of [
      ["language", "JavaScript", 3],
      ["role", "client", 2],
      ["can", "http2", 1],
      ["standing", "unreviewed", 1],
    ] as const) {
      await page.selectOption(`select[name=${name}]`, value);
      assert.equal((await shown()).length, count, name);
      await page.selectOption(`select[name=${name}]`, "");
    }
    await page.fill("input[name=words]", "NODEJS javascript");
    assert.equal((await shown()).length, 2);
    await page.fill("input[name=words]", "no such stack");
    assert.equal(await page.isVisible("text=No stack is like this."), true);
    assert.deepEqual(problems, []);
  },
);
