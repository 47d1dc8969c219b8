import assert from "node:assert/strict";
import { test } from "node:test";

import { LINT_RULES } from "../../src/case/lint-rules.js";
import { CASES } from "../../src/cases/index.js";
import { listCommand } from "../../src/cli/list.js";
import type { CaseInfo } from "../../src/run/event.js";
import { fakeIo } from "./fake-io.js";

async function listed(...args: readonly string[]): Promise<string> {
  const io = fakeIo();
  assert.equal(await listCommand.run(args, io), 0);
  return io.written();
}

test("every case has a line, under the heading of its section", async () => {
  const text = await listed();
  for (const { id, title } of CASES) assert.ok(text.includes(`  ${id} `) && text.includes(title), id);
  assert.match(text, /^1 Framing \(16 cases\)\n {2}1\.1\.1 /);
  assert.match(text, /\n\n7 Close handling \(37 cases\)\n {2}7\.1\.1 /);
});

test("the rules of every connection come last, and only with all cases", async () => {
  const text = await listed();
  for (const { id, title } of LINT_RULES) assert.ok(text.includes(`  ${id} `) && text.includes(title), id);
  assert.match(text, /\n\nOn every connection of every case\n {2}22\.1\.6 /);
  assert.doesNotMatch(await listed("--cases", "24.*"), /24\.3\.2/);
});

test("patterns choose, and exclude wins", async () => {
  const cases = JSON.parse(await listed("--cases", "5.*", "--exclude", "5.1*", "--json")) as CaseInfo[];
  assert.deepEqual(
    cases.map(({ id }) => id),
    CASES.map(({ id }) => id).filter((id) => /^5\.([2-9]|20)$/.test(id)),
  );
});

test("--since lists what a version has first, and headings say it", async () => {
  const text = await listed("--since", "0.2.0");
  assert.doesNotMatch(text, /^ {2}1\.1\.1 /m);
  assert.match(text, /^24 Masking \(\d+ cases, since 0\.2\.0\)\n {2}24\.1\.1 /m);
  assert.equal(await listed("--since", "0.1.0", "--cases", "7.*"), await listed("--cases", "7.*"));
  const infos = JSON.parse(await listed("--since", "0.2.0", "--json")) as CaseInfo[];
  assert.ok(infos.every(({ since }) => since === "0.2.0"));
});

test("the JSON form holds what a run file says of a case", async () => {
  const [one] = JSON.parse(await listed("--cases", "7.7.3", "--json")) as CaseInfo[];
  assert.ok(one !== undefined && one.requirements.length > 0);
  assert.deepEqual([one.id, one.section], ["7.7.3", "Close handling"]);
});

test("a frozen set lists what it scores, and says of the rest why it does not", async () => {
  const text = await listed("--set", "2026.1", "--cases", "7.*,26.1.*");
  assert.match(text, /^ {2}7\.1\.1 /m);
  assert.doesNotMatch(text, /^ {2}(?:7\.1\.6|26\.1\.2\.1) /m);
  assert.match(text, /\n\nNot scored by 2026\.1\n {2}extension, 36 cases: It is about permessage-deflate/);
  assert.match(text, /\n {2}pending, 3 cases: .*\n {4}7\.1\.6, 7\.13\.1, 7\.13\.2\n$/);
  const infos = JSON.parse(await listed("--cases", "7.1.1,7.1.6", "--json")) as { readonly sets: unknown }[];
  assert.deepEqual(
    infos.map(({ sets }) => sets),
    [{ "2026.1": null }, { "2026.1": "pending" }],
  );
});

const REFUSED: readonly (readonly [readonly string[], RegExp])[] = [
  [["--cases", "5.21"], /^no case matches "5\.21" \(did you mean 5\./],
  [["--cases", "7"], /^no case matches "7" \(did you mean 7\.\*/],
  [["--exclude", "nope"], /^no case matches "nope"/],
  [["--cases", ","], /^--cases names no case$/],
  [["--cases", "5.*", "--exclude", "*"], /^--exclude leaves no case$/],
  [["--since", "0.0.1"], /^--since takes 0\.1\.0 or 0\.2\.0, not "0\.0\.1"/],
  [["--since", "0.2.0", "--cases", "7.*"], /^no case of this selection is new in 0\.2\.0$/],
  [["--set", "autoban"], /did you mean autobahn\?$/],
  [["5.1"], /^unexpected argument "5\.1"; see wireproof list --help$/],
];

for (const [args, sentence] of REFUSED) {
  test(`list ${args.join(" ")} is refused`, async () => {
    await assert.rejects(listCommand.run(args, fakeIo()), { name: "UsageError", message: sentence });
  });
}

test("an empty --exclude excludes nothing", async () => {
  assert.equal(await listed("--exclude", ""), await listed());
});
