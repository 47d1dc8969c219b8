/** The proxies of interop/stacks that are installed here, with HTTP/1.1 in front. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { runProgram } from "../../src/cli/program.js";
import { readStacks } from "../../src/matrix/manifest.js";
import { Packages } from "../../src/matrix/packages.js";
import { PROBES, playProbes } from "../../src/matrix/probes/play-probes.js";
import { Rig } from "../../src/matrix/probes/rig.js";
import { proxyJobsOf, proxyName, proxyTitle } from "../../src/matrix/proxy-job.js";
import { startProxy } from "../../src/matrix/proxy-process.js";
import { proxyResults } from "../../src/matrix/results.js";
import { fakeIo } from "../cli/fake-io.js";
import { temporaryFolder } from "../cli/temporary-folder.js";

const STACKS = fileURLToPath(new URL("../../../../../interop/stacks", import.meta.url));
const packages = new Packages(join(STACKS, "../node_modules"));
const stacks = readStacks(STACKS);
const jobs = proxyJobsOf(stacks, ["http1"]);

/** No WebSocket is of use without these. */
const NEEDED = [
  "permessage-deflate",
  "frames-behind-101",
  "frames",
  "pings",
  "close-of-client",
  "close-of-server",
  "data-before-end-of-client",
  "data-before-end-of-server",
];

test("there are six proxies over HTTP/1.1, and some over HTTP/2", () => {
  assert.ok(jobs.length >= 6);
  assert.ok(proxyJobsOf(stacks, ["http2"]).length >= 3);
});

describe("each proxy", { timeout: 540_000 }, () => {
  const folder = temporaryFolder();
  for (const job of jobs) {
    test(`${proxyTitle(job)}: passes what a WebSocket needs`, async (t) => {
      const here = await packages.availability(job.stack);
      if (!here.available) {
        t.skip(here.because);
        return;
      }
      const rig = await Rig.start();
      t.after(() => rig.close());
      const source = join(STACKS, job.stack.folder);
      const own = join(folder, job.stack.folder);
      const start = { source, program: job.program, folder: own, behind: rig.port, idleSeconds: 600 };
      const proxy = await startProxy(start, t.signal);
      t.after(() => proxy.stop());
      rig.proxyPort = proxy.port;
      const probes = PROBES.filter(({ name }) => NEEDED.includes(name));
      const outcomes = await playProbes(rig, probes, t.signal);
      assert.deepEqual(
        outcomes.map(({ name, outcome, seen }) => [name, outcome === "kept" ? outcome : seen]),
        NEEDED.map((name) => [name, "kept"]),
      );
    });
  }

  test("what came of one of them is stored, and it is not tested again", async (t) => {
    const here = await Promise.all(
      jobs.map(async (job) => (await packages.availability(job.stack)).available),
    );
    const job = jobs.find((_, index) => here[index]);
    if (job === undefined) {
      t.skip("no proxy is installed");
      return;
    }
    const first = await run(job.stack.folder, folder);
    assert.equal(first.code, 0, first.said);
    const file = join(folder, "results/proxies", `${proxyName(job)}.json`);
    const { status, differences, probes } = proxyResults.parse(JSON.parse(readFileSync(file, "utf8")));
    assert.equal(status, "tested");
    assert.deepEqual(differences, []);
    assert.deepEqual(
      probes.map(({ name }) => name),
      PROBES.map(({ name }) => name),
    );
    const second = await run(job.stack.folder, folder);
    assert.match(second.said, new RegExp(`^${job.stack.folder}, HTTP/1.1: unchanged, `, "m"));
  });
});

async function run(name: string, folder: string): Promise<{ readonly code: number; readonly said: string }> {
  const io = fakeIo();
  const places = ["--stacks", STACKS, "--results", join(folder, "results"), "--runs", join(folder, "runs")];
  const code = await runProgram(
    ["matrix", "proxies", name, "--http1", "--cases", "1.1.*,7.1.1", ...places],
    io,
  );
  return { code, said: io.written() + io.complaints.join("\n") };
}
