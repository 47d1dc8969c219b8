import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { CASES } from "../../src/cases/index.js";
import { judge } from "../../src/judge/judge.js";
import type { EarlierExchange, HandshakeRecord } from "../../src/record/record.js";
import { recordOf } from "../support/sample-record.js";

function caseOf(id: string): Case {
  const found = CASES.find((one) => one.id === id);
  assert.ok(found);
  return found;
}

const RETRY = caseOf("20.5.8");
const AT_ONCE = caseOf("20.7.6");

function first(status: number | undefined, end: EarlierExchange["end"] = "whole"): EarlierExchange {
  const response = status === undefined ? null : `HTTP/1.1 ${status} Reason\r\n\r\n`;
  return { request: "GET / HTTP/1.1\r\n\r\n", response, ...(status === undefined ? {} : { status }), end };
}

function verdict(judged: Case, before: EarlierExchange, second: Partial<HandshakeRecord>): readonly string[] {
  const handshake = { opened: false, request: "GET / HTTP/1.1\r\n\r\n", response: null, before, ...second };
  const of = (profile: "modern" | "autobahn"): readonly string[] => {
    const { outcome, requirement = "", because } = judge(judged, recordOf({ profile, handshake }), profile);
    return [outcome, requirement, because];
  };
  assert.deepEqual(of("autobahn"), of("modern"));
  return of("modern");
}

function answered(status: number): Partial<HandshakeRecord> {
  return { status, response: `HTTP/1.1 ${status} Reason\r\n\r\n` };
}

describe("a request behind another one", () => {
  for (const judged of [RETRY, AT_ONCE]) {
    test(`${judged.id}: no server has to answer it`, () => {
      const allowed: readonly (readonly [EarlierExchange, Partial<HandshakeRecord>])[] = [
        [first(426, "last"), {}],
        [first(426, "closed"), { noAnswer: "closed" }],
        [first(426), { noAnswer: "closed" }],
        [first(426), { noAnswer: "reset" }],
        [first(426), { noAnswer: "late" }],
        [first(426), answered(404)],
        [first(426, "late"), { noAnswer: "late" }],
        [first(426, "endless"), {}],
        [first(undefined, "closed"), { noAnswer: "closed" }],
        [first(undefined, "foreign"), {}],
      ];
      for (const [before, second] of allowed) assert.equal(verdict(judged, before, second)[0], "pass");
    });
    test(`${judged.id}: the first one must be refused`, () => {
      const [outcome, requirement] = verdict(judged, first(101), {});
      assert.deepEqual([outcome, requirement], ["fail", "6455-4.2.2-4"]);
    });
    test(`${judged.id}: nothing but HTTP comes behind the first answer`, () => {
      const [outcome, requirement, because = ""] = verdict(judged, first(426), {
        response: "\x88\x02\x03\xea",
      });
      assert.deepEqual([outcome, requirement], ["fail", "9112-6.3-1"]);
      assert.match(because, /octets that are not HTTP/);
    });
  }
  test("a GET is not answered with 101", () => {
    const [outcome, requirement, because = ""] = verdict(AT_ONCE, first(426), {
      ...answered(101),
      opened: true,
    });
    assert.deepEqual([outcome, requirement], ["fail", "9112-6.3-1"]);
    assert.match(because, /the second, which asks for no WebSocket, with HTTP 101/);
  });
  test("a wrong 101 fails like any other", () => {
    const second = { ...answered(101), problem: "the hash is wrong", requirement: "6455-4.2.2-10" };
    const { outcome, requirement } = judge(
      RETRY,
      recordOf({
        profile: "modern",
        handshake: {
          opened: false,
          request: "",
          before: first(426),
          ...second,
          response: second.response ?? null,
        },
      }),
      "modern",
    );
    assert.deepEqual([outcome, requirement], ["fail", "6455-4.2.2-10"]);
  });
});
