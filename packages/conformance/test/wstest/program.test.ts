import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { runWstest } from "../../src/wstest/program.js";
import { fakeIo } from "../cli/fake-io.js";
import { wstest } from "../cli/spawn-wireproof.js";
import { workFolder, writeSpec } from "./workshop.js";

async function ran(
  ...args: readonly string[]
): Promise<{ code: number; out: string; complaints: readonly string[] }> {
  const io = fakeIo();
  const code = await runWstest(args, io, {});
  return { code, out: io.written(), complaints: io.complaints };
}

describe("what ends with 1", () => {
  const WRONG: readonly (readonly [string, RegExp])[] = [
    ["", /^a mode is needed: -m fuzzingclient, /],
    ["-m fuzzingcleint", /^unknown mode "fuzzingcleint"; did you mean fuzzingclient\?$/],
    ["-m serializer", /^there is no mode serializer: /],
    ["-m wampserver", /^there are no modes for WAMP: /],
    ["-m wsperfcontrol", /wireproof load/],
    ["-m echoserver", /^this mode needs an address: -w /],
    ["-m echoclient -w http://a", /did you mean "ws:\/\/a"/],
    ["-m fuzzingserver -u 99999", /^--webport takes a whole number from 0 to 65535/],
    ["--spce=x", /did you mean --spec/],
  ];
  for (const [line, complaint] of WRONG) {
    test(`wstest ${line}`, async () => {
      const { code, out, complaints } = await ran(...line.split(" ").filter((word) => word !== ""));
      assert.deepEqual([code, out, complaints.length], [1, "", 1]);
      assert.match(complaints[0] ?? "", complaint);
    });
  }
});

describe("what ends with 2", () => {
  const WRONG: readonly (readonly [string, object | string, RegExp])[] = [
    ["fuzzingclient", '{"cases": ["*"],}', /^"spec.json": this is not JSON/],
    ["fuzzingclient", { cases: ["*"] }, /it names no servers, and there is no -w URL$/],
    ["fuzzingclient", { cases: ["1.1"], servers: [{ url: "ws://a" }] }, /there is no case "1.1"/],
    [
      "fuzzingclient",
      { cases: ["*"], servers: [{ url: "localhost:9001" }] },
      /did you mean "ws:\/\/localhost:9001"/,
    ],
    ["fuzzingclient", { cases: ["*"], servers: [{ url: "ws://a", options: { x: 1 } }] }, /no option "x"/],
    [
      "fuzzingclient",
      { cases: ["*"], servers: [{ url: "ws://a", origin: "a\r\nb: c" }] },
      /is not allowed in a header/,
    ],
    ["fuzzingserver", { cases: ["*"], url: "http://a" }, /"http:\/\/a" is not a WebSocket URL/],
    ["fuzzingserver", { cases: ["*"], url: "wss://a:1" }, /wss:\/\/ needs the files key and cert/],
    ["fuzzingserver", { cases: ["*"], url: "wss://a:1", key: "no", cert: "no" }, /cannot read "no"/],
    ["massconnect", { servers: [{ uri: "a b" }] }, /is not a WebSocket URL/],
  ];
  for (const [mode, spec, complaint] of WRONG) {
    test(`${mode}: ${complaint.source}`, async () => {
      const folder = workFolder();
      process.chdir(folder);
      const { code, complaints } = await ran("-m", mode, "-s", writeSpec(folder, "spec.json", spec));
      assert.equal(code, 2, complaints.join("\n"));
      assert.equal(complaints.length, 1);
      assert.match(complaints[0] ?? "", complaint);
    });
  }

  test("which is the exit code of the process, with one line on standard error", async () => {
    const cwd = workFolder();
    const name = writeSpec(cwd, "spec.json", { cases: ["1.1"], servers: [{ url: "ws://a" }] });
    const { code, stdout, stderr } = await wstest(["-m", "fuzzingclient", "-s", name], { cwd });
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^wstest: [^\n]*there is no case "1\.1"[^\n]*\n$/);
  });

  test("a spec file that is not there", async () => {
    const { code, complaints } = await ran("-m", "fuzzingclient", "-s", "/nowhere/f.json");
    assert.deepEqual([code, complaints], [2, ['cannot read "/nowhere/f.json": no such file or directory']]);
  });
});

test("help names every mode and option, and versions are printed", async () => {
  const { code, out } = await ran("--help");
  assert.equal(code, 0);
  for (const word of [
    "fuzzingclient",
    "massconnect",
    "-m, --mode=MODE",
    "-u, --webport=N",
    "WSTEST_EXIT=strict",
  ]) {
    assert.ok(out.includes(word), word);
  }
  assert.match((await ran("--version")).out, /^wstest \d/);
  assert.match((await ran("-a")).out, /^wireproof \d.*\n.*25\.10\.1/);
});

test("a spec file that is not there is made, and one that is there is taken", async () => {
  const cwd = workFolder();
  const url = "ws://127.0.0.1:1";
  const options = { cwd, env: { WSTEST_WAIT: "0" } };
  const first = await wstest(["--mode", "fuzzingclient", "-w", url], options);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /^Made fuzzingclient\.json/);
  const made = JSON.parse(readFileSync(join(cwd, "fuzzingclient.json"), "utf8")) as object;
  assert.deepEqual(made, {
    outdir: "./reports/servers",
    servers: [],
    cases: ["*"],
    "exclude-cases": [],
    "exclude-agent-cases": {},
  });
  const second = await wstest(["--mode", "fuzzingclient", "-w", url], options);
  assert.match(second.stdout, /^Ok, will run 517 test cases against 1 servers\n/);
});
