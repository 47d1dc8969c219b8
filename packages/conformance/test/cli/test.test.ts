import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import {
  mintCertificate,
  mutants,
  startEchoServer,
  type MutantName,
  type RunningPeer,
} from "@wireproof/peers";
import type { RunEvent } from "../../src/run/event.js";
import { wireproofHere } from "./run-here.js";
import { wireproof, type Outcome, type SpawnOptions } from "./spawn-wireproof.js";
import { temporaryFolder } from "./temporary-folder.js";

const root = temporaryFolder();
let echo: RunningPeer;
let folders = 0;

before(async () => {
  echo = await startEchoServer();
});
after(() => echo.close());

interface Tested extends Outcome {
  readonly out: string;
}

/** Runs `wireproof test` as users do, with a report folder of its own. */
async function tested(args: readonly string[], options: SpawnOptions = {}): Promise<Tested> {
  const out = join(root, String(++folders), "report");
  return { ...(await wireproof(["test", ...args, "--out", out], options)), out };
}

/** The same in this process. */
async function testedHere(args: readonly string[]): Promise<Tested> {
  const out = join(root, String(++folders), "report");
  return { ...(await wireproofHere(["test", ...args, "--out", out])), out };
}

/** The reports in a folder, without what the suite keeps there for itself. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .toSorted();
}

function eventsOf(out: string): RunEvent[] {
  const lines = readFileSync(join(out, "run.ndjson"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as RunEvent);
}

test("a conforming peer: exit code 0, and every default report", async () => {
  const { code, stdout, stderr, out } = await tested([echo.url, "--cases", "1.1.1,5.20"]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /2 pass/);
  assert.equal(stdout.trimEnd().split("\n").at(-1), join(out, "report.html"));
  assert.deepEqual(filesIn(out), ["report.html", "run.ndjson", "summary.json"]);
  assert.equal(eventsOf(out).at(-1)?.type, "run-end");
});

test("only the chosen reporters report, and the run file is written all the same", async () => {
  const { code, stdout, out } = await testedHere([echo.url, "--cases", "1.1.1", "--reporter", "json=-"]);
  assert.equal(code, 0);
  assert.ok(JSON.parse(stdout));
  assert.deepEqual(filesIn(out), ["run.ndjson"]);
});

test("a reporter with a path writes there, and its folder is made", async () => {
  const path = join(root, "elsewhere", "deep", "summary.json");
  const { code, stdout } = await testedHere([echo.url, "--cases", "1.1.1", "--reporter", `json=${path}`]);
  assert.deepEqual([code, stdout], [0, ""]);
  assert.ok(JSON.parse(readFileSync(path, "utf8")));
});

test("what was asked for is in the run file", async () => {
  const asked =
    "--cases 1.1.1 --agent mine --profile autobahn --set autobahn --concurrency 3 --timeout-scale 2.5";
  const handshake = ["--origin", "https://example.org", "--header", "X-A: b"];
  const { out } = await testedHere([echo.url, ...asked.split(" "), ...handshake]);
  const [first, ...rest] = eventsOf(out);
  assert.ok(first?.type === "run");
  assert.deepEqual([first.profile, first.set], ["autobahn", "autobahn"]);
  const { concurrency, timeoutScale, origin, headers } = first.config;
  assert.deepEqual([concurrency, timeoutScale, origin, headers], [3, 2.5, "https://example.org", ["X-A: b"]]);
  assert.ok(rest.some((event) => event.type === "peer-up" && event.agent === "mine"));
  const end = rest.find((event) => event.type === "case-end");
  assert.match(end?.record.handshake.request ?? "", /^X-A: b\r$/m);
});

test("how many messages load cases send: enough, or all where it is asked for or the profile is the original's", async () => {
  const table: readonly (readonly [args: readonly string[], messages: string, wanted: number])[] = [
    [[], "enough", 200],
    [["--messages", "full"], "full", 1000],
    [["--profile", "autobahn"], "full", 1000],
    [["--profile", "autobahn", "--messages", "enough"], "enough", 200],
  ];
  for (const [args, messages, wanted] of table) {
    const { code, out } = await testedHere([echo.url, "--cases", "9.7.1", "--reporter", "ndjson", ...args]);
    assert.equal(code, 0);
    const [first, ...rest] = eventsOf(out);
    assert.equal(first?.type === "run" ? first.messages : null, messages);
    const end = rest.find((event) => event.type === "case-end");
    assert.deepEqual(
      [end?.record.loop?.wanted, end?.record.loop?.matched, end?.verdict.outcome],
      [wanted, wanted, "pass"],
    );
  }
  const { code, stderr } = await wireproofHere(["test", echo.url, "--messages", "some"]);
  assert.equal(code, 2);
  assert.match(stderr, /--messages/);
});

const MUTANTS: readonly (readonly [MutantName, number])[] = [
  ["sloppy", 1],
  ["instantdrop", 1],
  ["reject", 3],
  ["plainHttp", 3],
  ["garbage", 3],
];

for (const [name, expected] of MUTANTS) {
  test(`the mutant ${name}: exit code ${expected}, a run file that ends, and nothing on standard error`, async () => {
    const peer = await mutants[name].start();
    try {
      const { code, stderr, out } = await tested([peer.url, "--cases", "1.1.1,3.1"]);
      assert.deepEqual([code, stderr], [expected, ""]);
      assert.equal(eventsOf(out).at(-1)?.type, "run-end");
    } finally {
      await peer.close();
    }
  });
}

test("nobody listens: exit code 3, and the reason is shown", async () => {
  const gone = await startEchoServer();
  await gone.close();
  const { code, stdout, stderr, out } = await tested([gone.url, "--cases", "1.1.1"]);
  assert.deepEqual([code, stderr], [3, ""]);
  const down = eventsOf(out).find((event) => event.type === "peer-down");
  assert.ok(down !== undefined && stdout.includes(down.because), stdout);
});

test("one peer out of two cannot be reached: the other is tested, exit code 3", async () => {
  const gone = await startEchoServer();
  await gone.close();
  const { code, out } = await testedHere([gone.url, echo.url, "--cases", "1.1.1"]);
  assert.equal(code, 3);
  assert.equal(eventsOf(out).filter((event) => event.type === "case-end").length, 1);
});

test("TLS: verified against --ca, or not at all with --insecure", async () => {
  const tls = await mintCertificate();
  const ca = join(root, "ca.pem");
  writeFileSync(ca, tls.cert);
  const peer = await startEchoServer({ tls });
  try {
    const args = [peer.url, "--cases", "1.1.1"];
    assert.equal((await testedHere(args)).code, 3);
    assert.equal((await testedHere([...args, "--insecure"])).code, 0);
    assert.equal((await testedHere([...args, "--ca", ca])).code, 0);
  } finally {
    await peer.close();
  }
});

test("an interruption: partial reports, exit code 1", async () => {
  const peer = await mutants.mute.start();
  try {
    let interrupted = false;
    const { code, stderr, out } = await tested([peer.url, "--reporter", "ndjson=-"], {
      onStdout: (soFar, child) => {
        if (interrupted || !soFar.includes('"case-start"')) return;
        interrupted = true;
        child.kill("SIGINT");
      },
    });
    assert.equal(code, 1);
    assert.match(stderr, /^wireproof: interrupted; [^\n]+\n$/);
    const last = eventsOf(out).at(-1);
    assert.ok(last?.type === "run-end" && last.totals.interrupted && last.totals.notRun > 0);
  } finally {
    await peer.close();
  }
});

test("a report that cannot be written any more: the others are finished, exit code 2", async (t) => {
  if (process.platform !== "linux") return t.skip("needs /dev/full");
  const { code, stderr, out } = await tested([echo.url, "--cases", "1.1.1", "--reporter", "json=/dev/full"]);
  assert.equal(code, 2);
  assert.equal(stderr, 'wireproof: cannot write "/dev/full": no space left on device\n');
  assert.equal(eventsOf(out).at(-1)?.type, "run-end");
});

test("a folder that cannot be made is refused, where the system misleads about it too", async (t) => {
  if (process.platform !== "linux") return t.skip("needs /proc");
  const { code, stderr } = await wireproof(["test", echo.url, "--out", "/proc/wireproof-report"]);
  assert.equal(code, 2);
  assert.match(stderr, /^wireproof: cannot write into the folder "\/proc\/wireproof-report": [^\n]+\n$/);
});

test("a reader of standard output that goes away does not end the run", async () => {
  const many = ["--set", "autobahn", "--exclude", "9.*,12.*,13.*"];
  const { code, stderr, out } = await tested([echo.url, ...many, "--reporter", "ndjson=-"], {
    onStdout: (_soFar, child) => child.stdout?.destroy(),
  });
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(eventsOf(out).at(-1)?.type, "run-end");
});

test("colours follow FORCE_COLOR and NO_COLOR", async () => {
  const args = [echo.url, "--cases", "1.1.1"];
  const hasColor = ({ stdout }: Outcome): boolean => stdout.includes("\u001b[");
  assert.equal(hasColor(await tested(args)), false);
  assert.equal(hasColor(await tested(args, { env: { FORCE_COLOR: "1" } })), true);
  assert.equal(hasColor(await tested(args, { env: { FORCE_COLOR: "0" } })), false);
  assert.equal(hasColor(await tested(args, { env: { NO_COLOR: "1" } })), false);
});

test("a stored run is judged again and shown", async () => {
  const { out } = await testedHere([echo.url, "--cases", "1.1.1,5.20", "--agent", "mine"]);
  const file = join(out, "run.ndjson");
  const judged = await wireproof(["judge", file, "--profile", "autobahn"]);
  assert.deepEqual([judged.code, judged.stderr], [0, ""]);
  assert.match(judged.stdout, /2 pass/);

  const shown = await wireproof(["show", "5.20", "--run", file, "--agent", "mine"]);
  assert.equal(shown.code, 0);
  assert.match(shown.stdout, /^mine – Case 5\.20: Pass/);

  const again = join(root, "again");
  const written = await wireproofHere(["judge", file, "--out", again]);
  assert.equal(written.code, 0);
  assert.deepEqual(filesIn(again), ["report.html", "run.ndjson", "summary.json"]);

  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [["judge", file, "--out", out], /would overwrite/],
    [["judge", file, "--reporter", "json"], /needs --out DIR or a path/],
    [["show", "5.19", "--run", file], /the run in \S+ has no case "5\.19"/],
    [
      ["show", "5.20", "--run", file, "--agent", "other"],
      /the run in \S+ has no peer "other"; it has "mine"/,
    ],
  ];
  for (const [args, sentence] of refused) {
    const { code, stderr } = await wireproofHere(args);
    assert.equal(code, 2);
    assert.match(stderr, sentence);
  }
});

test("a damaged run file: what was readable is reported, then one sentence and exit code 2", async () => {
  const { out } = await testedHere([echo.url, "--cases", "1.1.1"]);
  const file = join(root, "damaged.ndjson");
  const whole = readFileSync(join(out, "run.ndjson"), "utf8");
  writeFileSync(file, whole.replace('{"type":"run-end"', '{"type":nonsense\n{"type":"run-end"'));
  const { code, stdout, stderr } = await wireproofHere(["judge", file]);
  assert.equal(code, 2);
  assert.match(stdout, /1 pass/);
  assert.match(stderr, /^wireproof: .*damaged\.ndjson, line \d+: [^\n]+\n$/);
});
