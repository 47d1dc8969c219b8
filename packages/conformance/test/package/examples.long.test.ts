/** Every export has an example in its comment, and every example compiles against the published entries and runs. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, suite, test } from "node:test";
import { promisify } from "node:util";

import { temporaryFolder } from "../cli/temporary-folder.js";
import { PUBLISHED, ROOT, environment, manifestIn } from "./packed.js";
import { examplesOf, publicExports } from "./public-exports.js";

const TSC = join(ROOT, "node_modules/typescript/bin/tsc");
/** Examples end by themselves. This is for those that do not, on a machine that is busy. */
const MAX_MS = 20 * 60_000;
/** Examples that one process runs, one after the other: most of the time goes into starting it. */
const A_PROCESS = 16;
/** Libraries; the drop-in's package only exports what one of them has. */
const LIBRARIES = ["wireproof", "@wireproof/websocket", "@wireproof/adapters"];

const COMPILER_OPTIONS = {
  target: "es2022",
  lib: ["es2023", "esnext.disposable"],
  types: ["node"],
  module: "nodenext",
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  rootDir: "src",
  outDir: "out",
};

interface Example {
  /** The export, such as `wireproof: run`. */
  readonly of: string;
  readonly code: string;
  /** Without the ending. */
  readonly file: string;
}

const runFile = promisify(execFile);

for (const library of LIBRARIES) {
  const exported = publicExports(library, join(ROOT, PUBLISHED.get(library) ?? ""));
  const codes = exported.flatMap(({ entry, name, comment }) =>
    examplesOf(comment).map((code) => ({ of: `${entry}: ${name}`, code })),
  );
  // A number, since names differ only in case.
  const examples = codes.map(({ of, code }, index) => ({ of, code, file: `example-${index + 1}` }));

  suite(`examples of ${library}`, () => {
    const folder = temporaryFolder();

    before(() => application(folder, examples));

    test("every export has one", () => {
      assert.ok(exported.length > 0);
      const without = exported.filter(({ comment }) => examplesOf(comment).length === 0);
      assert.deepEqual(
        without.map(({ entry, name }) => `${entry}: ${name}`),
        [],
      );
    });

    test("all compile, strictly", async () => {
      const { complaint } = await node([TSC, "-p", folder], folder);
      assert.equal(complaint, undefined, complaint);
    });

    test("all run, end by themselves, complain about nothing and leave nothing behind", async () => {
      const failures: string[] = [];
      for (let at = 0; at < examples.length; at += A_PROCESS)
        failures.push(...(await runExamples(folder, examples.slice(at, at + A_PROCESS))));
      assert.deepEqual(failures, []);
    });
  });
}

suite("an example that is wrong", () => {
  const folder = temporaryFolder();
  const codes = new Map([
    ["false", "console.assert(1 > 2);"],
    ["right", "console.assert(1 < 2);"],
    ["untidy", 'import { writeFileSync } from "node:fs"; writeFileSync("left.txt", "");'],
    ["failing", 'throw new Error("no");'],
    ["behind", ""],
  ]);
  const examples = [...codes].map(([file, code]) => ({ of: `here: ${file}`, code, file }));

  test("is a failure, whatever is wrong with it", async () => {
    application(folder, examples);
    mkdirSync(join(folder, "out"));
    for (const { file, code } of examples) writeFileSync(join(folder, "out", `${file}.js`), code);
    const failures = await runExamples(folder, examples);
    assert.equal(failures.length, 4);
    assert.match(failures[0] ?? "", /^here: false: Assertion failed/);
    assert.match(failures[1] ?? "", /^here: failing: .*Error: no/s);
    assert.match(failures[2] ?? "", /^here: behind: it was not reached/);
    assert.match(failures[3] ?? "", /left\.txt is left behind/);
  });

  test("is missed where there is none", () => {
    assert.deepEqual(examplesOf("A sentence.\n\n@example\n```ts\n1;\n```\n@example\n```ts\n2;\n```"), [
      "1;\n",
      "2;\n",
    ]);
    assert.deepEqual(examplesOf("A sentence.\n\n```ts\n1;\n```\n@returns Nothing."), []);
  });
});

/** Runs examples, and says before each on standard error which it is. */
const RUNNER = `
  for (const file of process.argv.slice(2)) {
    console.error("# " + file);
    await import("./out/" + file + ".js");
  }
`;

/** A folder in which the packages are installed as links, with a file an example. */
function application(folder: string, examples: readonly Example[]): void {
  const link = (target: string, name: string): void =>
    symlinkSync(target, join(folder, "node_modules", name));
  mkdirSync(join(folder, "node_modules/@wireproof"), { recursive: true });
  for (const [name, source] of PUBLISHED) link(join(ROOT, source), name);
  link(join(ROOT, "node_modules/@types"), "@types");
  for (const peer of peers()) {
    mkdirSync(dirname(join(folder, "node_modules", peer)), { recursive: true });
    link(join(ROOT, "node_modules", peer), peer);
  }
  mkdirSync(join(folder, "src"));
  mkdirSync(join(folder, "cwd"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ["src"] }),
  );
  writeFileSync(join(folder, "run.js"), RUNNER);
  for (const { of, file, code } of examples)
    writeFileSync(join(folder, "src", `${file}.ts`), `// ${of}\n${code}`);
}

/** What applications bring for parts of the libraries. */
function peers(): ReadonlySet<string> {
  const manifests = LIBRARIES.map((library) => manifestIn(join(ROOT, PUBLISHED.get(library) ?? "")));
  return new Set(manifests.flatMap(({ peerDependencies }) => Object.keys(peerDependencies ?? {})));
}

/** Runs examples in an empty folder; what is wrong with them. */
async function runExamples(folder: string, examples: readonly Example[]): Promise<string[]> {
  const cwd = join(folder, "cwd");
  const files = examples.map(({ file }) => file);
  const { complaint = "", stderr } = await node([join(folder, "run.js"), ...files], cwd);
  const said = new Map(
    stderr.split(/^# /m).map((part) => [part.split("\n", 1)[0], part.replace(/^.*\n/, "")]),
  );
  const failures = examples.flatMap(({ of, file }) => {
    const text = said.get(file) ?? "it was not reached";
    return text === "" ? [] : [`${of}: ${text}`];
  });
  const names = examples.map(({ of }) => of).join(", ");
  if (failures.length === 0 && complaint !== "") failures.push(`${names}: ${complaint}`);
  const left = readdirSync(cwd);
  if (left.length > 0) failures.push(`${names}: ${left.join(", ")} is left behind`);
  return failures;
}

/** Runs a script; `complaint` says what is wrong where its exit code is not 0. */
async function node(args: readonly string[], cwd: string): Promise<{ complaint?: string; stderr: string }> {
  const options = { cwd, env: environment(cwd), timeout: MAX_MS };
  try {
    return { stderr: (await runFile(process.execPath, args, options)).stderr };
  } catch (error) {
    const { message, stdout, stderr } = error as Error & { readonly stdout: string; readonly stderr: string };
    return { complaint: `${message}\n${stdout}`, stderr };
  }
}
