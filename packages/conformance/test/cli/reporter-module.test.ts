import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { findReporterModule } from "../../src/cli/reporter-module.js";
import { runProgram } from "../../src/cli/program.js";
import { foundRun } from "../report/found-run.js";
import { withoutCommands } from "../../src/cli/workflow-commands.js";
import { fakeIo, type FakeIo } from "./fake-io.js";
import { temporaryFolder } from "./temporary-folder.js";

const folder = temporaryFolder();
const RUN = written(
  "run.ndjson",
  foundRun()
    .map((event) => `${JSON.stringify(event)}\n`)
    .join(""),
);
const DOCS = fileURLToPath(new URL("../../../../../docs/reporters.md", import.meta.url));

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function report(...args: string[]): Promise<FakeIo & { readonly code: number }> {
  const io = fakeIo();
  const code = await runProgram(["report", RUN, ...args], io);
  return { ...io, code };
}

test("a path is a reporter: on standard output, or in a file", async () => {
  const mine = written(
    "mine.mjs",
    "export default async function* (events, about) { let n = 0; for await (const e of events) n++; yield { data: `${n} ${about.command}\\n` }; }\n",
  );
  const lines = foundRun().length;
  const first = await report("--reporter", mine);
  assert.deepEqual([first.code, first.written(), first.complaints], [0, `${lines} wireproof\n`, []]);
  const path = join(folder, "mine.txt");
  await report("--reporter", `${mine}=${path}`);
  assert.equal(readFileSync(path, "utf8"), `${lines} wireproof\n`);
});

test("it can have a usual place, and write several files", async () => {
  const usual = written(
    "usual.mjs",
    'export const defaultPath = "usual.txt"; export default async function* () { yield { data: "here" }; }\n',
  );
  await report("--reporter", usual, "--out", join(folder, "out"));
  assert.equal(readFileSync(join(folder, "out", "usual.txt"), "utf8"), "here");
  const many = written(
    "many.mjs",
    'export const files = true; export default async function* () { yield { path: "a", data: "1" }; yield { path: "b", data: new Uint8Array([50]) }; }\n',
  );
  await report("--reporter", `${many}=${join(folder, "many")}`);
  assert.equal(readFileSync(join(folder, "many", "b"), "utf8"), "2");
});

test("a package is a reporter, whichever way it can be loaded", () => {
  for (const [name, manifest] of [
    ["by-main", { main: "index.js" }],
    ["@some/by-import", { type: "module", exports: { ".": { import: "./index.js" } } }],
    ["by-both", { exports: { types: "./index.d.ts", node: { import: "./index.js" } } }],
  ] as const) {
    const root = join(folder, "node_modules", name);
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, "package.json"), JSON.stringify({ name, version: "1.0.0", ...manifest }));
    writeFileSync(join(root, "index.js"), "");
    const inner = join(folder, "some", "where");
    mkdirSync(inner, { recursive: true });
    const found = findReporterModule(name, inner);
    assert.equal(found === undefined ? "" : fileURLToPath(found.href), join(root, "index.js"), name);
  }
  for (const name of ["no-such-package", "fs", "node:fs", "a b", ""]) {
    assert.equal(findReporterModule(name, folder), undefined, name);
  }
});

