import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { EXIT_CODES } from "../../src/cli/exit-code.js";
import type { RunEvent } from "../../src/run/event.js";
import { wireproof } from "./spawn-wireproof.js";
import { temporaryFolder } from "./temporary-folder.js";
import { twoServers } from "./two-servers.js";

/** The table of exit codes, each by what users do, in a process of its own. */
const root = temporaryFolder();
const NOBODY = "ws://127.0.0.1:1";
const servers = twoServers();
let folders = 0;

interface Files {
  readonly sound: string;
  readonly broken: string;
  /** Writes a file and returns its path. */
  readonly file: (name: string, content: unknown) => string;
}

interface Row {
  readonly does: string;
  readonly code: number;
  readonly args: (files: Files) => readonly string[];
}

const KNOWN = { findings: [{ finding: "none/other/server", reason: "We know." }] };
const rows: readonly Row[] = [
  { does: "everything is as expected", code: 0, args: (f) => ["test", f.sound] },
  {
    does: "what the peer lacks is skipped",
    code: 0,
    args: (f) => ["test", f.broken, "--message-limit", "1", "--without", "binary"],
  },
  { does: "there was no last run", code: 2, args: (f) => ["test", f.sound, "--last-failed"] },
  { does: "a case goes wrong", code: 1, args: (f) => ["test", f.broken] },
  { does: "the run was stopped by --bail", code: 1, args: (f) => ["test", f.broken, "--bail", "1"] },
  {
    does: "what goes wrong is written into a baseline",
    code: 0,
    args: (f) => ["test", f.broken, "--baseline", join(root, "written.json"), "--update-baseline"],
  },
  {
    does: "an entry of the baseline is stale",
    code: 1,
    args: (f) => ["test", f.sound, "--baseline", f.file("stale.json", KNOWN)],
  },
  {
    does: "an entry of the baseline has expired",
    code: 1,
    args: (f) => [
      "test",
      f.sound,
      "--baseline",
      f.file("old.json", { flaky: [{ case: "1.1.1", reason: "A race.", expires: "2020-01-01" }] }),
    ],
  },
  {
    does: "an entry of the baseline has no reason",
    code: 2,
    args: (f) => [
      "test",
      f.sound,
      "--baseline",
      f.file("empty.json", { cases: [{ case: "1.1.1", reason: "" }] }),
    ],
  },
  { does: "the command line is wrong", code: 2, args: (f) => ["test", f.sound, "--casse", "1"] },
  {
    does: "the configuration is wrong",
    code: 2,
    args: (f) => ["run", "--config", f.file("wrong.json", { casse: "1" })],
  },
  { does: "a peer cannot be reached", code: 3, args: () => ["test", NOBODY] },
  {
    does: "one of two targets goes wrong",
    code: 1,
    args: (f) => [
      "run",
      "--config",
      f.file("one.json", { targets: { a: { url: f.sound }, b: { url: f.broken } } }),
    ],
  },
  {
    does: "one target cannot be reached, and another goes wrong",
    code: 3,
    args: (f) => [
      "run",
      "--config",
      f.file("none.json", { targets: { a: { url: NOBODY }, b: { url: f.broken } } }),
    ],
  },
  { does: "the tester is at fault", code: 4, args: (f) => ["judge", faulty(f)] },
];

for (const { does, code, args } of rows) {
  test(`${code}: ${does}`, async () => {
    const files = {
      sound: servers.sound.url,
      broken: servers.broken.url,
      file: (name: string, content: unknown) => {
        const path = join(root, name);
        writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
        return path;
      },
    };
    const line = args(files);
    const plays = line[0] === "judge" ? [] : ["--cases", "1.1.1,3.2", "--out", join(root, String(++folders))];
    const run = await wireproof([...line, ...plays]);
    assert.equal(run.code, code, run.stderr + run.stdout);
  });
}

test("every code of the table is tried", () => {
  assert.deepEqual(
    [...new Set(rows.map(({ code }) => code))].toSorted((a, b) => a - b),
    EXIT_CODES.map(([code]) => code),
  );
});

/** A stored run in which the tester has sent what its case does not declare. */
function faulty({ file }: Files): string {
  const stored = readFileSync(join(root, "1", "run.ndjson"), "utf8")
    .trimEnd()
    .split("\n");
  const lines = stored.map((line) => {
    const event = JSON.parse(line) as RunEvent;
    if (event.type !== "case-end") return line;
    return JSON.stringify({ ...event, record: { ...event.record, undeclared: ["rsv"] } });
  });
  return file("faulty.ndjson", lines.join("\n"));
}
