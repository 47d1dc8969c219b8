import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { WebSocketServer } from "ws";
import type { RunEvent } from "../../src/run/event.js";
import { tested as clientTested } from "../test-client/tested.js";
import { wireproofHere } from "./run-here.js";
import { eventsOf } from "./started.js";
import { temporaryFolder } from "./temporary-folder.js";
import { twoServers } from "./two-servers.js";

const root = temporaryFolder();
const servers = twoServers();
let folders = 0;

function folder(): string {
  return join(root, String(++folders));
}

function endsOf(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "case-end" ? [`${event.case} ${event.attempt} ${event.verdict.outcome}`] : [],
  );
}

test("--bail stops after so many unexpected results, and what is left is not run", async () => {
  const out = folder();
  const args = [
    "test",
    servers.broken.url,
    "--cases",
    "3.*,4.*",
    "--concurrency",
    "1",
    "--bail",
    "2",
    "--out",
    out,
  ];
  const { code, stderr } = await wireproofHere(args);
  assert.equal(code, 1);
  assert.match(stderr, /stopped after 2 unexpected results, as --bail says/);
  const events = eventsOf(out);
  const end = events.at(-1);
  assert.ok(end?.type === "run-end" && end.totals.interrupted && end.totals.notRun > 0);
});

test("--bail alone stops after the first", async () => {
  const out = folder();
  const args = [
    "test",
    "--bail",
    servers.broken.url,
    "--cases",
    "3.*,4.*",
    "--concurrency",
    "1",
    "--out",
    out,
  ];
  const { code, stderr } = await wireproofHere(args);
  assert.equal(code, 1);
  assert.match(stderr, /stopped after 1 unexpected result, as --bail says/);
});

test("--bail does not count what a baseline knows", async () => {
  const file = join(root, "known.json");
  const args = [
    "test",
    servers.broken.url,
    "--cases",
    "3.1,3.2,1.1.1",
    "--baseline",
    file,
    "--out",
    folder(),
  ];
  await wireproofHere([...args, "--update-baseline"]);
  const text = readFileSync(file, "utf8").replaceAll('"reason": ""', '"reason": "We know."');
  writeFileSync(file, text);
  const { code, stderr } = await wireproofHere([...args, "--bail", "1"]);
  assert.deepEqual([code, stderr], [0, ""]);
});

test("--last-failed plays what went wrong in the run of the report folder, and nothing where nothing did", async () => {
  const out = folder();
  const first = await wireproofHere(["test", servers.broken.url, "--cases", "1.1.1,3.2", "--out", out]);
  assert.equal(first.code, 1);
  const again = await wireproofHere(["test", servers.broken.url, "--last-failed", "--out", out]);
  assert.equal(again.code, 1);
  assert.deepEqual(
    endsOf(eventsOf(out)).map((one) => one.split(" ")[0]),
    ["3.2"],
  );
  const mended = await wireproofHere(["test", servers.sound.url, "--last-failed", "--out", out]);
  assert.equal(mended.code, 0, mended.stdout);
  const nothing = await wireproofHere(["test", servers.sound.url, "--last-failed", "--out", out]);
  assert.deepEqual([nothing.code, nothing.stdout], [0, ""]);
  assert.match(nothing.stderr, /nothing went wrong in the last run/);
});

test("--last-failed without an earlier run is refused", async () => {
  const { code, stderr } = await wireproofHere([
    "test",
    servers.sound.url,
    "--last-failed",
    "--out",
    folder(),
  ]);
  assert.deepEqual([code, /--last-failed needs the run file of an earlier run/.test(stderr)], [2, true]);
});

