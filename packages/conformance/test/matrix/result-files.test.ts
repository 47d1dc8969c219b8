import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isUnchanged, type JobKey } from "../../src/matrix/job.js";
import { isUnchanged as isProxyUnchanged, storeProxy } from "../../src/matrix/proxy-files.js";
import type { ProxyKey } from "../../src/matrix/proxy-job.js";
import { store, storedResults, storedRole } from "../../src/matrix/result-files.js";
import { ResultsError } from "../../src/matrix/stored-file.js";
import type { RoleResult, StoredFinding } from "../../src/matrix/results.js";
import { temporaryFolder } from "../cli/temporary-folder.js";

const folder = temporaryFolder();
let count = 0;

const KEY: JobKey = {
  role: "server",
  over: "http1",
  version: "1.0",
  packages: ["a 1.0"],
  folder: "f",
  suite: "0.1.0",
  set: "s",
  profile: "modern",
};
const PROXY: ProxyKey = {
  stack: "a",
  version: "1.0",
  path: "HTTP/1.1",
  folder: "f",
  suite: "0.1.0",
  set: "s",
};
const FINDING: StoredFinding = {
  id: "6455-5.5.1-5/no-close-frame/server",
  requirement: "6455-5.5.1-5",
  observation: "no-close-frame",
  severity: "error",
  outcome: "fail",
  because: "It sent \u202e and \u001b[31m.",
  cases: "7.1.1",
  connections: 1,
  evidence: { case: "7.1.1", wire: [] },
};
const NOTE: StoredFinding = {
  ...FINDING,
  id: "6455-1/other/server",
  severity: "note",
  outcome: "informational",
};

function result(changes: Partial<RoleResult> = {}): RoleResult {
  return {
    ...KEY,
    startedAt: "2026-11-30T08:00:00.000Z",
    seconds: 1,
    status: "tested",
    sections: { "1": { pass: 2 }, "7": { pass: 1, fail: 1 } },
    cases: { fail: "7.1.1" },
    findings: [FINDING, NOTE],
    ...changes,
  };
}

function emptyResults(): string {
  return join(folder, String(++count));
}

test("nothing is stored at first", () => {
  assert.equal(storedResults(emptyResults(), "a"), undefined);
});

test("what is stored is read again, servers before clients, a line for each finding, and nothing in it acts", () => {
  const results = emptyResults();
  const client = result({ role: "client", findings: [] });
  store(results, "a", client);
  store(results, "a", result());
  assert.deepEqual(storedResults(results, "a"), { stack: "a", roles: [result(), client], history: [] });
  const text = readFileSync(join(results, "stacks/a.json"), "utf8");
  assert.doesNotMatch(text, /[\u202e\u001b]/);
  assert.equal(text.split("\n").filter((line) => line.startsWith('{"id":')).length, 2);
});

test("a new version makes the one before history: its totals, and its faults", () => {
  const results = emptyResults();
  store(results, "a", result());
  store(results, "a", result({ version: "1.1", findings: [] }));
  store(results, "a", result({ version: "1.1", suite: "0.2.0" }));
  assert.deepEqual(storedResults(results, "a")?.history, [
    {
      role: "server",
      over: "http1",
      version: "1.0",
      suite: "0.1.0",
      day: "2026-11-30",
      totals: { pass: 3, fail: 1 },
      findings: [FINDING.id],
    },
  ]);
  assert.equal(storedRole(storedResults(results, "a"), KEY)?.suite, "0.2.0");
});

for (const [what, text] of [
  ["no JSON", "{"],
  ["no results", "{}"],
  ["nested thousands deep", "[".repeat(5000)],
] as const) {
  test(`a file that is ${what} is not overwritten`, () => {
    const results = emptyResults();
    mkdirSync(join(results, "stacks"), { recursive: true });
    writeFileSync(join(results, "stacks/a.json"), text);
    assert.throws(() => store(results, "a", result()), ResultsError);
    assert.equal(readFileSync(join(results, "stacks/a.json"), "utf8"), text);
  });

  test(`a file of a proxy that is ${what} is refused, and nothing is tested`, () => {
    const results = emptyResults();
    mkdirSync(join(results, "proxies"), { recursive: true });
    writeFileSync(join(results, "proxies/a.json"), text);
    assert.throws(() => isProxyUnchanged(results, "a", PROXY), ResultsError);
  });
}

test("a proxy is unchanged while all is the same that it depends on, and one that failed is not", () => {
  const results = emptyResults();
  assert.ok(!isProxyUnchanged(results, "a", PROXY));
  const rest = { startedAt: "2026-11-30T00:00:00.000Z", sections: {}, differences: [], probes: [] };
  storeProxy(results, "a", { ...PROXY, ...rest, status: "tested" });
  assert.ok(isProxyUnchanged(results, "a", PROXY));
  assert.ok(!isProxyUnchanged(results, "a", { ...PROXY, version: "2.0" }));
  storeProxy(results, "a", { ...PROXY, ...rest, status: "failed" });
  assert.ok(!isProxyUnchanged(results, "a", PROXY));
});

test("a result is unchanged while all is the same that it depends on", () => {
  assert.ok(isUnchanged(result(), KEY));
  assert.ok(isUnchanged(result({ status: "cut" }), KEY));
  assert.ok(!isUnchanged(undefined, KEY));
  assert.ok(!isUnchanged(result({ status: "failed" }), KEY));
  const changes: readonly Partial<JobKey>[] = [
    { version: "1.1" },
    { packages: ["a 1.0", "b 1.0"] },
    { folder: "g" },
    { suite: "0.2.0" },
    { set: "t" },
    { profile: "autobahn" },
  ];
  for (const change of changes)
    assert.ok(!isUnchanged(result(), { ...KEY, ...change }), JSON.stringify(change));
});
