import { Worker } from "node:worker_threads";

import type { Certificate } from "@wireproof/peers";

import { certificate } from "../../client/raw-server.js";
import { pagesOf } from "./files.js";
import type { Page } from "./files.js";
import type { PageData, TestResult } from "./page.js";
import { startTestServer } from "./server.js";

/**
 * Plays all pages with one implementation, and writes what came of them as JSON:
 *
 *     NODE_EXTRA_CA_CERTS=ca.pem node run.js FOLDER ours|undici [WORDS]
 *
 * A process of its own, since Node reads NODE_EXTRA_CA_CERTS when it starts.
 */
const [, , root = "", implementation = "ours", words = ""] = process.argv;
const AT_ONCE = 6;
/** Longer than a page takes that times out by itself. */
const PATIENCE_MS = 90_000;

const given = process.env["WIREPROOF_CERTIFICATE"];
const server = await startTestServer(
  given === undefined ? await certificate() : (JSON.parse(given) as Certificate),
);
const pages = pagesOf(root).filter(({ name }) => name.includes(words));
const results: Record<string, readonly TestResult[]> = {};
const waiting = [...pages];
await Promise.all(Array.from({ length: AT_ONCE }, playWaiting));
process.stdout.write(JSON.stringify(results), () => process.exit(0));
server.close();

async function playWaiting(): Promise<void> {
  for (let page = waiting.shift(); page !== undefined; page = waiting.shift())
    results[page.name] = await play(page);
}

function play(page: Page): Promise<readonly TestResult[]> {
  const workerData: PageData = {
    root,
    page,
    places: { port: server.port, securePort: server.securePort, http2Port: server.http2Port },
    implementation: implementation === "undici" ? "undici" : "ours",
  };
  const worker = new Worker(new URL("page.js", import.meta.url), { workerData, stdout: true, stderr: true });
  return new Promise((resolve) => {
    const end = (found: readonly TestResult[]): void => {
      clearTimeout(timer);
      resolve(found);
      void worker.terminate();
    };
    const broken = (message: string): void => end([{ name: page.name, isPassed: false, message }]);
    const timer = setTimeout(() => broken("The page never came to an end."), PATIENCE_MS);
    worker.on("message", end);
    worker.on("error", (error: Error) => broken(error.message));
    worker.on("exit", () => broken("The page ended without a result."));
  });
}
