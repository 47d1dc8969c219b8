import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { certificate } from "../client/raw-server.js";
import type { TestResult } from "./wpt/page.js";

// Seen from dist/test/web.
const ROOT = new URL("../../../../../", import.meta.url);
const CHECKOUT = process.env["WIREPROOF_WPT"] ?? fileURLToPath(new URL("interop/wpt", ROOT));
const isThere = ["websockets", "resources/testharness.js"].every((path) => existsSync(join(CHECKOUT, path)));
const skip = isThere
  ? false
  : "no web-platform-tests: set WIREPROOF_WPT to a checkout of web-platform-tests/wpt";

type Results = Readonly<Record<string, readonly TestResult[]>>;

suite("the web-platform-tests of websockets/", { skip }, () => {
  let ours: Results = {};

  test("every test that fails is explained in docs/websocket-web.md", async (t) => {
    ours = await play(t, "ours");
    const explained = readFileSync(new URL("docs/websocket-web.md", ROOT), "utf8");
    const unexplained = failuresOf(ours).filter(
      ([page]) => !explained.includes(`\`${page.replace(/\?.*/, "").slice(1)}\``),
    );
    assert.deepEqual(unexplained, []);
    t.diagnostic(countOf(ours));
  });

  test("more tests pass than with undici", async (t) => {
    const undici = await play(t, "undici");
    t.diagnostic(`undici: ${countOf(undici)}`);
    assert.ok(failuresOf(ours).length < failuresOf(undici).length);
    assert.deepEqual(Object.keys(ours).sort(), Object.keys(undici).sort());
  });
});

/** In a process of its own, as Node reads the certificates that it trusts when it starts. */
async function play(t: TestContext, implementation: "ours" | "undici"): Promise<Results> {
  const { key, cert } = await certificate();
  const folder = mkdtempSync(join(tmpdir(), "wireproof-wpt-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "ca.pem");
  writeFileSync(file, cert);
  const env = {
    ...process.env,
    NODE_EXTRA_CA_CERTS: file,
    WIREPROOF_CERTIFICATE: JSON.stringify({ key, cert }),
  };
  const script = fileURLToPath(new URL("wpt/run.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, CHECKOUT, implementation], {
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as Results;
}

function failuresOf(results: Results): [page: string, name: string, message: string][] {
  return Object.entries(results).flatMap(([page, tests]) =>
    tests.flatMap(({ name, isPassed, message }): [string, string, string][] =>
      isPassed ? [] : [[page, name, message]],
    ),
  );
}

function countOf(results: Results): string {
  const total = Object.values(results).flat().length;
  return `${total - failuresOf(results).length} of ${total} tests pass, on ${Object.keys(results).length} pages`;
}
