import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { rawClient, startEchoServer, walkWith, walkWs } from "@wireproof/peers";
import { runProgram } from "../../src/cli/program.js";
import { serve } from "../../src/serve/serve.js";
import { fakeIo } from "../cli/fake-io.js";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { playRun } from "./play-run.js";
import { casesOf } from "./verdict-table.js";

const DUMPCAP = "/usr/bin/dumpcap";
const SKIP: string | false = whyNot();

function whyNot(): string | false {
  if (!existsSync(DUMPCAP)) return `no dumpcap at ${DUMPCAP}; Debian's package tshark brings it`;
  const { stdout } = spawnSync(DUMPCAP, ["-D"], { encoding: "utf8" });
  return /\blo\b/.test(stdout) ? false : "dumpcap may not capture on the loopback interface here";
}

const folder = temporaryFolder();
let files = 0;

/** Records what goes over this port while something happens, and lints it. */
async function recorded(
  context: Pick<TestContext, "after">,
  port: number,
  args: readonly string[],
  happen: () => Promise<unknown>,
): Promise<{ readonly code: number; readonly report: Report }> {
  const file = join(folder, `${++files}.capture`);
  const dumpcap = spawn(DUMPCAP, ["-q", "-i", "lo", "-f", `tcp port ${port}`, "-w", file, ...args]);
  const ended = once(dumpcap, "exit");
  context.after(() => void dumpcap.kill("SIGKILL"));
  let said = "";
  for await (const chunk of dumpcap.stderr) {
    said += String(chunk);
    if (/^File: /m.test(said)) break;
  }
  await happen();
  await untilWritten(file, port);
  dumpcap.kill("SIGINT");
  await ended;
  const io = fakeIo();
  const code = await runProgram(["lint", file, "--json"], io);
  return { code, report: JSON.parse(io.written()) as Report };
}

/** The system hands packets on in blocks: nothing tells when, so the file is looked at for what was sent last. */
async function untilWritten(file: string, port: number): Promise<void> {
  const last = "/the-last-request";
  await fetch(`http://127.0.0.1:${port}${last}`, { headers: { Connection: "close" } });
  while (!readFileSync(file).includes(last)) await sleep(20);
}

interface Report {
  readonly checked: number;
  readonly listed: readonly {
    readonly extension: string | null;
    readonly frames: { readonly client: number };
  }[];
  readonly findings: readonly { readonly side: string; readonly requirement: { readonly id: string } }[];
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

const CASES = casesOf("1.1.*, 2.1, 5.3, 7.1.1, 12.1.1, 13.1.1");

describe("what dumpcap has recorded", { skip: SKIP, concurrency: false }, () => {
  for (const [format, args] of Object.entries({ pcapng: [], pcap: ["-P"] })) {
    test(`our own client and a server that is ws, as ${format}: nothing is found`, async (context) => {
      const server = await startEchoServer({ perMessageDeflate: true });
      context.after(() => server.close());
      const { code, report } = await recorded(context, portOf(server.url), args, () =>
        playRun(server.url, CASES, { messages: "enough" }),
      );
      assert.deepEqual([code, report.findings], [0, []]);
      assert.ok(report.checked >= CASES.length, String(report.checked));
      assert.ok(report.listed.some(({ extension }) => extension?.startsWith("permessage-deflate") === true));
    });
  }

  test("a client that masks nothing, beside one that does", async (context) => {
    const served = await serve({ cases: casesOf("1.1.1"), port: 0 });
    const events = (async () => {
      for await (const event of served.events) if (event.type === "run-end") return;
    })();
    const { code, report } = await recorded(context, served.port, [], async () => {
      await walkWs({ url: served.url, agent: "good" });
      await walkWith(rawClient({ neverMasks: true }), { url: served.url, agent: "bad" });
    });
    served.stop();
    await events;
    assert.equal(code, 1);
    assert.deepEqual(
      report.findings.map(({ side, requirement }) => `${side} ${requirement.id}`),
      ["client 6455-5.1-1"],
    );
  });
});
