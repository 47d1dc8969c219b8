/**
 * Takes the pictures of the map of all stacks in docs/images from `matrix-site/`, which `npm run matrix:site` has made. It
 * needs Debian's Chromium. Another folder for the pictures may be named on the command line.
 */
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { CHROMIUM } from "../peers/dist/src/index.js";

const IMAGES = process.argv[2] ?? fileURLToPath(new URL("../../docs/images/", import.meta.url));
const SITE = new URL("../../matrix-site/", import.meta.url);
const DESK = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 780 };

/** @type {readonly (readonly [string, string, "light" | "dark", { width: number, height: number }])[]} */
const PICTURES = [
  ["stacks.png", "index.html", "light", DESK],
  ["stacks-dark.png", "index.html", "dark", DESK],
  ["stacks-phone.png", "index.html", "light", PHONE],
  ["stack.png", "stack/aiohttp/index.html", "light", DESK],
  ["requirement.png", "requirement/6455-5.1-2/index.html", "light", DESK],
  ["grid.png", "grid/index.html", "light", DESK],
];

const browser = await chromium.launch({ ...CHROMIUM, args: [...CHROMIUM.args, "--hide-scrollbars"] });
try {
  for (const [name, path, colorScheme, viewport] of PICTURES) {
    const page = await browser.newPage({ colorScheme, viewport });
    await page.goto(new URL(path, SITE).href);
    // The first of the evidence is open, so that the picture shows what proves a fault.
    await page
      .locator("details.evidence, .finding details")
      .first()
      .evaluateAll((all) => all.forEach((one) => (one.open = true)));
    await page.screenshot({ path: `${IMAGES}/${name}` });
    await page.close();
  }
} finally {
  await browser.close();
}
