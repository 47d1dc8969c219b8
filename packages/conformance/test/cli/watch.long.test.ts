/** `--watch` with a command that starts its server again by itself, or that ends. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";

import { freePort } from "@wireproof/peers";
import { accepts } from "../../src/child/accepting.js";
import { lifelines, type Lifelines } from "../child/lifelines.js";
import { wireproof, type Outcome } from "./spawn-wireproof.js";
import { unlessOver } from "./started.js";
import { temporaryFolder } from "./temporary-folder.js";
import { BROKEN, CASES, playedIn, SOUND } from "./watched.js";

const root = temporaryFolder();

/** The command of a server that starts its server again by itself. */
const SUPERVISOR = fileURLToPath(new URL("./supervisor.js", import.meta.url));

interface Supervised {
  readonly outcome: Promise<Outcome>;
  readonly out: string;
  readonly port: number;
  readonly lines: Lifelines;
  /** Resolves with the process when standard error has said this so often. */
  readonly said: (sign: RegExp, times: number) => Promise<ChildProcess>;
}

async function supervised(context: TestContext, name: string): Promise<Supervised> {
  const port = await freePort();
  const lines = await lifelines(context);
  const cwd = join(root, name);
  mkdirSync(cwd);
  let text = "";
  let child: ChildProcess | undefined;
  let wake: () => void = () => undefined;
  const start = `'${process.execPath}' '${SUPERVISOR}' ${port} ${lines.port}`;
  const outcome = wireproof(
    ["test", `ws://127.0.0.1:${port}`, "--start", start, "--watch", "--out", "report", ...CASES],
    {
      cwd,
      onStderr: (soFar, process) => {
        text = soFar;
        child = process;
        wake();
      },
    },
  );
  const said = async (sign: RegExp, times: number): Promise<ChildProcess> => {
    for (;;) {
      if (child !== undefined && text.split(sign).length > times) return child;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    outcome,
    out: join(cwd, "report"),
    port,
    lines,
    said: (sign, times) => unlessOver(outcome, said(sign, times)),
  };
}

const WAITING = /waiting for changes/;

test("a command that restarts its server by itself is played without being started again", async (context) => {
  const run = await supervised(context, "supervised");
  const { socket } = await run.lines.next("supervisor");
  await run.said(WAITING, 1);
  const played = [playedIn(run.out)];
  socket.write("sound\n");
  await run.said(WAITING, 2);
  played.push(playedIn(run.out));
  socket.write("sound\n");
  const child = await run.said(WAITING, 3);
  played.push(playedIn(run.out));
  child.kill("SIGINT");
  const { code, stderr } = await run.outcome;
  assert.deepEqual([code, played], [0, [BROKEN, ["3.2 pass"], SOUND]], stderr);
  await run.lines.allGone();
  assert.equal(await accepts({ host: "127.0.0.1", port: run.port }), false);
});

test("a command that ends while nothing is played is started again, three times", async (context) => {
  const run = await supervised(context, "ends");
  for (let starts = 1; starts <= 4; starts++) {
    const { socket } = await run.lines.next("supervisor");
    const child = await run.said(WAITING, starts);
    if (starts === 4) {
      await run.said(/has ended 3 times/, 1);
      // Nothing is awaited but a change.
      writeFileSync(join(run.out, "..", "changed.js"), "");
      await run.lines.next("supervisor");
      await run.said(WAITING, 5);
      child.kill("SIGTERM");
    } else socket.write("end\n");
  }
  const { code, stderr } = await run.outcome;
  assert.equal(code, 1, stderr);
  assert.deepEqual(playedIn(run.out), ["3.2 fail"]);
  await run.lines.allGone();
});
