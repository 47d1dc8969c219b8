import assert from "node:assert/strict";
import { test } from "node:test";

import { autobahnReporter } from "../../src/report/autobahn.js";
import { agentSlug } from "../../src/report/autobahn/file-name.js";
import type { CaseInfo, PeerUp, RunEvent, RunStart } from "../../src/run/event.js";
import { collect } from "./collect.js";
import { HOSTILE_AGENT, HOSTILE_TEXT, PEER, SAMPLE_START, play, sampleRun } from "./sample-run.js";

const SLUG = agentSlug(HOSTILE_AGENT);
const UP: PeerUp = { type: "peer-up", peer: PEER, agent: "case_failed", url: "ws://x" };

function occurrences(text: string, part: string): number {
  return text.split(part).length - 1;
}

async function filesOf(
  events: readonly RunEvent[],
  catalogue?: readonly CaseInfo[],
): Promise<Map<string, string>> {
  const about = catalogue === undefined ? {} : { catalogue };
  return (await collect(autobahnReporter, events, about)).files;
}

async function indexOf(events: readonly RunEvent[], catalogue?: readonly CaseInfo[]): Promise<string> {
  return (await filesOf(events, catalogue)).get("index.html") ?? assert.fail("no index.html");
}

test("every JSON file of a case has a page of the same stem, and the index links to it", async () => {
  const files = await filesOf(sampleRun());
  const index = files.get("index.html") ?? "";
  for (const name of files.keys()) {
    if (name === "index.json" || !name.endsWith(".json")) continue;
    const page = name.replace(/\.json$/, ".html");
    assert.ok(files.has(page), page);
    // Underscores are escaped in links as in all text.
    assert.ok(index.includes(`href="${page.replaceAll("_", "&#95;")}"`), page);
  }
  assert.ok(files.has(`${SLUG}_case_5_20.html`));
});

test("scripts that count failures in index.html: two without any, one more for each", async () => {
  assert.equal(occurrences(await indexOf([SAMPLE_START, UP, ...play("1.1.1")]), "case_failed"), 2);
  const failing = [
    ...play("1.1.1", { verdict: { outcome: "fail", closing: "unclean" } }),
    ...play("1.1.2", { verdict: { outcome: "blocked" } }),
    ...play("2.1", { verdict: { closing: "wrong-side", because: "case_failed" } }),
  ];
  assert.equal(occurrences(await indexOf([SAMPLE_START, UP, ...failing]), "case_failed"), 2 + 2 + 1 + 1);
});

test("classes and words of the table are those of the original", async () => {
  const row = async (verdict: object, record: object = {}): Promise<string> => {
    const index = await indexOf([SAMPLE_START, UP, ...play("1.1.1", { verdict, record })]);
    const found = /<tr><td><a href="#case_desc_1_1_1">.*<\/tr>/.exec(index)?.[0] ?? "";
    return [...found.matchAll(/<td class="(?:close )?(\w+)"[^>]*>(?:<a[^>]*>|<span>)?([^<]*)/g)]
      .map(([, className, text]) => `${className} ${text}`)
      .join(", ");
  };
  assert.equal(await row({}), "case_ok Pass, case_ok 1000");
  assert.equal(
    await row({ outcome: "non-strict", closing: "wrong-code" }),
    "case_non_strict Non-Strict, case_non_strict 1000",
  );
  assert.equal(
    await row({ outcome: "informational", closing: "not-applicable" }),
    "case_info Info, case_info 1000",
  );
  assert.equal(await row({ outcome: "unimplemented" }), "case_unimplemented Unimplemented");
  assert.equal(await row({ outcome: "fail", closing: "unclean" }), "case_failed Fail, case_failed Unclean");
  assert.equal(await row({ closing: "dropped-by-tester" }), "case_ok Pass, case_almost 1000");
  const index = await indexOf([SAMPLE_START, UP, ...play("1.1.1")]);
  assert.equal(
    occurrences(index, `<td class="case_missing" colspan="2">Missing</td>`),
    SAMPLE_START.cases.length - 1,
  );
});

test("durations and ratios where the case reports them", async () => {
  const [first, ...others] = SAMPLE_START.cases;
  const start: RunStart = {
    ...SAMPLE_START,
    cases: [{ ...(first ?? assert.fail()), reports: { time: true, ratio: true } }, ...others],
  };
  const counts = { wire: 0, payload: 25, application: 100, frames: 1, messages: 1 };
  const traffic = {
    received: counts,
    sent: { ...counts, application: 0 },
    handshake: { received: 0, sent: 0 },
  };
  const index = await indexOf([start, UP, ...play("1.1.1", { record: { traffic } })]);
  assert.match(index, /Pass<\/a><br><small>4 ms \[0\.250\/-\]<\/small>/);
});

test("agents are sorted by name, and every case of the original is described under its anchor", async () => {
  const second: RunEvent = { ...UP, peer: "p2", agent: "aaa" };
  const other = { ...(SAMPLE_START.cases[0] ?? assert.fail()), id: "9.1.1" };
  const events = [SAMPLE_START, UP, second, ...play("1.1.1"), ...play("1.1.1", { peer: "p2" })];
  const index = await indexOf(events, [...SAMPLE_START.cases, other, { ...other, id: "20.1.1" }]);
  assert.match(index, /<th colspan="2">aaa<\/th><th colspan="2">case&#95;failed<\/th>/);
  for (const { id } of [...SAMPLE_START.cases, other]) {
    assert.equal(occurrences(index, `id="case_desc_${id.replaceAll(".", "_")}"`), 1, id);
  }
  assert.ok(index.indexOf("case_desc_9_1_1") < index.indexOf('id="case_desc_10_1_1"'));
  // What is not the original's and was not selected has no place here.
  assert.ok(!index.includes("case_desc_20_1_1"));
});

test("nothing that a peer sent acts in a page", async () => {
  for (const [name, text] of await filesOf(sampleRun())) {
    if (!name.endsWith(".html")) continue;
    assert.doesNotMatch(text, /<script|alert\("|\u001b|\u202e|\u2028/, name);
    assert.match(text, /default-src 'none'/);
    assert.ok(!text.includes(HOSTILE_TEXT));
  }
});
