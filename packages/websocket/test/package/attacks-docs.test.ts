/** docs/attacks.md has every row, and names tests that are there; and no test of the folder is forgotten. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

/** From dist/test/package. */
const DOCS = new URL("../../../../../docs/", import.meta.url);
const page = readFileSync(new URL("attacks.md", DOCS), "utf8");
const rows = page
  .split("\n")
  .filter((line) => /^\| \d/.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()));

test("the thirty-nine rows are there, in their order and complete", () => {
  assert.deepEqual(
    rows.map(([, number]) => number),
    Array.from({ length: 39 }, (_, at) => String(at + 1)),
  );
  for (const cells of rows) {
    assert.equal(cells.length, 7, `row ${cells[1]}`);
    for (const cell of cells.slice(1, -1)) assert.notEqual(cell, "", `row ${cells[1]}`);
  }
});

test("every row names tests, and every file that is named exists", () => {
  for (const [, number, , , , tests = ""] of rows) {
    const links = [...tests.matchAll(/\[`([^`]+)`\]\(([^)]+)\)/g)];
    assert.ok(links.length > 0, `row ${number}`);
    for (const [, name, path = ""] of links) {
      assert.ok(existsSync(new URL(path, DOCS)), `row ${number}: ${path}`);
      assert.ok(
        path.replace(".long.", ".").endsWith(`/test/${name}.test.ts`),
        `row ${number}: ${name} is ${path}`,
      );
    }
  }
});

test("every file of attacks is named by a row", () => {
  const folder = new URL("../packages/websocket/test/attacks/", DOCS);
  const files = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
  assert.ok(files.length > 0);
  for (const name of files) assert.ok(page.includes(`/attacks/${name})`), name);
});
