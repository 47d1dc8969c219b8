import assert from "node:assert/strict";
import { test } from "node:test";
import { startEchoServer } from "@wireproof/peers";
import { BrokenPipe } from "../../src/cli/sink.js";
import { runWstest } from "../../src/wstest/program.js";
import { fakeIo } from "../cli/fake-io.js";
import { during } from "../integration/play-run.js";
import { readIndex, workFolder, writeSpec } from "./workshop.js";

test("a script that stops reading still gets its reports", async (context) => {
  const { url } = await during(context, startEchoServer());
  const folder = workFolder();
  const servers = [{ agent: "a", url }];
  writeSpec(folder, "f.json", {
    outdir: `${folder}/r`,
    servers,
    cases: ["1.1.*"],
    "exclude-agent-cases": { a: ["1.1.1"] },
  });
  const io = fakeIo({ print: () => Promise.reject(new BrokenPipe("EPIPE")) });
  assert.equal(await runWstest(["-m", "fuzzingclient", "-s", `${folder}/f.json`], io, {}), 0);
  assert.equal(Object.keys(readIndex(folder, "r")["a"] ?? {}).length, 7);
  assert.deepEqual(io.complaints, []);
});

test("-d tells every event on standard error", async (context) => {
  const { url } = await during(context, startEchoServer());
  const folder = workFolder();
  writeSpec(folder, "f.json", { outdir: `${folder}/r`, servers: [{ agent: "a", url }], cases: ["1.1.1"] });
  const io = fakeIo();
  await runWstest(["-d", "-m", "fuzzingclient", "-s", `${folder}/f.json`], io, {});
  const types = io.complaints.map((line) => (JSON.parse(line) as { type: string }).type);
  assert.deepEqual([types[0], types.at(-1)], ["run", "run-end"]);
  assert.ok(types.includes("wire"));
});
