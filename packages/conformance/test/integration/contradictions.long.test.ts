import assert from "node:assert/strict";
import { test } from "node:test";
import { mutants, type MutantName } from "@wireproof/peers";
import { judge } from "../../src/judge/judge.js";
import type { Profile } from "../../src/record/record.js";
import type { CaseEnd } from "../../src/run/event.js";
import { contradictionsOf } from "../judge/contradictions.js";
import { caseOf } from "../support/some-case.js";
import { during, playRun } from "./play-run.js";
import { casesOf } from "./verdict-table.js";

const PROFILES: readonly Profile[] = ["modern", "autobahn"];
/** One of everything that a peer can get wrong, without the cases that only repeat it. */
const SOME = casesOf("1.1.1, 2.*, 3.*, 4.*, 5.1, 5.3, 5.6, 5.9, 5.15, 5.18, 6.3.1, 6.4.*, 7.*");
const PEERS: readonly MutantName[] = ["sloppy", "instantdrop", "echobin", "masked", "reject", "wrongAccept"];

for (const name of PEERS) {
  test(`no verdict on ${name} contradicts its record, or itself`, async (context) => {
    const peer = await during(context, mutants[name].start());
    for (const profile of PROFILES) {
      const { ends } = await playRun(peer.url, SOME, { profile });
      assert.ok(ends.length >= SOME.length);
      for (const end of ends) assertConsistent(end);
    }
  });
}

/** As it was judged, and under the rules of the other profile. */
function assertConsistent({ case: id, record, verdict }: CaseEnd): void {
  const judged = caseOf(id);
  assert.deepEqual(judge(judged, record, record.profile), verdict);
  for (const profile of PROFILES) {
    const found = contradictionsOf({ judged, record, verdict: judge(judged, record, profile), profile });
    assert.deepEqual(found, [], `${id} under ${profile}`);
  }
}
