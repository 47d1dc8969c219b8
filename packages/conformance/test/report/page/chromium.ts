import { after } from "node:test";

import { CHROMIUM } from "@wireproof/peers";
import { chromium, type Browser, type Page } from "playwright-core";

/** A page, and what went wrong on it or left it. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors of scripts, complaints of the console, and dialogs. */
  readonly problems: readonly string[];
  /** Addresses of all requests. */
  readonly requests: readonly string[];
}

const PATIENCE_MS = 10 * 60_000;

let browser: Promise<Browser> | undefined;
after(async () => (await browser)?.close());

/**
 * A new page in a browser that is closed when the tests of the file are over. `trusting`: it takes every certificate.
 */
export async function newPage(options: { readonly trusting?: boolean } = {}): Promise<WatchedPage> {
  browser ??= chromium.launch({ ...CHROMIUM, args: [...CHROMIUM.args] });
  const page = await (
    await browser
  ).newPage({ viewport: { width: 1280, height: 900 }, ignoreHTTPSErrors: options.trusting === true });
  // What is waited for comes at last, on a machine that ten runs of the suite keep busy as well.
  page.setDefaultTimeout(PATIENCE_MS);
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
