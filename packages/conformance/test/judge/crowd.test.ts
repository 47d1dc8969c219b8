import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CASES } from "../../src/cases/index.js";
import { judge } from "../../src/judge/judge.js";
import type { CrowdRecord, HandshakeRecord } from "../../src/record/record.js";
import { recordOf } from "../support/sample-record.js";

const CROWDED = CASES.find(({ id }) => id === "20.8.12");

function verdict(crowd: CrowdRecord, changes: Partial<HandshakeRecord> = {}): readonly string[] {
  assert.ok(CROWDED);
  const response = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
  const handshake = { opened: true, request: "", response, status: 101, crowd, ...changes };
  const { outcome, requirement = "", because } = judge(CROWDED, recordOf({ handshake }), "modern");
  return [outcome, requirement, because];
}

describe("many requests at the same time", () => {
  test("may all open a connection, or be refused with an answer or without", () => {
    assert.deepEqual(verdict({ size: 200, opened: 200, refused: 0 }), [
      "pass",
      "",
      "200 of 200 requests at the same time opened a connection.",
    ]);
    const [outcome, , because = ""] = verdict({ size: 200, opened: 100, refused: 60 });
    assert.equal(outcome, "pass");
    assert.match(because, /100 of 200 [^;]*; 60 were refused with an HTTP status; 40 were not answered\./);
  });
  test("the connection of the case may be refused, too", () => {
    const [outcome] = verdict(
      { size: 200, opened: 0, refused: 0 },
      { opened: false, response: null, noAnswer: "late", problem: "late" },
    );
    assert.equal(outcome, "pass");
  });
  test("a wrong answer fails, to whichever connection it came", () => {
    const wrong = { problem: "the hash is that of another key", requirement: "6455-4.2.2-10" };
    const [outcome, requirement, because = ""] = verdict({ size: 200, opened: 199, refused: 0, wrong });
    assert.deepEqual([outcome, requirement], ["fail", "6455-4.2.2-10"]);
    assert.match(because, /the hash is that of another key/);
    const own = { opened: false, problem: "no", requirement: "6455-4.2.2-10" };
    assert.equal(verdict({ size: 200, opened: 200, refused: 0 }, own)[0], "fail");
  });
});
