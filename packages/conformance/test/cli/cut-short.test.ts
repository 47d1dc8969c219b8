/** Runs that were interrupted, and run files that a killed run leaves behind: every report of them says so, and none is green. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { inflateRawSync } from "node:zlib";

import { startEchoServer } from "@wireproof/peers";
import { runProgram } from "../../src/cli/program.js";
import { REPORTERS } from "../../src/report/reporters.js";
import { fakeIo } from "./fake-io.js";
import { wireproofHere } from "./run-here.js";
import { temporaryFolder } from "./temporary-folder.js";

const root = temporaryFolder();

interface Cut {
  /** The report folder. */
  readonly out: string;
  readonly code: number;
  /** The server that the run did not come to. */
  readonly untested: string;
}

const FILES: Readonly<Record<string, string>> = { terminal: "terminal.txt", github: "github.txt" };

/** Tests two servers and interrupts the run when the first one has got so many connections. */
async function interrupted(context: TestContext, name: string, connections: number): Promise<Cut> {
  const echo = await startEchoServer();
  context.after(() => echo.close());
  const stop = new AbortController();
  let count = 0;
  const counter = createServer((socket) => {
    if (++count === connections) stop.abort();
    const through = connect(echo.port, "127.0.0.1");
    for (const end of [socket, through]) end.on("error", () => undefined);
    socket.pipe(through).pipe(socket);
    socket.once("close", () => through.destroy());
    through.once("close", () => socket.destroy());
  });
  await new Promise<void>((resolve) => counter.listen(0, "127.0.0.1", resolve));
  context.after(() => counter.close());
  const first = `ws://127.0.0.1:${(counter.address() as AddressInfo).port}`;
  const out = join(root, name);
  const code = await runProgram(
    ["test", first, echo.url, "--cases", "1.1.*", "--concurrency", "1", "--out", out, ...everyReporter(out)],
    fakeIo({ signal: stop.signal }),
  );
  return { out, code, untested: echo.url };
}

function everyReporter(out: string): string[] {
  return [...REPORTERS.keys()].flatMap((name) => {
    const file = FILES[name];
    return ["--reporter", file === undefined ? name : `${name}=${join(out, file)}`];
  });
}

/** What each report says of the server that was not tested, or of the run that was not over. */
function assertNotGreen(out: string, says: RegExp): void {
  const text = (name: string): string => readFileSync(join(out, name), "utf8");
  assert.match(text("terminal.txt"), says);
  const { totals, peers } = JSON.parse(text("summary.json")) as {
    totals: { interrupted: boolean } | null;
    peers: { notRun: string[] }[];
  };
  assert.ok(totals === null || totals.interrupted);
  assert.ok(peers.some(({ notRun }) => notRun.length === 8));
  assert.match(text("report.md"), says);
  assert.doesNotMatch(text("report.md"), /✅/);
  assert.match(text("junit.xml"), /<error type="(?:interrupted|no-end)" message="The run/);
  assert.match(text("junit.xml"), /<\/testsuites>\n$/);
  assert.match(text("report.tap"), /^not ok 1 - The run is complete$/m);
  const [run] = (JSON.parse(text("report.sarif")) as { runs: { invocations: [SarifInvocation] }[] }).runs;
  assert.equal(run?.invocations[0].executionSuccessful, false);
  assert.match(JSON.stringify(run?.invocations[0].toolExecutionNotifications), /8 of 8 cases have no result/);
  assert.match(text("github.txt"), /^::error /m);
  assert.doesNotMatch(text("github.txt"), /^::notice title=ws/m);
  for (const name of ["badge.json", "badge-2.json"]) {
    assert.equal((JSON.parse(text(name)) as { message: string }).message, "not tested completely");
    assert.ok(existsSync(join(out, name.replace("json", "svg"))));
  }
  assert.equal(readFileSync(join(out, "run.pcapng")).readUInt32LE(0), 0x0a0d0d0a);
  assert.ok(Object.keys(JSON.parse(text("index.json")) as object).length > 0);
  assert.match(text("index.html"), /<\/html>/);
  assert.match(text("report.html"), /<\/html>\s*$/);
}

interface SarifInvocation {
  readonly executionSuccessful: boolean;
  readonly toolExecutionNotifications: unknown;
}

/** Octets of pages are compressed blocks; the events are in those named `events`. */
function pageEvents(out: string): string {
  const page = readFileSync(join(out, "report.html"), "utf8");
  return [...page.matchAll(/data-events="\d+">([^<]*)<\/script>/g)]
    .map(([, data = ""]) => inflateRawSync(Buffer.from(data.trim(), "base64")).toString())
    .join("\n");
}

describe("a run that is interrupted", () => {
  test("in the middle of the first server", async (context) => {
    const { out, code, untested } = await interrupted(context, "middle", 8);
    assert.equal(code, 1);
    assertNotGreen(out, /interrupted/i);
    for (const name of ["terminal.txt", "report.sarif", "junit.xml", "report.tap"])
      assert.ok(readFileSync(join(out, name), "utf8").includes(untested), name);
    assert.match(pageEvents(out), /"interrupted":true/);
  });

  test("before anything was played", async (context) => {
    const { out, code } = await interrupted(context, "begin", 1);
    assert.equal(code, 1);
    assert.match(readFileSync(join(out, "junit.xml"), "utf8"), /<error type="interrupted"/);
    assert.match(readFileSync(join(out, "report.tap"), "utf8"), /^not ok 1 - The run is complete$/m);
    assert.match(readFileSync(join(out, "github.txt"), "utf8"), /^::error /);
  });
});

test("a run file that was cut off anywhere makes every report, and none is green", async (context) => {
  const { out } = await interrupted(context, "whole", 100);
  const lines = readFileSync(join(out, "run.ndjson"), "utf8").trimEnd().split("\n");
  const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
  const ofSecond = lines.findLastIndex((line, at) => types[at] === "peer-up" && line.includes("peer-2"));
  assert.ok(ofSecond > 0);
  // In the event that names the second server: all of the first one is there.
  const cut = join(root, "cut");
  mkdirSync(cut);
  const file = join(cut, "run.ndjson");
  writeFileSync(file, `${lines.slice(0, ofSecond).join("\n")}\n${lines[ofSecond]?.slice(0, 40)}`);
  const again = everyReporter(cut).filter((_, at, all) => all[at + 1] !== "ndjson" && all[at] !== "ndjson");
  const { code, stderr } = await wireproofHere(["report", file, ...again]);
  assert.deepEqual([code, stderr], [0, ""]);
  assertNotGreen(cut, /ends before the end|has no end/);

  const merged = await wireproofHere(["merge", file, "--out", join(root, "merged"), "--quiet"]);
  assert.equal(merged.code, 1);
  assert.match(merged.stderr, /has no end/);
  const compared = await wireproofHere(["compare", join(out, "run.ndjson"), file]);
  assert.deepEqual([compared.code, compared.stderr], [1, ""]);
  assert.match(compared.stdout, /has no end/);
  const copy = await wireproofHere(["report", file, "--reporter", `ndjson=${join(cut, "copy.ndjson")}`]);
  assert.equal(copy.code, 0, copy.stderr);
  const copied = readFileSync(join(cut, "copy.ndjson"), "utf8").trimEnd().split("\n");
  assert.deepEqual(
    copied.map((line) => (JSON.parse(line) as { type: string }).type),
    types.slice(0, ofSecond),
  );
});
