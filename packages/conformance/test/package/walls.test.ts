import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../../../", import.meta.url));

/** What each folder of the judge may import, besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  case: [],
  cases: ["case"],
  corpora: ["case"],
  wire: ["case"],
  time: [],
  record: ["case", "wire", "time"],
  judge: ["case", "record"],
  net: ["time"],
  http2: ["wire", "net"],
  tester: ["case", "wire", "net", "http2", "record", "time"],
  play: ["case", "corpora", "wire", "net", "http2", "record", "tester", "time"],
  lint: ["case", "wire", "record", "judge", "tester"],
  grid: ["case", "wire", "record", "judge", "net", "time", "lint", "child", "matrix", "report"],
  run: ["case", "net", "record", "judge", "tester", "play", "time"],
  covered: ["case", "cases"],
};
const FOLDERS = [
  ...Object.keys(MAY_IMPORT),
  "child",
  "matrix",
  "report",
  "serve",
  "cli",
  "live",
  "wstest",
  "modes",
];

/** Files of a folder that others may import although the folder is closed to them. */
const OPEN_FILES: readonly (readonly [from: string, file: string])[] = [
  ["judge", "wire/close-code"],
  ["judge", "wire/http1"],
  ["judge", "wire/deflate-negotiation"],
  ["judge", "wire/deflate-parameters"],
  ["judge", "wire/extension-header"],
  ["judge", "wire/subprotocol-offer"],
  ["judge", "wire/written-answer"],
  ["covered", "judge/verdict"],
  ["covered", "run/event"],
  ["covered", "run/finding"],
  ["report", "covered/run-coverage"],
  ["report", "run/event"],
  ["report", "judge/verdict"],
  ["report", "record/record"],
  ["site", "covered/suite-coverage"],
  ["site", "matrix/results"],
  ["site", "report/badge"],
  ["matrix", "judge/verdict"],
  ["matrix", "run/event"],
];

const CLOSED_FILES: readonly (readonly [from: string, file: string])[] = [
  ["judge", "wire/inflate"],
  ["covered", "run/run"],
  ["covered", "judge/judge"],
  ["report", "run/run"],
  ["report", "judge/judge"],
  ["report", "record/recorder"],
  ["report", "tester/connection"],
  ["report", "wire/frame"],
  ["live", "run/run"],
  ["site", "cli/script-text"],
  ["site", "matrix/matrix-run"],
  ["site", "run/run"],
  ["site", "tester/connection"],
  ["matrix", "judge/judge"],
  ["matrix", "tester/connection"],
  ["matrix", "play/play"],
  ["matrix", "cli/test"],
];

interface Complaint {
  readonly filename: string;
  readonly code: string;
}

describe("the linter keeps the walls between folders", () => {
  let folder = "";
  let complaints: ReadonlySet<string> = new Set();
  const nameOf = (from: string, to: string): string => `${from}-imports-${to.replaceAll("/", "-")}`;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "wireproof-walls-"));
    await cp(join(ROOT, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
    const write = async (from: string, to: string): Promise<void> => {
      const here = join(folder, "packages/conformance/src", from);
      await mkdir(here, { recursive: true });
      const file = to.includes("/") ? to : `${to}/some-file`;
      await writeFile(join(here, `${nameOf(from, to)}.ts`), `export * from "../${file}.js";\n`);
    };
    for (const from of Object.keys(MAY_IMPORT))
      for (const to of FOLDERS) if (to !== from) await write(from, to);
    for (const [from, file] of [...OPEN_FILES, ...CLOSED_FILES]) await write(from, file);
    const output = await run(join(ROOT, "node_modules/.bin/oxlint"), ["--format", "json"], folder);
    const { diagnostics } = JSON.parse(output) as { diagnostics: readonly Complaint[] };
    complaints = new Set(
      diagnostics
        .filter(({ code }) => code.includes("no-restricted-imports"))
        .map(({ filename }) => filename.replace(/^.*\//, "").replace(/\.ts$/, "")),
    );
  });

  after(() => rm(folder, { recursive: true, force: true }));

  for (const [from, allowed] of Object.entries(MAY_IMPORT)) {
    test(`${from}/ imports ${allowed.length === 0 ? "nothing" : allowed.join(", ")}`, () => {
      const others = FOLDERS.filter((to) => to !== from);
      const open = others.filter((to) => !complaints.has(nameOf(from, to)));
      assert.deepEqual(open.toSorted(), [...allowed].sort());
    });
  }

  for (const [from, file] of OPEN_FILES) {
    test(`${from}/ may import ${file}`, () => assert.ok(!complaints.has(nameOf(from, file))));
  }
  for (const [from, file] of CLOSED_FILES) {
    test(`${from}/ may not import ${file}`, () => assert.ok(complaints.has(nameOf(from, file))));
  }
});

test("judge/ compiles without Node's types, and nothing that needs them does", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "wireproof-judge-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  // Beside the sources, so that what they import is found; what does I/O lies in the temporary folder.
  const config = (include: readonly string[]): string =>
    JSON.stringify({
      extends: join(ROOT, "packages/conformance/tsconfig.judge.json"),
      compilerOptions: { rootDir: "/", noEmit: true, composite: false, incremental: false },
      include,
      references: [{ path: join(ROOT, "packages/conformance/tsconfig.record.json") }],
    });
  const judge = join(ROOT, "packages/conformance/src/judge/**/*.ts");
  const compile = async (name: string, include: readonly string[]): Promise<string> => {
    await writeFile(join(folder, `${name}.json`), config(include));
    return await run(join(ROOT, "node_modules/.bin/tsc"), ["-p", join(folder, `${name}.json`)], folder);
  };
  assert.equal(await compile("as-it-is", [judge]), "");
  for (const [what, text] of Object.entries({
    file: 'export { readFileSync } from "node:fs";\n',
    socket: 'export { connect } from "node:net";\n',
    buffer: "export const octets = Buffer.alloc(1);\n",
    timer: "export const timer = setTimeout(() => {}, 1);\n",
    process: "export const now = process.hrtime.bigint();\n",
  })) {
    await writeFile(join(folder, `${what}.ts`), text);
    assert.match(await compile(what, [judge, join(folder, `${what}.ts`)]), /error TS/, what);
  }
});

/** What a program prints, whatever its exit status is. */
function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout, stderr) =>
      resolve(`${stdout}${stderr}`),
    );
  });
}