/** An echo server that drops the first connections that bring it the message of case 1.1.2. */
async function flakyServer(failures: number): Promise<{ url: string; close: () => void }> {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  let left = failures;
  server.on("connection", (socket) => {
    socket.on("error", () => undefined);
    socket.on("message", (data, isBinary) => {
      const octets = data as Buffer;
      if (octets.length === 125 && !isBinary && left-- > 0) socket.terminate();
      else socket.send(octets, { binary: isBinary });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as { port: number };
  return {
    url: `ws://127.0.0.1:${port}`,
    close: () => {
      server.close();
      http.close();
      http.closeAllConnections();
    },
  };
}

test("--retries plays what went wrong again; what then passes is flaky, and said to be", async () => {
  const peer = await flakyServer(2);
  try {
    const out = folder();
    const args = ["test", peer.url, "--cases", "1.1.1,1.1.2,1.1.3", "--out", out];
    const { code, stdout } = await wireproofHere([...args, "--retries", "3"]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /\nFlaky \(1\): with different results\n {2}1\.1\.2 of /);
    const events = eventsOf(out);
    assert.deepEqual(
      endsOf(events).filter((one) => one.startsWith("1.1.2 ")),
      ["1.1.2 1 fail", "1.1.2 2 fail", "1.1.2 3 pass"],
    );
    assert.equal(events.filter(({ type }) => type === "run" || type === "run-end").length, 2);
    const end = events.at(-1);
    assert.ok(end?.type === "run-end");
    assert.deepEqual([end.totals.outcomes, end.totals.notRun], [{ pass: 3 }, 0]);
  } finally {
    peer.close();
  }
});

test("--retries does not mend what always goes wrong", async () => {
  const out = folder();
  const args = ["test", servers.broken.url, "--cases", "1.1.1,3.2", "--retries", "2", "--out", out];
  const { code, stdout } = await wireproofHere(args);
  assert.equal(code, 1);
  assert.doesNotMatch(stdout, /Flaky/);
  assert.equal(endsOf(eventsOf(out)).filter((one) => one.startsWith("3.2 ")).length, 3);
});

test("a flaky case can be known, and is kept apart", async () => {
  const file = join(root, "flaky.json");
  const run = async (failures: number, ...more: readonly string[]): Promise<number> => {
    const peer = await flakyServer(failures);
    const args = ["test", peer.url, "--cases", "1.1.1,1.1.2", "--agent", "flaky", "--out", folder()];
    const { code } = await wireproofHere([...args, "--baseline", file, ...more]);
    peer.close();
    return code ?? -1;
  };
  assert.equal(await run(1, "--retries", "1", "--update-baseline"), 0);
  const baseline = JSON.parse(readFileSync(file, "utf8")) as {
    flaky: object[];
    cases: object[];
    findings: object[];
  };
  assert.deepEqual(baseline, { findings: [], cases: [], flaky: [{ case: "1.1.2", reason: "" }] });
  writeFileSync(file, JSON.stringify({ flaky: [{ case: "1.1.2", reason: "A race." }] }));
  // Neither that it goes wrong nor that it does not is unexpected.
  assert.equal(await run(100), 0);
  assert.equal(await run(0), 0);
});

test("--retries of a client starts it again, and it plays only what went wrong", async () => {
  // A message of 126 octets, as case 1.1.3 sends one, ends it every time.
  const run = await clientTested(["--cases", "1.1.1,1.1.3", "--retries", "1"], "dies 126");
  assert.equal(run.code, 1, run.stdout + run.stderr);
  const ends = run.events.flatMap((event) => (event.type === "case-end" ? [event.case] : []));
  assert.deepEqual(ends.toSorted(), ["1.1.1", "1.1.3", "1.1.3"]);
  assert.equal(run.events.filter(({ type }) => type === "run" || type === "run-end").length, 2);
});

test("options that exclude each other are refused", async () => {
  const { code, stderr } = await wireproofHere(["test", servers.sound.url, "--bail", "1", "--retries", "1"]);
  assert.deepEqual([code, /--bail and --retries exclude each other/.test(stderr)], [2, true]);
  const client = await wireproofHere(["test-client", "--retries", "1"]);
  assert.deepEqual([client.code, /--retries needs the command of the client/.test(client.stderr)], [2, true]);
});

test("--quiet prints nothing, --json the summary and nothing else", async () => {
  const args = ["test", servers.broken.url, "--cases", "1.1.1,3.2", "--out", folder()];
  const quiet = await wireproofHere([...args, "--quiet"]);
  assert.deepEqual([quiet.code, quiet.stdout, quiet.stderr], [1, "", ""]);
  const json = await wireproofHere([...args, "--json"]);
  assert.deepEqual([json.code, json.stderr], [1, ""]);
  const summary = JSON.parse(json.stdout) as { peers: { cases: { id: string }[] }[] };
  assert.deepEqual(
    summary.peers[0]?.cases.map(({ id }) => id),
    ["1.1.1", "3.2"],
  );
});
