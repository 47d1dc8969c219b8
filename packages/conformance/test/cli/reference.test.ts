import assert from "node:assert/strict";
import { test } from "node:test";

import { REQUIREMENTS } from "../../src/case/requirements.js";
import { CASES } from "../../src/cases/index.js";
import { COMMANDS } from "../../src/cli/commands.js";
import { casesPages, requirementsPage } from "../../src/cli/reference-cases.js";
import { cliPage, markdownTable, plainMarkdown } from "../../src/cli/reference.js";

/** The cells of the rows of a table that begin with a term in code. */
function terms(page: string): readonly string[] {
  return [...page.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? "");
}

test("the page of the command line has every command and option", () => {
  const page = cliPage(COMMANDS);
  for (const { name, options } of COMMANDS) {
    const start = page.indexOf(`\n## ${name}\n`);
    assert.ok(start > 0, name);
    const found = terms(page.slice(start, page.indexOf("\n## ", start + 1)));
    for (const option of Object.keys(options)) {
      assert.ok(
        found.some((term) => term.split(" ")[0] === `--${option}`),
        `${name} --${option}`,
      );
    }
  }
});

test("the pages of cases have every case once, and a list leads to all of them", () => {
  const pages = casesPages(CASES);
  const text = [...pages.values()].join("\n");
  const ids = [...text.matchAll(/^## (\S+)$/gm)].map((match) => match[1]);
  assert.deepEqual(
    ids,
    CASES.map(({ id }) => id),
  );
  assert.doesNotMatch(text, /undefined|\[object/);
  const linked = [...(pages.get("cases.md") ?? "").matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1]);
  assert.deepEqual(
    linked,
    [...pages.keys()].filter((path) => path !== "cases.md"),
  );
});

test("the page of requirements has every requirement, and every case somewhere", () => {
  const page = requirementsPage(CASES);
  for (const id of REQUIREMENTS.keys()) assert.ok(page.includes(`\`${id}\``), id);
  const last = page
    .split("\n")
    .flatMap((line) => line.split(" | ").at(-1)?.replace(/ \|$/, "").split(", ") ?? []);
  for (const { id } of CASES) assert.ok(last.includes(id), id);
});

test("what has a meaning in Markdown is escaped", () => {
  assert.equal(plainMarkdown("a*b <c> d_e"), "a\\*b \\<c\\> d\\_e");
  assert.match(markdownTable(["A"], [["x|y\nz"]]), /^\| x\\\|y z \|$/m);
});
