import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";

import { walkWs } from "@wireproof/peers";
import type { JsonSummary } from "../../src/report/json.js";
import { fixtureText, lifelines } from "../child/lifelines.js";
import { CLIENT, downOf, exitsOf, notesOf, notPassed, notRun, tested } from "../test-client/tested.js";

const FOUR = ["--cases", "1.1.1,1.1.2,1.2.1,7.1.1"];

describe("a client that walks through the cases", () => {
  test("is tested, with all reports, under the name that it got", async () => {
    const run = await tested([...FOUR, "--agent", "my client/1 é"], "walk");
    assert.equal(run.code, 0, run.stderr + run.stdout);
    assert.match(run.stderr, /^wireproof: the client is tested at ws:\/\/127\.0\.0\.1:\d+\n$/);
    assert.deepEqual([notPassed(run), exitsOf(run), notesOf(run), notRun(run)], [{}, [], [], 0]);
    const summary = JSON.parse(readFileSync(join(run.out, "summary.json"), "utf8")) as JsonSummary;
    assert.deepEqual(
      summary.peers.map(({ agent }) => agent),
      ["my client/1 é"],
    );
    assert.ok(!readdirSync(run.out).includes(".wireproof-run"));
    const [start] = run.events;
    assert.ok(start?.type === "run" && start.config.start?.includes("client.js"));
  });

  test("over TLS, with the certificate that it got", async () => {
    const run = await tested([...FOUR, "--tls"], "walk");
    assert.deepEqual([run.code, notPassed(run), notRun(run)], [0, {}, 0], run.stdout);
    assert.match(run.stderr, /wss:\/\//);
  });

  test("by one word, read as by a shell, and with what it needs in its environment", async () => {
    const word = `AGENT={agent}! '${process.execPath}' '${CLIENT}' walk {url}`;
    const run = await tested([...FOUR, "--agent", "a"], [word]);
    assert.equal(run.code, 0, run.stdout + run.stderr);
    assert.equal(run.events.find((event) => event.type === "peer-up")?.agent, "a!");
  });

  test("that leaves out cases: they are not run, and nothing else is said to be wrong", async () => {
    const run = await tested(FOUR, "gives");
    assert.deepEqual([run.code, notRun(run), exitsOf(run)], [1, 3, []]);
    assert.deepEqual(notesOf(run), ["The client ended and left out 3 cases."]);
  });

  test("that asks for cases on connections that were refused: it is started again for them", async () => {
    const run = await tested(["--cases", "1.1.1,22.3.1.1,22.3.1.2"], "pools 2");
    assert.deepEqual([run.code, notPassed(run), notRun(run), exitsOf(run)], [0, {}, 0, []], run.stdout);
    assert.deepEqual(notesOf(run), [
      "The client left out 22.3.1.2, behind a case whose answer it need not take. It is started again for it.",
    ]);
  });
});

describe("a client that opens one URL", () => {
  test("is recognised, and started once for each case", async () => {
    const run = await tested([...FOUR, "--agent", "one"], "echo");
    assert.deepEqual([run.code, notPassed(run), notRun(run)], [0, {}, 0], run.stdout);
    assert.match(notesOf(run).join(), /from now on it is started once for each case, as with --single/);
    assert.equal(run.events.find((event) => event.type === "peer-up")?.agent, "one");
  });
});

describe("a client that does nothing", () => {
  test("it ends at once: exit code 3, why, and what it printed", async () => {
    const run = await tested(FOUR, ["sh", "-c", "echo no config >&2; exit 9"]);
    assert.equal(run.code, 3);
    assert.equal(downOf(run), "The command ended with exit status 9 before it had opened a connection.");
    assert.match(run.stdout, /no config/);
  });
});

describe("a command that cannot be used: exit code 2, one sentence, nothing written", () => {
  const table: readonly (readonly [name: string, command: readonly string[], sentence: RegExp])[] = [
    ["no such program", ["wireproof-none", "{url}"], /there is no program "wireproof-none" in/],
    ["no such script", ["node", "no/such/client.js", "{url}"], /there is no file "no\/such\/client\.js"/],
    ["a pipe in a single word", ["node x | tee y"], /understands "\|"/],
  ];
  for (const [name, command, sentence] of table) {
    test(name, async () => {
      const run = await tested(FOUR, command);
      assert.deepEqual([run.code, run.stdout, run.events], [2, "", []]);
      assert.match(run.stderr, /^wireproof: the command cannot be used: [^\n]+\n$/);
      assert.match(run.stderr, sentence);
    });
  }
});

test("an interruption writes reports and leaves nothing behind", async (context) => {
  const lines = await lifelines(context);
  let onBegin: (interrupt: () => void) => void = () => undefined;
  const begun = new Promise<() => void>((resolve) => {
    onBegin = resolve;
  });
  const running = tested([...FOUR, "--timeout", "600"], [fixtureText("family", lines.port)], {
    onStderr: (_, child) => onBegin(() => child.kill("SIGINT")),
  });
  await Promise.all([lines.next("family"), lines.next("stubborn")]);
  (await begun)();
  const { code, events } = await running;
  assert.deepEqual([code, events.at(-1)?.type], [1, "run-end"]);
  await lines.allGone();
});

test("without a command the client is started by hand, and its end is that of the run", async () => {
  const run = await tested(FOUR, [], {
    onStderr: (soFar) => {
      const url = /tested at (\S+)\n/.exec(soFar)?.[1];
      if (url !== undefined) void walkWs({ url, agent: "by hand" });
    },
  });
  assert.deepEqual([run.code, notPassed(run), notRun(run)], [0, {}, 0]);
});
