import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, test, type TestContext } from "node:test";
import { Child } from "../../src/child/child.js";
import type { CommandLine } from "../../src/child/command-line.js";
import { OutputRing } from "../../src/child/output-ring.js";
import { fixture, lifelines } from "./lifelines.js";

interface Started {
  readonly child: Child;
  readonly printed: () => readonly string[];
}

interface Rules {
  readonly kept?: number;
  readonly graceMs?: number;
}

function start(
  context: TestContext,
  command: CommandLine,
  { kept = 8192, graceMs = 60_000 }: Rules = {},
): Started {
  const output = new OutputRing(kept);
  const child = new Child(command, output, graceMs);
  context.after(() => child.stop());
  return { child, printed: () => output.since(0).lines.map(({ from, text }) => `${from} ${text}`) };
}

function script(code: string, env: CommandLine["env"] = {}): CommandLine {
  return { program: process.execPath, args: ["-e", code], env };
}

describe("how a process ended", () => {
  test("with an exit status, and everything that it printed", async (context) => {
    const code = 'console.log(process.env.GREETING); process.stderr.write("bye"); process.exitCode = 7';
    const { child, printed } = start(context, script(code, { GREETING: "hello" }));
    assert.equal(child.isRunning, true);
    assert.deepEqual(await child.ended, {
      code: 7,
      signal: null,
      how: "ended with exit status 7",
      isAsked: false,
    });
    assert.equal(child.isRunning, false);
    assert.deepEqual([...printed()].toSorted(), ["stderr bye", "stdout hello"]);
  });
  test("by a signal", async (context) => {
    const { child } = start(context, script('process.kill(process.pid, "SIGKILL")'));
    const { code, signal, how } = await child.ended;
    assert.deepEqual([code, signal, how], [null, "SIGKILL", "was ended by SIGKILL"]);
  });
  test("because it never began", async (context) => {
    const { child } = start(context, { program: "/nowhere/program", args: [], env: {} });
    const { code, how } = await child.ended;
    assert.deepEqual([code, how], [null, "could not be started: no such file or directory"]);
  });
  test("because it was asked to", async (context) => {
    const lines = await lifelines(context);
    const { child } = start(context, fixture("stay", lines.port));
    await lines.next("stay");
    await child.stop();
    const { signal, isAsked } = await child.ended;
    assert.deepEqual([signal, isAsked], ["SIGTERM", true]);
    await child.stop();
  });
});

test("megabytes on both streams: the last lines are kept, and nothing is stuck", async (context) => {
  // What the system holds of one stream, some hundreds of KiB, may be read behind the last line of the other one.
  const kept = 1024 * 1024;
  const { child, printed } = start(context, fixture("chatty", 0), { kept });
  assert.equal((await child.ended).code, 0);
  assert.ok(printed().includes("stdout end") && printed().includes("stderr end"));
  assert.ok(printed().join("").length <= kept);
});

describe("nothing is left behind", () => {
  /** For those who would not listen anyway. */
  const IMPATIENT: Rules = { graceMs: 500 };

  test("by one that ignores SIGTERM", async (context) => {
    const lines = await lifelines(context);
    const { child } = start(context, fixture("stubborn", lines.port), IMPATIENT);
    const { gone } = await lines.next("stubborn");
    await child.stop();
    await gone;
    assert.equal((await child.ended).signal, "SIGKILL");
  });
  test("by one whose own child ignores SIGTERM", async (context) => {
    const lines = await lifelines(context);
    const { child } = start(context, fixture("family", lines.port), IMPATIENT);
    const members = await Promise.all([lines.next("family"), lines.next("stubborn")]);
    await child.stop();
    await Promise.all(members.map(({ gone }) => gone));
    assert.equal((await child.ended).signal, "SIGTERM");
  });
  test("by one that ends by itself before its child", async (context) => {
    const lines = await lifelines(context);
    const { child } = start(context, fixture("orphan", lines.port));
    const [parent, orphan] = await Promise.all([lines.next("orphan"), lines.next("stubborn")]);
    parent.socket.write("go");
    assert.equal((await child.ended).code, 3);
    await orphan.gone;
  });

  const ends: readonly (readonly [name: string, how: string, code: number | null])[] = [
    ["is over", "process.exit(0)", 0],
    ["fails", 'throw new Error("a fault")', 1],
    ["loses its terminal", 'process.kill(process.pid, "SIGHUP")', 129],
  ];
  for (const [name, how, expected] of ends) {
    test(`when the process that started it ${name}`, async (context) => {
      const lines = await lifelines(context);
      const module = new URL("../../src/child/", import.meta.url).href;
      const starter = `
        import { Child } from "${module}child.js";
        import { OutputRing } from "${module}output-ring.js";
        new Child(${JSON.stringify(fixture("family", lines.port))}, new OutputRing(100));
        process.stdin.once("data", () => { ${how}; });
      `;
      const ours = spawn(process.execPath, ["--input-type=module", "-e", starter], {
        stdio: ["pipe", "ignore", "ignore"],
      });
      const members = await Promise.all([lines.next("family"), lines.next("stubborn")]);
      const exited = once(ours, "exit");
      ours.stdin.end("go");
      assert.deepEqual(await exited, [expected, null]);
      await Promise.all(members.map(({ gone }) => gone));
    });
  }
});
