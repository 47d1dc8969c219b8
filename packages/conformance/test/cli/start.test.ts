import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";

import { startEchoServer } from "@wireproof/peers";
import { accepts } from "../../src/child/accepting.js";
import { fixtureText, lifelines } from "../child/lifelines.js";
import { wireproofHere } from "./run-here.js";
import { CRASHING, GREEDY, SOUND, eventsOf, tested, testedHere } from "./started.js";
import { temporaryFolder } from "./temporary-folder.js";

describe("a command that cannot be used: exit code 2, one sentence, nothing written", () => {
  const table: readonly (readonly [name: string, command: string, sentence: RegExp])[] = [
    ["no such program", "wireproof-no-such-program -x", /there is no program "wireproof-no-such-program" in/],
    ["a pipe", "node x | tee y", /understands "\|"/],
    ["an open quote", "node 'x", /the quote ' is not closed/],
  ];
  for (const [name, command, sentence] of table) {
    test(name, async () => {
      const { code, stdout, stderr, out } = await testedHere(command, []);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /^wireproof: --start cannot be used: [^\n]+\n$/);
      assert.match(stderr, sentence);
      assert.throws(() => eventsOf(out));
    });
  }
  test("an address that is taken", async () => {
    const other = await startEchoServer();
    try {
      const args = [
        "test",
        other.url,
        "ws://127.0.0.1:1",
        "--start",
        "node x",
        "--out",
        join(temporaryFolder(), "taken"),
      ];
      const { code, stderr } = await wireproofHere(args);
      assert.equal(code, 2);
      assert.match(stderr, new RegExp(`something already listens at 127\\.0\\.0\\.1:${other.port} `));
    } finally {
      await other.close();
    }
  });
  test("--wait alone", async () => {
    const { code, stderr } = await wireproofHere(["test", "ws://127.0.0.1:1", "--wait", "3"]);
    assert.deepEqual([code, stderr], [2, "wireproof: --wait needs --start COMMAND\n"]);
  });
});

describe("a server that does not come up: exit code 3, why, and what it printed", () => {
  test("it ends at once", async () => {
    const command = `'${process.execPath}' -e 'console.error("no config \\u001b[31m"); process.exit(7)'`;
    const { code, stdout, stderr, out, port } = await tested(command, []);
    assert.deepEqual([code, stderr], [3, ""]);
    const sentence = `The command ended with exit status 7 before it accepted connections at 127.0.0.1:${port}.`;
    const down = eventsOf(out).find((event) => event.type === "peer-down");
    assert.deepEqual([down?.because, down?.after], [sentence, null]);
    assert.match(stdout.replaceAll(/\s+/g, " "), /The command ended with exit status 7 before/);
    assert.match(stdout, /Printed +no config \\x1b\[31m\n/);
  });
  test("it never listens, and is not left behind", async (context) => {
    const lines = await lifelines(context);
    const { code, stdout } = await tested(fixtureText("stay", lines.port), ["--wait", "1"]);
    assert.equal(code, 3);
    assert.match(stdout.replaceAll(/\s+/g, " "), /runs, but nothing accepted connections at .* within 1 s/);
    await lines.allGone();
  });
});

test("a sound server is tested, and gone afterwards", async () => {
  const { code, stderr, out, port } = await tested(SOUND, ["--cases", "1.*,2.*,7.1.*"]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(await accepts({ host: "127.0.0.1", port }), false);
  const [first, ...rest] = eventsOf(out);
  assert.ok(first?.type === "run");
  assert.deepEqual([first.config.start, first.config.waitSeconds], [SOUND.replace("PORT", String(port)), 10]);
  assert.ok(!rest.some(({ type }) => type === "peer-exit"));
  const output = rest.find((event) => event.type === "peer-output");
  assert.deepEqual(output?.lines, [{ from: "stdout", text: "listening" }]);
});

test("a server that a case ends is in the summary", async () => {
  const { stdout } = await tested(CRASHING, ["--cases", "1.1.3", "--reporter", "json=-"]);
  const { peers } = JSON.parse(stdout) as {
    peers: readonly { exits: readonly Record<string, unknown>[] }[];
  };
  assert.deepEqual(
    peers[0]?.exits.map(({ code, signal, cases }) => [code, signal, cases]),
    [[1, null, ["1.1.3"]]],
  );
});

describe("an interruption leaves nothing behind", () => {
  test("while cases are played: reports, exit code 1", async () => {
    let isInterrupted = false;
    const { code, out, port } = await tested(SOUND, ["--cases", "9.*", "--reporter", "ndjson=-"], {
      onStdout: (soFar, child) => {
        if (isInterrupted || !soFar.includes('"case-start"')) return;
        isInterrupted = true;
        child.kill("SIGINT");
      },
    });
    assert.equal(code, 1);
    const last = eventsOf(out).at(-1);
    assert.ok(last?.type === "run-end" && last.totals.interrupted);
    assert.equal(await accepts({ host: "127.0.0.1", port }), false);
  });
});

test("a server that asks for more memory than there is, and ends: that is the finding", async () => {
  const { code, stdout, out } = await tested(GREEDY, ["--cases", "1.1.2,1.1.3"]);
  assert.equal(code, 1);
  const findings = eventsOf(out).flatMap((event) => (event.type === "findings" ? event.findings : []));
  assert.deepEqual(
    findings.map(({ id, severity, cases }) => [id, severity, cases]),
    [["none/exhausted/server", "critical", ["1.1.3"]]],
  );
  const said = stdout.replaceAll(/\s+/g, " ");
  assert.match(said, /✗ The command ended .* It had printed: RangeError: Array buffer allocation failed/);
});
