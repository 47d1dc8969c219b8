import assert from "node:assert/strict";
import { test } from "node:test";
import { githubReporter } from "../../src/report/github.js";
import { junitReporter } from "../../src/report/junit.js";
import { markdownReporter } from "../../src/report/markdown.js";
import type { Reporter } from "../../src/report/reporter.js";
import { sarifReporter } from "../../src/report/sarif.js";
import { tapReporter } from "../../src/report/tap.js";
import { terminalReporter } from "../../src/report/terminal.js";
import { collect } from "./collect.js";
import { foundRun } from "./found-run.js";

const ID = "6455-5.5.1-5/no-close-frame/server";
const REASON = /Known: A proxy does it \(accepted until 2027-01-31\)\./;

async function withAndWithout(reporter: Reporter): Promise<readonly [known: string, news: string]> {
  const known = await collect(reporter, foundRun([ID]));
  const news = await collect(reporter, foundRun());
  assert.doesNotMatch(news.stream, /Known:/);
  return [known.stream, news.stream];
}

for (const [name, reporter] of [
  ["terminal", terminalReporter],
  ["markdown", markdownReporter],
  ["tap", tapReporter],
] as const) {
  test(`${name}: a finding that a baseline accepts says why`, async () => {
    const [known] = await withAndWithout(reporter);
    assert.match(known.replaceAll(/\s+/g, " "), /Known: A proxy does it /);
  });
}

test("junit: it is skipped, and so are the cases that show nothing else", async () => {
  const [known, news] = await withAndWithout(junitReporter);
  const number = (text: string, what: RegExp): number => [...text.matchAll(what)].length;
  assert.match(known, REASON);
  assert.ok(number(known, /<failure /g) < number(news, /<failure /g));
  assert.equal(
    number(known, /<failure |<skipped/g),
    number(news, /<failure |<skipped/g),
    "what is no failure is skipped",
  );
});

test("sarif: it is suppressed", async () => {
  const [known, news] = await withAndWithout(sarifReporter);
  assert.equal([...known.matchAll(/"suppressions"/g)].length, 1);
  assert.doesNotMatch(news, /"suppressions"/);
});

test("github: it is a notice", async () => {
  const [known, news] = await withAndWithout(githubReporter);
  const kind = (text: string): string | undefined =>
    text
      .split("\n")
      .find((line) => line.includes("without a Close frame%3A") || line.includes("closed TCP without"))
      ?.slice(2, 8);
  assert.deepEqual([kind(known), kind(news)], ["notice", "error "]);
});
