import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { mutants, startEchoServer, type RunningPeer } from "@wireproof/peers";
import { compareAutobahnCommand } from "../../src/cli/compare-autobahn.js";
import { runClient } from "../wstest/workshop.js";
import { UsageError } from "../../src/cli/usage-error.js";
import { RunFileError } from "../../src/report/read-run-file.js";
import { during } from "../integration/play-run.js";
import { workFolder } from "../wstest/workshop.js";
import { fakeIo } from "./fake-io.js";
import { wireproof } from "./spawn-wireproof.js";

async function compared(
  ...args: readonly string[]
): Promise<{ text: string; complaints: readonly string[] }> {
  const io = fakeIo({ columns: 100 });
  assert.equal(await compareAutobahnCommand.run(args, io), 0);
  return { text: io.written(), complaints: io.complaints };
}

/** Runs some cases with wstest and returns its folder, where the index and the run file are. */
async function ran(peer: RunningPeer, agent: string, cases: readonly string[]): Promise<string> {
  const folder = workFolder();
  await runClient(folder, { outdir: "r", servers: [{ agent, url: peer.url }], cases });
  return join(folder, "r");
}

test("the same run differs in nothing, and what the other profile plays otherwise is named", async (context) => {
  const folder = await ran(await during(context, startEchoServer()), "ws", ["1.1.*", "6.4.1"]);
  const { text } = await compared(join(folder, "index.json"), join(folder, "run.ndjson"));
  assert.match(text, /^ws\n\nprofile autobahn, the default of wstest: 9 as before, 0 changed\n/);
  assert.match(
    text,
    /profile modern, the default of wireproof: 8 as before, 0 changed\n {2}1 case played differently under/,
  );
});

test("a difference of the rules is shown with the rule, one of the peer as such", async (context) => {
  const folder = await ran(await during(context, mutants.instantdrop.start()), "old", ["2.5", "1.1.1"]);
  const { text } = await compared(join(folder, "index.json"), join(folder, "run.ndjson"));
  const modern = text.slice(text.indexOf("profile modern"));
  // A bare drop is good enough for the original.
  assert.match(
    modern,
    /2\.5 +OK \/ \S+.* → NON-STRICT[^]*The profile is the reason: autobahn gives[^]*§7\.1\.7/,
  );
  const other = join(folder, "other.json");
  const old = {
    x: { "1.1.1": { behavior: "OK", behaviorClose: "OK" }, "9.1.1": { behavior: "OK", behaviorClose: "OK" } },
  };
  writeFileSync(other, JSON.stringify(old));
  const changed = (await compared(other, join(folder, "run.ndjson"))).text;
  assert.match(changed, /^x, called old in the run\n/);
  assert.match(changed, /1\.1\.1 +OK \/ OK → FAILED[^]*The rules are not the reason/);
  assert.match(changed, /1 case not played in this run\n +9\.1\.1/);
  assert.match(changed, /1 case not in the index\n +2\.5/);
});

test("the index of a run under modern, with that run: what differs under autobahn is the profile's doing", async (context) => {
  const { url } = await during(context, mutants.instantdrop.start());
  const out = join(workFolder(), "r");
  const run = ["test", url, "--cases", "2.5,1.1.1", "--out", out, "--reporter", "autobahn"];
  assert.equal((await wireproof(run)).code, 1);
  const { text } = await compared(join(out, "index.json"), join(out, "run.ndjson"));
  assert.match(text, /2\.5 +NON-STRICT \/ \S+ → OK/);
  assert.match(
    text.replaceAll(/\s+/g, " "),
    /The profile is the reason: modern gives NON-STRICT \/ \S+ for the same record\./,
  );
  assert.doesNotMatch(text, /The rules are not the reason/);
  assert.match(text, /profile modern, the default of wireproof: 2 as before, 0 changed/);
});

test("without a run: the cases that may change, by the reason", async () => {
  const file = join(workFolder(), "index.json");
  const result = { behavior: "OK", behaviorClose: "OK", duration: 1 };
  writeFileSync(file, JSON.stringify({ "a\u001b": { "1.1.1": result, "2.10": result, "99.1": result } }));
  const { text } = await compared(file);
  assert.match(text, /^a\\x1b: 3 cases\n/);
  assert.match(text, /several Pings[^]*\n {4,}2\.10\n/);
  assert.doesNotMatch(text, /1\.1\.1/);
});

test("an agent that the run does not have", async (context) => {
  const folder = await ran(await during(context, startEchoServer()), "ws", ["1.1.1"]);
  const file = join(folder, "two.json");
  const cases = { "1.1.1": { behavior: "OK", behaviorClose: "OK" } };
  writeFileSync(file, JSON.stringify({ ws: cases, faye: cases }));
  const { complaints } = await compared(file, join(folder, "run.ndjson"));
  assert.deepEqual(complaints, ['the run has no peer "faye"; it has "ws"']);
});

test("files that are none", async () => {
  const folder = workFolder();
  const bad = join(folder, "bad.json");
  const refuse = async (...args: readonly string[]): Promise<void> =>
    assert.rejects(compareAutobahnCommand.run(args, fakeIo()), UsageError);
  await refuse(bad);
  writeFileSync(bad, '{"a": {"../x": {"behavior": "OK", "behaviorClose": "OK"}}}');
  await refuse(bad);
  writeFileSync(bad, "[1]");
  await refuse(bad);
  writeFileSync(bad, "{}");
  await refuse(bad, "b", "c");
  await assert.rejects(compareAutobahnCommand.run([bad, bad], fakeIo()), RunFileError);
});
