import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startEchoServer } from "@wireproof/peers";
import { runProgram } from "../../src/cli/program.js";
import { fakeIo } from "./fake-io.js";
import { temporaryFolder } from "./temporary-folder.js";

const folder = temporaryFolder();

async function wireproof(
  ...args: string[]
): Promise<{ readonly code: number; readonly complaints: readonly string[] }> {
  const io = fakeIo();
  return { code: await runProgram(args, io), complaints: io.complaints };
}

test("two shards of a server are one run when they are merged", async (t) => {
  const server = await startEchoServer();
  t.after(() => server.close());
  const cases = ["--cases", "1.1.1,1.1.2,1.2.2,2.1,2.2,7.1.1"];
  for (const index of [1, 2]) {
    const out = join(folder, `shard-${index}`);
    const { code, complaints } = await wireproof(
      "test",
      server.url,
      ...cases,
      "--shard",
      `${index}/2`,
      "--out",
      out,
      "--reporter",
      "json",
    );
    assert.deepEqual([code, complaints], [0, []]);
  }
  const files = [2, 1].map((index) => join(folder, `shard-${index}`, "run.ndjson"));
  const whole = join(folder, "whole");
  const { code, complaints } = await wireproof("merge", ...files, "--out", whole, "--reporter", "json");
  assert.deepEqual([code, complaints], [0, []]);
  const summary = JSON.parse(readFileSync(join(whole, "summary.json"), "utf8")) as {
    totals: { outcomes: unknown; notRun: number };
    peers: { cases: { id: string }[] }[];
  };
  assert.deepEqual(
    summary.peers.map((peer) => peer.cases.map(({ id }) => id)),
    [["1.1.1", "1.1.2", "1.2.2", "2.1", "2.2", "7.1.1"]],
  );
  assert.deepEqual([summary.totals.outcomes, summary.totals.notRun], [{ pass: 6 }, 0]);
  // The merged run file is a run file like any other.
  const again = await wireproof("judge", join(whole, "run.ndjson"), "--reporter", "json=-");
  assert.equal(again.code, 0);

  const [one = ""] = files;
  const alone = await wireproof("merge", one, "--out", join(folder, "half"), "--reporter", "json");
  assert.deepEqual(alone, { code: 1, complaints: ["Shard 1 of 2 is missing; its cases were not run"] });
  const twice = await wireproof("merge", one, one, "--out", join(folder, "twice"));
  assert.equal(twice.code, 2);
  assert.match(twice.complaints.join(), /are both shard 2$/);
  const over = await wireproof("merge", ...files, "--out", join(folder, "shard-1"), "--reporter", "json");
  assert.match(over.complaints.join(), /would overwrite/);
});

test("a shard is I/N", async () => {
  for (const shard of ["0/2", "3/2", "2", "a/b", "1/0", "1/1000"]) {
    const { code, complaints } = await wireproof("test", "ws://127.0.0.1:1", "--shard", shard);
    assert.equal(code, 2);
    assert.match(complaints.join(), /^--shard takes I\/N, such as 2\/5/);
  }
  const { complaints } = await wireproof("test", "ws://127.0.0.1:1", "--cases", "2.1", "--shard", "2/2");
  assert.match(complaints.join(), /^--shard: there is no case for this part of 1$/);
});
