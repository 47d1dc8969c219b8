import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answers, message, refusesOpening } from "../../src/case/expect.js";
import { cases, run, slow, type Result } from "./plan.js";

describe("the case that is played first", () => {
  const ECHO = [message("hi")];
  const ids = "1.1.1 1.1.2 1.2.2 2.1 20.1.1 20.1.2";
  const sane = cases(ids, (id) => ({
    expect: id === "20.1.2" ? refusesOpening({}, ...ECHO) : answers(...ECHO),
  }));
  const echoed: Result = { record: { trace: ECHO } };
  const silent: Result = { outcome: "fail" };
  const refused: Result = {
    outcome: "blocked",
    record: { handshake: { opened: false, request: null, response: null, problem: "403" } },
  };

  test("is alone, and tried once more at the end", async () => {
    const { plays, looks, blocked, notes } = await run({
      cases: sane,
      result: () => echoed,
      look: () => echoed,
    });
    assert.equal(plays[0], "1.1.1/1");
    assert.equal(plays.length, 6);
    assert.deepEqual([looks, blocked, notes], [["1.1.1"], [], []]);
  });
  test("not echoed, nor any other message: what needs an echo is not played", async () => {
    const { plays, looks, blocked } = await run({ cases: sane, result: () => silent, look: () => silent });
    assert.deepEqual(plays, ["1.1.1/1", "20.1.2/1"]);
    assert.deepEqual(looks, ["1.1.2", "1.2.2"]);
    const because = "not played, because the peer echoes no message (1.1.1: )";
    assert.deepEqual(
      blocked,
      ["1.1.2", "1.2.2", "2.1", "20.1.1"].map((id) => `${id}: ${because}`),
    );
  });
  test("no connection opens: only opening handshakes are played", async () => {
    const { plays, blocked } = await run({ cases: sane, result: () => refused, look: () => refused });
    assert.deepEqual([...new Set(plays.map((play) => play.split("/", 1)[0]))], ["1.1.1", "20.1.1", "20.1.2"]);
    assert.match(blocked[0] ?? "", /^1\.1\.2: not played, because no connection opens \(1\.1\.1: /);
  });
  for (const id of ["1.1.2", "1.2.2"]) {
    test(`not echoed, but ${id} is: every case is judged`, async () => {
      const { plays, blocked } = await run({
        cases: sane,
        result: (played) => (played === "1.1.1" ? silent : echoed),
        look: (played) => (played === id ? echoed : silent),
      });
      assert.equal(plays.length, 6);
      assert.deepEqual(blocked, []);
    });
  }
  test("wrong in another way, but echoed: every case is judged", async () => {
    const wrong: Result = { outcome: "fail", record: { trace: [message("hello"), ...ECHO] } };
    const { plays, looks } = await run({ cases: sane, result: () => wrong });
    assert.equal(plays.length, 6);
    assert.deepEqual(looks, []);
  });
  test("no connection any more while others are tried: every case is judged", async () => {
    const { blocked } = await run({ cases: sane, result: () => silent, look: () => "gone" });
    assert.deepEqual(blocked, []);
  });
  test("a limit decides: it is repeated before it says anything", async () => {
    const { plays, blocked } = await run({
      cases: sane,
      result: (id, attempt) => (id === "1.1.1" && attempt === 1 ? slow() : echoed),
      look: () => echoed,
    });
    assert.deepEqual(plays.slice(0, 2), ["1.1.1/1", "1.1.1/2"]);
    assert.deepEqual(blocked, []);
  });
  for (const [what, plan] of [
    ["a selection without one of the three", { cases: sane.filter(({ id }) => id !== "1.2.2") }],
    ["sanityFirst: false", { cases: sane, sanityFirst: false }],
  ] as const) {
    test(`there is none with ${what}`, async () => {
      const { plays, looks, blocked } = await run({ ...plan, result: () => silent, look: () => silent });
      assert.equal(plays.length, plan.cases.length);
      assert.deepEqual([looks, blocked], [[], []]);
    });
  }
  for (const [what, last] of [
    ["no longer passes", silent],
    ["no longer connects", "nothing listens there"],
  ] as const) {
    test(`${what} at the end: a note says so, and no verdict`, async () => {
      const { looks, notes, reported, result } = await run({
        cases: sane,
        result: () => echoed,
        look: () => last,
      });
      assert.deepEqual(looks, ["1.1.1", "1.1.1", "1.1.1"]);
      assert.match(notes.join(), /^the peer passed 1\.1\.1 at first, and no longer at the end of the run: /);
      assert.ok(reported.every((line) => line.endsWith(" pass")));
      assert.deepEqual(result, {});
    });
  }
});
