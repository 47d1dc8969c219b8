/** docs/frameworks.md shows the examples as they are, and names the versions that they are tested with. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { EXAMPLES } from "./support/example.js";

const PAGE = fileURLToPath(new URL("../../../../docs/frameworks.md", import.meta.url));
const PROGRAM = /<!-- examples\/frameworks\/([\w.-]+) -->\n\n```ts\n(.*?)```/gs;

const read = (file: string): string => readFileSync(file, "utf8");

test("the page has every program, as it is", () => {
  const shown = new Map(
    [...read(PAGE).matchAll(PROGRAM)].map(([, file = "", program = ""]) => [file, program]),
  );
  const files = readdirSync(EXAMPLES).filter((file) => file.endsWith(".ts"));
  assert.deepEqual([...shown.keys()].toSorted(), files.toSorted());
  for (const [file, program] of shown) assert.equal(program, read(join(EXAMPLES, file)), file);
});

test("the page names versions that are installed for the tests", () => {
  const manifest = JSON.parse(read(join(EXAMPLES, "package.json"))) as {
    dependencies: Readonly<Record<string, string>>;
  };
  const versions = new Set(Object.values(manifest.dependencies));
  const table = read(PAGE).split("## Tested with")[1] ?? "";
  const named = [...table.matchAll(/\b\d+\.\d+\.\d+\b/g)].map(([version]) => version);
  assert.ok(named.length > 10);
  for (const version of named) assert.ok(versions.has(version), version);
});

test("the packages that the adapters are compiled with are those that they are tested with", () => {
  const versionsIn = (file: string, field: string): Readonly<Record<string, string>> =>
    (JSON.parse(read(file)) as Record<string, Record<string, string>>)[field] ?? {};
  const compiled = versionsIn(
    fileURLToPath(new URL("../../package.json", import.meta.url)),
    "devDependencies",
  );
  const tested = versionsIn(join(EXAMPLES, "package.json"), "dependencies");
  assert.notDeepEqual(compiled, {});
  for (const [name, version] of Object.entries(compiled)) assert.equal(tested[name], version, name);
});
