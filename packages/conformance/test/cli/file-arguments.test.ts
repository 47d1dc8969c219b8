import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { runProgram } from "../../src/cli/program.js";
import { runWstest } from "../../src/wstest/program.js";
import { sampleRun } from "../report/sample-run.js";
import { fakeIo } from "./fake-io.js";
import { wireproof } from "./spawn-wireproof.js";
import { temporaryFolder } from "./temporary-folder.js";

const root = temporaryFolder();
const RUN = join(root, "run.ndjson");
const INDEX = join(root, "index.json");
const SPEC = join(root, "server.json");
let socket: Server;

/** Lists within lists, as many as this. */
function nested(depth: number): string {
  return `${"[".repeat(depth)}${"]".repeat(depth)}`;
}

const run = sampleRun().map((event) => JSON.stringify(event));
const [start = ""] = run;

/** What cannot be read whatever it is wanted for, and why. */
const UNREADABLE: readonly (readonly [name: string, why: RegExp, make: (path: string) => void])[] = [
  ["none", /no such file/, () => undefined],
  ["pipe", /it is a pipe, not a regular file/, (path) => execFileSync("mkfifo", [path])],
  ["folder", /it is a folder/, (path) => mkdirSync(path)],
  ["/dev/zero", /it is a device, not a regular file/, () => undefined],
  ["socket", /it is a socket, not a regular file/, () => undefined],
];

/** What is too deep, too long or too large for a kind of file. */
const UNFIT = {
  run: [
    ["deep-first", /line 1: this line is nested more than 64 deep/, `${nested(5000)}\n`],
    ["deep", /line 2: this line is nested more than 64 deep/, `${start}\n${nested(5000)}\n`],
    ["deep-last", /line 2: this line is nested more than 64 deep/, `${start}\n${nested(5000)}`],
    ["deep-unended", /line 2: this line is nested more than 64 deep/, `${start}\n${"[".repeat(100_000)}`],
    [
      "deep-inside",
      /line 2: .* more than 64 deep/,
      `${start}\n{"type":"note","text":"","x":${nested(5000)}}\n`,
    ],
    ["long", /line 2: this line is longer than 16 MiB/, `${start}\n${"x".repeat(16 * 1024 * 1024 + 1)}\n`],
  ],
  index: [["deep-index", /it is nested more than 64 deep/, `{"a":{"1.1.1":${nested(5000)}}}`]],
  spec: [
    [
      "deep-spec",
      /this is nested more than 64 deep/,
      `{"options":{"version":${nested(5000)}},"cases":["*"]}`,
    ],
    ["large-spec", /it is larger than 16 MiB/, 16 * 1024 * 1024 + 1],
  ],
  pem: [["large-pem", /it is larger than 16 MiB/, 16 * 1024 * 1024 + 1]],
} as const satisfies Record<string, readonly (readonly [string, RegExp, string | number])[]>;

const URL = "ws://127.0.0.1:1";
const out = ["--out", join(root, "out")];
const COMMANDS: readonly (readonly [kind: keyof typeof UNFIT, line: (file: string) => readonly string[]])[] =
  [
    ["run", (file) => ["report", file, ...out]],
    ["run", (file) => ["report", RUN, file, ...out]],
    ["run", (file) => ["report", RUN, "--against", file, ...out]],
    ["run", (file) => ["judge", file, ...out]],
    ["run", (file) => ["show", "2.10", "--run", file]],
    ["run", (file) => ["compare-autobahn", INDEX, file]],
    ["run", (file) => ["test", URL, "--against", file, ...out]],
    ["index", (file) => ["compare-autobahn", file]],
    ["index", (file) => ["compare-autobahn", file, RUN]],
    ["pem", (file) => ["test", "wss://127.0.0.1:1", "--ca", file, ...out]],
    ["pem", (file) => ["load", "wss://127.0.0.1:1", "--ca", file]],
    ["pem", (file) => ["serve", "--cert", file, "--key", file, ...out]],
    ["pem", (file) => ["echo", "--cert", file, "--key", file]],
    ["pem", (file) => ["test-client", "--cert", file, "--key", file, ...out]],
  ];
const MODES: readonly (readonly [kind: keyof typeof UNFIT, line: (file: string) => readonly string[]])[] = [
  ["spec", (file) => ["-m", "fuzzingclient", "-s", file]],
  ["spec", (file) => ["-m", "fuzzingserver", "-s", file]],
  ["spec", (file) => ["-m", "massconnect", "-s", file]],
  ["pem", (file) => ["-m", "fuzzingserver", "-s", SPEC, "-k", file, "-c", file]],
  ["pem", (file) => ["-m", "echoserver", "-w", "wss://127.0.0.1:0", "-k", file, "-c", file]],
];

before(async () => {
  writeFileSync(RUN, `${run.join("\n")}\n`);
  writeFileSync(INDEX, "{}");
  const outdir = join(root, "reports");
  writeFileSync(SPEC, JSON.stringify({ url: "wss://127.0.0.1:0", outdir, cases: ["1.1.1"] }));
  for (const [name, , make] of UNREADABLE) make(join(root, name));
  for (const files of Object.values(UNFIT)) {
    for (const [name, , content] of files) {
      writeFileSync(join(root, name), typeof content === "string" ? content : "");
      if (typeof content === "number") truncateSync(join(root, name), content);
    }
  }
  socket = createServer();
  await new Promise<void>((resolve) => socket.listen(join(root, "socket"), resolve));
});
after(() => socket.close());

for (const [name, lines, program] of [
  ["wireproof", COMMANDS, runProgram],
  ["wstest", MODES, runWstest],
] as const) {
  for (const [kind, line] of lines) {
    describe(`${name} ${line("FILE")
      .map((word) => word.replaceAll(root, ""))
      .join(" ")}`, () => {
      for (const [file, why] of [...UNREADABLE, ...UNFIT[kind]]) {
        test(file, async () => {
          const io = fakeIo();
          const path = file.startsWith("/") ? file : join(root, file);
          assert.equal(await program(line(path), io), 2, io.complaints.join());
          assert.equal(io.complaints.length, 1);
          const [sentence = ""] = io.complaints;
          assert.match(sentence, why);
          assert.ok(sentence.includes(path) && !/\n|internal/.test(sentence), sentence);
        });
      }
    });
  }
}

test("a pipe that nobody writes to holds no process", async () => {
  const { code, stderr } = await wireproof(["report", join(root, "pipe")]);
  assert.equal(code, 2);
  assert.match(stderr, /^wireproof: [^\n]*pipe cannot be read: it is a pipe, not a regular file\n$/);
});
