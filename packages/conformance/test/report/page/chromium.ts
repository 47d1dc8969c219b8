import { existsSync } from "node:fs";
import { after } from "node:test";

import { chromium, type Browser, type Page } from "playwright-core";

const EXECUTABLE = "/usr/bin/chromium";

/** Why tests with a browser cannot be run here; false if they can. */
export const NO_CHROMIUM: string | false = existsSync(EXECUTABLE)
  ? false
  : `no Chromium at ${EXECUTABLE}; Debian's package chromium brings it`;

/** A page, and what went wrong on it or left it. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors of scripts, complaints of the console, and dialogs. */
  readonly problems: readonly string[];
  /** Addresses of all requests. */
  readonly requests: readonly string[];
}

let browser: Promise<Browser> | undefined;
after(async () => (await browser)?.close());

/**
 * A new page in a browser that is closed when the tests of the file are over. `trusting`: it takes every certificate.
 */
export async function newPage(options: { readonly trusting?: boolean } = {}): Promise<WatchedPage> {
  browser ??= launch();
  const page = await (
    await browser
  ).newPage({ viewport: { width: 1280, height: 900 }, ignoreHTTPSErrors: options.trusting === true });
  const problems: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  page.on("dialog", (dialog) => {
    problems.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => requests.push(request.url()));
  return { page, problems, requests };
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
