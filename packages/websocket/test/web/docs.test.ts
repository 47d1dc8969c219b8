/** The programs of docs/websocket-web.md run, end, and say what their readers expect. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

// Seen from dist/test/web.
const page = readFileSync(new URL("../../../../../docs/websocket-web.md", import.meta.url), "utf8");
const programs = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code!);
const OUTPUT = ["hello\n1000 true\n", "HTTP/2.0 chat\n", "hello\n", "0\n"];

test("the programs of the page run and end", async (t) => {
  // Inside the package, where its own name is known.
  const folder = mkdtempSync(fileURLToPath(new URL("docs-", import.meta.url)));
  t.after(() => rmSync(folder, { recursive: true }));
  const found = await Promise.all(
    programs.map(async (code, index) => {
      const file = join(folder, `${index}.mjs`);
      writeFileSync(file, code);
      const { stdout } = await promisify(execFile)(process.execPath, [file]);
      return stdout;
    }),
  );
  assert.deepEqual(found, OUTPUT);
});
