/** docs/proxies.md says what interop/results/proxies has. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { PROBES } from "../../src/matrix/probes/play-probes.js";
import { proxyResults, type ProxyResults } from "../../src/matrix/results.js";

const ROOT = fileURLToPath(new URL("../../../../../", import.meta.url));
const page = readFileSync(`${ROOT}docs/proxies.md`, "utf8");

/** The columns of its table of probes. */
const COLUMNS = ["nginx", "haproxy", "apache-httpd", "caddy", "varnish", "nghttpx", "lighttpd"];
const GLYPHS = { kept: "✓", changed: "~", broken: "✗", unknown: "?" } as const;

function stored(name: string): ProxyResults {
  const file = `${ROOT}interop/results/proxies/${name}.json`;
  return proxyResults.parse(JSON.parse(readFileSync(file, "utf8")));
}

function row(name: string): readonly string[] {
  const line = page.split("\n").find((text) => text.startsWith(`| ${name} `));
  assert.ok(line !== undefined, `there is no row ${name}`);
  return line
    .split("|")
    .slice(2, -1)
    .map((cell) => cell.trim());
}

test("every stored result can be read, and is of a run to the end or says why it is not", () => {
  for (const file of readdirSync(`${ROOT}interop/results/proxies`)) {
    const { status, because } = stored(file.replace(/\.json$/, ""));
    assert.ok(status === "tested" || because !== undefined, file);
  }
});

test("the table has the versions, and what came of every probe", () => {
  const results = COLUMNS.map(stored);
  assert.deepEqual(
    row("version"),
    results.map(({ version }) => version),
  );
  for (const { name } of PROBES) {
    const glyphs = results.map(({ probes }) => {
      const outcome = probes.find((one) => one.name === name)?.outcome;
      return outcome === undefined ? "" : GLYPHS[outcome];
    });
    assert.deepEqual(row(name), glyphs, name);
  }
});
