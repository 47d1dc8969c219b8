import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { answers, message, observesOpening, pongWith, refusesOpening } from "../../src/case/expect.js";
import type { OpeningExpectation } from "../../src/case/handshake.js";
import { judge } from "../../src/judge/judge.js";
import type { HandshakeRecord, Profile } from "../../src/record/record.js";
import { recordOf, type RecordChanges } from "../support/sample-record.js";
import { someCase } from "../support/some-case.js";

const REQUEST = { lines: ["GET {path} HTTP/1.1"] };
const DEMAND = "6455-4.2.1-7";
const ADVICE = "6455-10.7-3";

function refusing(refusal: Omit<OpeningExpectation, "end"> = {}): Case {
  return someCase({
    request: REQUEST,
    requirements: [DEMAND],
    expect: refusesOpening(refusal, pongWith("open?")),
  });
}

function answered(status: number, ...lines: string[]): HandshakeRecord {
  const response = [`HTTP/1.1 ${status} Reason`, ...lines, "", ""].join("\r\n");
  return { opened: status === 101, request: "GET / HTTP/1.1\r\n\r\n", response, status };
}

function silent(noAnswer: HandshakeRecord["noAnswer"] & string): HandshakeRecord {
  return { opened: false, request: "GET / HTTP/1.1\r\n\r\n", response: null, problem: "nothing", noAnswer };
}

/** Outcome, closing and requirement are the same under both profiles. */
function verdict(
  judged: Case,
  changes: RecordChanges,
): readonly [string, string, string | undefined, string] {
  const of = (profile: Profile): readonly [string, string, string | undefined, string] => {
    const { outcome, closing, requirement, because } = judge(
      judged,
      recordOf({ profile, ...changes }),
      profile,
    );
    return [outcome, closing, requirement, because];
  };
  assert.deepEqual(of("modern"), of("autobahn"));
  return of("modern");
}

describe("a request that has to be refused", () => {
  const NA = "not-applicable";
  test("is, with any status", () => {
    for (const status of [400, 404, 426, 200, 301]) {
      const said = `The server answered HTTP ${status} Reason and did not open the connection.`;
      assert.deepEqual(verdict(refusing(), { handshake: answered(status) }), ["pass", NA, undefined, said]);
    }
  });
  test("with a status that must be another one", () => {
    const [outcome, , requirement, because] = verdict(refusing({ statuses: [400, 426] }), {
      handshake: answered(404),
    });
    assert.deepEqual([outcome, requirement], ["fail", DEMAND]);
    assert.match(because, /HTTP 404 Reason instead of 400 or 426/);
  });
  test("with the fields that it has to carry, or without them", () => {
    const judged = refusing({ carries: [{ name: "Sec-WebSocket-Version", element: "13" }] });
    const outcomeWith = (...lines: string[]): string =>
      verdict(judged, { handshake: answered(426, ...lines) })[0];
    assert.equal(outcomeWith("sec-websocket-version: 8, 13"), "pass");
    assert.equal(outcomeWith("Sec-WebSocket-Version: 8", "Sec-WebSocket-Version: 13"), "pass");
    assert.equal(outcomeWith("Sec-WebSocket-Version: 130"), "fail");
    assert.match(verdict(judged, { handshake: answered(426) })[3], /without Sec-WebSocket-Version: 13/);
    const on426 = refusing({ carries: [{ name: "Upgrade", status: 426 }] });
    assert.equal(verdict(on426, { handshake: answered(400) })[0], "pass");
    assert.match(verdict(on426, { handshake: answered(426) })[3], /without Upgrade/);
    assert.equal(verdict(on426, { handshake: answered(426, "Upgrade: websocket") })[0], "pass");
  });
  test("by closing TCP, which is tolerated or allowed", () => {
    assert.deepEqual(verdict(refusing(), { handshake: silent("closed") }).slice(0, 3), [
      "non-strict",
      NA,
      ADVICE,
    ]);
    assert.equal(verdict(refusing({ mayDrop: true }), { handshake: silent("reset") })[0], "pass");
  });
  test("and is not answered at all", () => {
    const changes = {
      handshake: silent("late"),
      timers: ["answer-timeout"],
      limits: { "answer-timeout": 5 },
    };
    const [outcome, , requirement, because] = verdict(refusing(), changes);
    assert.deepEqual([outcome, requirement], ["fail", "6455-4.2.1-1"]);
    assert.match(because, /neither answered the request nor closed TCP within 5 s/);
  });
  test("and is answered with something else than HTTP", () => {
    const handshake = { opened: false, request: null, response: "SSH-2.0", problem: "this is no HTTP" };
    assert.deepEqual(verdict(refusing(), { handshake }), ["fail", NA, "6455-4.2.1-1", "This is no HTTP."]);
  });
  test("and is answered with 101: a Pong or a frame shows that the connection is open", () => {
    const because = (changes: RecordChanges): string => {
      const [outcome, , requirement, said] = verdict(refusing(), { handshake: answered(101), ...changes });
      assert.deepEqual([outcome, requirement], ["fail", DEMAND]);
      return said;
    };
    assert.match(
      because({ trace: [pongWith("open?")] }),
      /HTTP 101 and opened the connection: it answered a Ping/,
    );
    assert.match(because({ frames: { received: { "8": 1 }, sent: {} } }), /sent frames/);
    assert.match(because({}), /and then no frame/);
  });
});