test("what cannot be used is one sentence, before anything is written", async () => {
  const out = join(folder, "never");
  for (const [name, text, sentence] of [
    ["broken.mjs", "export default async function* ( {", /the reporter ".*broken\.mjs" cannot be loaded: /],
    [
      "throws.mjs",
      'throw new Error("no luck\\u001b[31m\\nsecond line");',
      /cannot be loaded: no luck\\x1b\[31m$/,
    ],
    ["none.mjs", "export const reporter = 1;", /has no function as its default export$/],
  ] as const) {
    const { code, complaints } = await report("--reporter", `${written(name, text)}=${join(out, "x")}`);
    assert.equal(code, 2);
    assert.match(complaints.join("\n"), sentence);
  }
  const absent = await report("--reporter", "./no-such-reporter.mjs");
  assert.deepEqual(
    [absent.code, absent.complaints],
    [2, ['there is no reporter at "./no-such-reporter.mjs"']],
  );
  const typo = await report("--reporter", "junti");
  assert.match(typo.complaints.join("\n"), /^--reporter: unknown reporter "junti"; did you mean junit\?$/);
  assert.throws(() => readFileSync(join(out, "x")));
});

test("when it throws, the other reports are finished, and the exit code is 2", async () => {
  const summary = join(folder, "summary.json");
  for (const [name, body, sentence] of [
    ["late.mjs", 'for await (const _ of events); throw new Error("too late");', /failed: too late$/],
    ["early.mjs", 'throw new Error("too early");', /failed: too early$/],
    ["wrong.mjs", "for await (const e of events) yield e.type;", /failed: it yielded something else than/],
    ["odd.mjs", "throw undefined;", /failed: undefined$/],
  ] as const) {
    const path = written(name, `export default async function* (events) { ${body} }\n`);
    const args = ["--reporter", path, "--reporter", `json=${summary}`];
    const { code, complaints } = await report(...args);
    assert.equal(code, 2, name);
    assert.match(complaints.join("\n"), sentence);
    assert.equal((JSON.parse(readFileSync(summary, "utf8")) as { peers: unknown[] }).peers.length, 3);
    writeFileSync(summary, "");
  }
});

test("the example of the documentation says what it says there", async () => {
  const text = readFileSync(DOCS, "utf8");
  const [, code = ""] = /```js\n\/\/ slowest\.mjs\n([^]*?)```/.exec(text) ?? [];
  assert.notEqual(code, "");
  const { code: exit, written: said } = await report("--reporter", written("slowest.mjs", code));
  assert.equal(exit, 0);
  assert.match(said(), /^4 ms {2}\d+\.\d+(?:\.\d+)? {2}\S/);
  assert.equal(said().trimEnd().split("\n").length, 5);
});

test("in GitHub Actions: annotations on standard error, and a summary that is appended", async () => {
  const summary = written("summary.md", "before\n");
  const target = fileURLToPath(new URL("../../../package.json", import.meta.url));
  assert.ok(target);
  const io = fakeIo({ env: { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary } });
  const out = join(folder, "github");
  const code = await runProgram(
    ["test", "ws://127.0.0.1:1", "--cases", "1.1.1", "--out", out, "--reporter", "json=-"],
    io,
  );
  assert.equal(code, 3);
  // Standard output is still one document.
  JSON.parse(io.written());
  const annotations =
    /^::error title=[^\n]*::never answered\n::error title=[^\n]*nothing listens there[^\n]*\n$/;
  assert.match(io.writtenToStderr(), annotations);
  assert.match(readFileSync(summary, "utf8"), /^before\n# WebSocket conformance\n[^]*never answered/);
});

test("nothing that a peer sent is a command of a CI, on standard output either", async () => {
  const command = "::add-mask::x";
  const events = foundRun().map((event) =>
    event.type === "findings"
      ? {
          ...event,
          findings: event.findings.map((one) => ({
            ...one,
            because: `${"long ".repeat(16)}${command} ##[error]`,
          })),
        }
      : event,
  );
  const path = written("commands.ndjson", events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  const lines = async (env: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    const io = fakeIo({ env, columns: 80 });
    assert.equal(await runProgram(["report", path, "--reporter", "terminal"], io), 0);
    return io
      .written()
      .split("\n")
      .filter((line) => /^\s*::|##\[/.test(line));
  };
  assert.notEqual((await lines({})).length, 0);
  assert.deepEqual(await lines({ GITHUB_ACTIONS: "true" }), []);
  assert.equal(withoutCommands("a ::b\n  ::c::d\n##vso[x] ##[y]"), "a ::b\n  : :c::d\n## vso[x] ## [y]");
});

test("elsewhere there is none of it, unless it is asked for", async () => {
  const summary = written("other.md", "");
  const out = join(folder, "elsewhere");
  const run = async (env: Readonly<Record<string, string>>, ...args: string[]): Promise<FakeIo> => {
    const io = fakeIo({ env });
    await runProgram(["test", "ws://127.0.0.1:1", "--cases", "1.1.1", "--out", out, ...args], io);
    return io;
  };
  assert.equal((await run({ GITHUB_STEP_SUMMARY: summary }, "--reporter", "json")).writtenToStderr(), "");
  assert.equal(readFileSync(summary, "utf8"), "");
  const asked = await run({}, "--reporter", "github", "--source", "src/server.ts");
  assert.match(asked.writtenToStderr(), /^::error file=src\/server\.ts,line=1,title=/);
});
