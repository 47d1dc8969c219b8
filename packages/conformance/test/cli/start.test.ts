import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";

import { CRASHING_SERVER, startEchoServer } from "@wireproof/peers";
import { accepts } from "../../src/child/accepting.js";
import type { PeerExit, RunEvent } from "../../src/run/event.js";
import { fixtureText, lifelines } from "../child/lifelines.js";
import { freePort } from "../child/free-port.js";
import { wireproof, type Outcome, type SpawnOptions } from "./spawn-wireproof.js";
import { temporaryFolder } from "./temporary-folder.js";

const root = temporaryFolder();
let folders = 0;

interface Tested extends Outcome {
  readonly out: string;
  readonly port: number;
}

/** Runs `wireproof test` with a command in which PORT stands for the free port of the URL. */
async function tested(start: string, args: readonly string[], options: SpawnOptions = {}): Promise<Tested> {
  const out = join(root, String(++folders));
  const port = await freePort();
  const command = start.replaceAll("PORT", String(port));
  const url = `ws://127.0.0.1:${port}`;
  const outcome = await wireproof(["test", url, "--start", command, "--out", out, ...args], options);
  return { ...outcome, out, port };
}

/** What is waited for while the command runs; that it ends meanwhile is an error. */
function unlessOver<T>(command: Promise<Tested>, event: Promise<T>): Promise<T> {
  const over = command.then(({ code, stdout, stderr }): never => {
    throw new Error(`it has ended with exit code ${code}: ${stderr}${stdout.slice(-2000)}`);
  });
  return Promise.race([event, over]);
}

function eventsOf(out: string): RunEvent[] {
  const lines = readFileSync(join(out, "run.ndjson"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as RunEvent);
}

/** A server that a message of 126 octets ends, as cases 1.1.3 and 1.2.3 send one. */
const CRASHING = `'${process.execPath}' '${CRASHING_SERVER}' PORT 126`;
const SOUND = `'${process.execPath}' '${CRASHING_SERVER}' PORT -1`;

describe("a command that cannot be used: exit code 2, one sentence, nothing written", () => {
  const table: readonly (readonly [name: string, command: string, sentence: RegExp])[] = [
    ["no such program", "wireproof-no-such-program -x", /there is no program "wireproof-no-such-program" in/],
    ["a pipe", "node x | tee y", /"\|" means/],
    ["an open quote", "node 'x", /the quote ' is not closed/],
  ];
  for (const [name, command, sentence] of table) {
    test(name, async () => {
      const { code, stdout, stderr, out } = await tested(command, []);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /^wireproof: --start cannot be used: [^\n]+\n$/);
      assert.match(stderr, sentence);
      assert.throws(() => eventsOf(out));
    });
  }
  test("an address that is taken", async () => {
    const other = await startEchoServer();
    try {
      const args = ["test", other.url, "ws://127.0.0.1:1", "--start", "node x", "--out", join(root, "taken")];
      const { code, stderr } = await wireproof(args);
      assert.equal(code, 2);
      assert.match(stderr, new RegExp(`something listens at 127\\.0\\.0\\.1:${other.port} already`));
    } finally {
      await other.close();
    }
  });
  test("--wait alone", async () => {
    const { code, stderr } = await wireproof(["test", "ws://127.0.0.1:1", "--wait", "3"]);
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

describe("a server that a case ends", () => {
  const exits = (out: string): PeerExit[] => eventsOf(out).filter((event) => event.type === "peer-exit");
  const red = (out: string): string[] => {
    const last = new Map<string, boolean>();
    for (const event of eventsOf(out)) {
      if (event.type !== "case-end") continue;
      last.set(event.case, event.verdict.outcome !== "pass" || event.verdict.closing !== "ok");
    }
    return [...last].flatMap(([id, isRed]) => (isRed ? [id] : []));
  };

  for (const concurrency of ["1", "32"]) {
    test(`is started again, and only the guilty cases stay red, ${concurrency} in flight`, async () => {
      const args = ["--cases", "1.*,2.*,5.1*", "--concurrency", concurrency];
      const { code, stdout, stderr, out, port } = await tested(CRASHING, args);
      assert.deepEqual([code, stderr], [1, ""]);
      assert.deepEqual(red(out).toSorted(), ["1.1.3", "1.2.3"]);
      const last = eventsOf(out).at(-1);
      assert.ok(last?.type === "run-end" && last.totals.notRun === 0);
      const alone = exits(out).filter(({ cases }) => cases.length === 1);
      const guilty = new Set(alone.flatMap(({ cases }) => cases));
      assert.deepEqual([...guilty].toSorted(), ["1.1.3", "1.2.3"]);
      for (const { because, output } of alone) {
        assert.equal(because, "The command ended with exit status 1.");
        const printed = output.map(({ text }) => text);
        assert.ok(printed.includes("a message of 126 octets: \u001b[31mthis is the end"), printed.join("\n"));
      }
      assert.match(stdout, /✗ The command ended with exit status 1\. In flight: 1\.1\.3\./);
      assert.match(stdout, /a message of 126 octets: \\x1b\[31mthis is the end/);
      assert.match(stdout, new RegExp(`--cases 1\\.1\\.3 --start .*${port} 126`));
      assert.equal(await accepts({ host: "127.0.0.1", port }), false);

      const shown = await wireproof(["show", "1.1.3", "--run", join(out, "run.ndjson")]);
      assert.match(shown.stdout, /The process of the peer while this case was in flight\n/);
      assert.match(shown.stdout, / stderr {2}a message of 126 octets: \\x1b\[31mthis is the end\n/);
      assert.match(shown.stdout, / The command ended with exit status 1\.\n/);
      const other = await wireproof(["show", "1.1.2", "--run", join(out, "run.ndjson")]);
      assert.doesNotMatch(other.stdout, /this is the end/);
    });
  }
  test("is in the summary, too", async () => {
    const { stdout } = await tested(CRASHING, ["--cases", "1.1.3", "--reporter", "json=-"]);
    const { peers } = JSON.parse(stdout) as {
      peers: readonly { exits: readonly Record<string, unknown>[] }[];
    };
    assert.deepEqual(
      peers[0]?.exits.map(({ code, signal, cases }) => [code, signal, cases]),
      [[1, null, ["1.1.3"]]],
    );
  });
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
  for (const [times, expected] of [
    [1, 1],
    [2, 130],
  ] as const) {
    test(`while it is waited for, interrupted ${times === 1 ? "once" : "twice"}`, async (context) => {
      const lines = await lifelines(context);
      let onBegin: (interrupt: () => void) => void = () => undefined;
      const begun = new Promise<() => void>((resolve) => {
        onBegin = resolve;
      });
      const started = tested(fixtureText("family", lines.port), ["--wait", "600", "--reporter", "ndjson=-"], {
        onStdout: (_, child) => onBegin(() => child.kill("SIGINT")),
      });
      const members = await unlessOver(started, Promise.all([lines.next("family"), lines.next("stubborn")]));
      const interrupt = await unlessOver(started, begun);
      interrupt();
      // The family has been asked to end, and its eldest alone has listened.
      await members[0].gone;
      if (times === 2) interrupt();
      await Promise.all(members.map(({ gone }) => gone));
      assert.equal((await started).code, expected);
    });
  }
});