describe("a request that has to open the connection", () => {
  const judged = (requirement: typeof DEMAND | typeof ADVICE): Case =>
    someCase({
      request: REQUEST,
      requirements: [requirement, "6455-6.2-1"],
      expect: answers(message("Hello")),
    });
  test("and is refused, although the usual one is not", () => {
    const handshake = { ...answered(400), problem: "it was refused", usualOpens: true };
    const [outcome, closing, requirement, because] = verdict(judged(DEMAND), { handshake });
    assert.deepEqual([outcome, closing, requirement], ["fail", "not-opened", DEMAND]);
    assert.equal(because, "It was refused; the usual request is accepted.");
  });
  test("although the RFC only advises it", () => {
    const handshake = { ...answered(400), usualOpens: true };
    assert.deepEqual(verdict(judged(ADVICE), { handshake }).slice(0, 3), [
      "non-strict",
      "not-opened",
      ADVICE,
    ]);
  });
  test("and is refused like the usual one: that blocks the case", () => {
    const handshake = { ...answered(400), problem: "it was refused", usualOpens: false };
    const { outcome, requirement } = judge(judged(DEMAND), recordOf({ handshake }), "modern");
    assert.deepEqual([outcome, requirement], ["blocked", undefined]);
  });
  test("does, and the echo is missing: that breaks what an echo is about", () => {
    const { outcome, requirement } = judge(judged(DEMAND), recordOf(), "modern");
    assert.deepEqual([outcome, requirement], ["fail", "6455-6.2-1"]);
  });
});

test("what is only observed is told", () => {
  const judged = someCase({ request: REQUEST, expect: observesOpening(answers()) });
  const told = (handshake: HandshakeRecord): string => {
    const [outcome, closing, , because] = verdict(judged, { handshake });
    assert.deepEqual([outcome, closing], ["informational", "not-applicable"]);
    return because;
  };
  assert.match(told(answered(101)), /HTTP 101 and then no frame/);
  assert.equal(told(answered(505)), "The server answered HTTP 505 Reason.");
  assert.equal(told(silent("closed")), "Nothing.");
});

test("where the connection may open or not, a MUST that is broken behind it fails the case, and a SHOULD does not", () => {
  const judged = someCase({ request: REQUEST, expect: { ...answers(), opening: { end: "either" } } });
  const outcomeOf = (...violations: RecordChanges["violations"] & readonly unknown[]): readonly unknown[] =>
    verdict(judged, { handshake: answered(101), violations }).slice(0, 3);
  assert.deepEqual(outcomeOf("rsv"), ["fail", "not-applicable", "6455-5.2-1"]);
  // What is only advised is said of the connection, not of the case.
  assert.deepEqual(outcomeOf("control-after-closing"), ["pass", "not-applicable", undefined]);
  assert.equal(outcomeOf()[0], "pass");
});
