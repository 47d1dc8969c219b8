import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { timeouts } from "../../src/tester/timeouts.js";
import type { Outcome, Verdict } from "../../src/judge/verdict.js";
import type { Profile } from "../../src/record/record.js";
import type { Agent } from "../../src/serve/agents.js";
import { Repeats } from "../../src/serve/repeats.js";
import { recordOf, type RecordChanges } from "../support/sample-record.js";
import { someCase } from "../support/some-case.js";

const AGENT = { name: "client", peer: "peer-1" } as Agent;

interface Rig {
  /** Plays a case; true if its result counts. */
  readonly play: (id: string, outcome?: Outcome, changes?: RecordChanges) => boolean;
  /** Cases that were accepted because others agreed. */
  readonly accepted: readonly string[];
  readonly repeats: Repeats;
}

function rig(profile: Profile = "modern"): Rig {
  const repeats = new Repeats(profile);
  const accepted: string[] = [];
  return {
    repeats,
    accepted,
    play: (id, outcome = "fail", changes = { timers: ["kill"] }) => {
      const played = someCase({ id });
      const { isRepeat, leave } = repeats.begin(AGENT, played, timeouts(profile));
      leave();
      const verdict: Verdict = { outcome, closing: "ok", because: "", closingBecause: "", expected: [] };
      const record = recordOf({ profile, concurrent: true, ...changes });
      return repeats.consider(AGENT, played, isRepeat, {
        record,
        verdict,
        accept: () => void accepted.push(id),
      });
    },
  };
}

describe("what limits decided about a client that comes again", () => {
  test("does not count before the case was played again", () => {
    const { play } = rig();
    assert.deepEqual([play("1"), play("1", "pass", {})], [false, true]);
  });
  test("counts the second time, whatever it is", () => {
    const { play } = rig();
    assert.deepEqual([play("1"), play("1")], [false, true]);
  });
  test("is accepted for all the kind when three repeats agree", () => {
    const { play, accepted } = rig();
    for (const id of ["1", "2", "3", "4", "5"]) assert.equal(play(id), false);
    assert.equal(play("6", "fail", { timers: ["close-timeout"] }), false);
    for (const id of ["1", "2", "3"]) assert.equal(play(id), true);
    assert.deepEqual(accepted, ["4", "5"]);
    assert.equal(play("7"), true);
  });
  test("one that does not agree begins the count again", () => {
    const { play, accepted } = rig();
    for (const id of ["1", "2", "3", "4", "5"]) play(id);
    play("1");
    play("2");
    play("3", "pass", {});
    play("4");
    assert.deepEqual(accepted, []);
  });
  test("a failure that no limit decided counts at once, and so does a pass", () => {
    const { play } = rig();
    assert.deepEqual([play("1", "fail", {}), play("2", "pass", { timers: ["until"] })], [true, true]);
  });
  test("under autobahn, also what a client played alone on an idle machine", () => {
    const { play } = rig("autobahn");
    const alone = { timers: ["kill"], concurrent: false };
    assert.equal(play("1", "fail", alone), true);
    assert.equal(play("2", "fail", { ...alone, lostMs: 100, durationMs: 200 }), false);
    assert.equal(play("3"), false);
  });
});

test("repeats have longer limits under modern, and come one at a time", async () => {
  const { repeats, play } = rig();
  const usual = timeouts("modern");
  play("1");
  play("2");
  const first = repeats.begin(AGENT, someCase({ id: "1" }), usual);
  const second = repeats.begin(AGENT, someCase({ id: "2" }), usual);
  assert.equal(first.timeouts.closeMs, 6 * usual.closeMs);
  await first.ready;
  let mayBegin = false;
  void second.ready.then(() => {
    mayBegin = true;
  });
  await Promise.resolve();
  assert.equal(mayBegin, false);
  first.leave();
  await second.ready;
  assert.equal(repeats.begin(AGENT, someCase({ id: "3" }), usual).isRepeat, false);
});
