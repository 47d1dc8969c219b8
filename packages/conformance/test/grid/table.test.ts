import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readGrid, writeGrid } from "../../src/grid/grid-file.js";
import type { GridProgram } from "../../src/grid/grid-server.js";
import { SCENARIOS } from "../../src/grid/scenarios.js";
import { GridTable } from "../../src/grid/table.js";
import type { GridResults } from "../../src/matrix/results.js";
import { temporaryFolder } from "../cli/temporary-folder.js";

const folder = temporaryFolder();

function program(stack: string, version = "1", digest = `${stack} ${version}`): GridProgram {
  return { stack, version, digest, folder: "", start: "" };
}

/** Two clients and two servers, all known. */
function known(): GridResults {
  const [clients, servers] = [
    [program("b"), program("a")],
    [program("y"), program("x")],
  ];
  const table = new GridTable(undefined, { clients, servers });
  for (const { stack: client } of clients)
    for (const { stack: server } of servers)
      for (const scenario of ["text", "open"]) table.set(client, server, { scenario, outcome: "works" });
  return table.results("2026-01-01", "1", SCENARIOS);
}

function pairsOf({ pairs }: GridResults): readonly string[] {
  return pairs.map(
    ({ client, server, scenarios }) =>
      `${client} ${server} ${scenarios.map(({ scenario }) => scenario).join(" ")}`,
  );
}

function again(clients: readonly GridProgram[], servers: readonly GridProgram[]): GridResults {
  return new GridTable(known(), { clients, servers }).results("2026-01-02", "1", SCENARIOS);
}

test("pairs are in the order of names, and scenarios in their own", () => {
  assert.deepEqual(pairsOf(known()), ["a x open text", "a y open text", "b x open text", "b y open text"]);
});

test("programs that have not changed, or are not part of the run, keep their results", () => {
  assert.deepEqual(again([program("a"), program("b")], [program("x")]).pairs, known().pairs);
  assert.deepEqual(again([], []).pairs, known().pairs);
});

test("a new version or another program takes its pairs with it", () => {
  assert.deepEqual(pairsOf(again([program("a", "2")], [])), ["b x open text", "b y open text"]);
  const { servers, programs, pairs } = again([], [program("y", "1", "changed")]);
  assert.deepEqual([servers, programs?.servers], [{ x: "1" }, { x: "x 1" }]);
  assert.equal(pairs.length, 2);
});

test("what is new of one scenario stands beside the others", () => {
  const table = new GridTable(known(), { clients: [program("a", "2")], servers: [] });
  assert.equal(table.has("b", "x", "open"), true);
  assert.equal(table.has("a", "x", "open"), false);
  table.set("a", "x", { scenario: "open", outcome: "works" });
  const results = table.results("2026-01-02", "1", SCENARIOS);
  assert.deepEqual(pairsOf(results), ["a x open", "b x open text", "b y open text"]);
  assert.equal(results.clients["a"], "2");
});

test("a file is read as it was written, a line for each scenario, and leaves nothing else behind", () => {
  const file = join(folder, "deep/grid.json");
  assert.equal(readGrid(file), undefined);
  writeGrid(file, known());
  assert.deepEqual(readGrid(file), known());
  assert.equal(readFileSync(file, "utf8").trimEnd().split("\n").length, 1 + 4 * 3 + 1);
  assert.deepEqual(readdirSync(join(folder, "deep")), ["grid.json"]);
});
