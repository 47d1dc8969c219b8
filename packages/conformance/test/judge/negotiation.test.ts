import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { answers, mayRefuse, message, negotiates, pongWith, refusesOpening } from "../../src/case/expect.js";
import type { Negotiation, WrittenAnswer } from "../../src/case/negotiation.js";
import { judge } from "../../src/judge/judge.js";
import type { HandshakeRecord, Profile } from "../../src/record/record.js";
import { recordOf, type RecordChanges } from "../support/sample-record.js";
import { someCase } from "../support/some-case.js";

const PMD = "permessage-deflate";
const FIRST = "7692-7-2";

/** Outcome and requirement, which are the same under both profiles. */
function verdict(judged: Case, changes: RecordChanges): string {
  const of = (profile: Profile): string => {
    const { outcome, requirement = "" } = judge(judged, recordOf({ profile, ...changes }), profile);
    return `${outcome} ${requirement}`.trim();
  };
  assert.equal(of("modern"), of("autobahn"));
  return of("modern");
}

function head(first: string, lines: readonly string[]): string {
  return [first, ...lines, "", ""].join("\r\n");
}

function shaken(
  offers: readonly string[],
  said: readonly string[],
  changes: Partial<HandshakeRecord> = {},
): RecordChanges {
  const handshake = {
    opened: true,
    request: head("GET / HTTP/1.1", offers),
    response: head("HTTP/1.1 101 Switching Protocols", said),
    status: 101,
    ...changes,
  };
  return { handshake, extension: null };
}

function offered(deflate: Negotiation["deflate"], offers: readonly string[]): Case {
  return someCase({
    requirements: [FIRST],
    peer: "server",
    deflate: { offers, acceptor: "plain" },
    expect: negotiates(deflate),
  });
}

const extensions = (value: string): string => `Sec-WebSocket-Extensions: ${value}`;
const protocol = (value: string): string => `Sec-WebSocket-Protocol: ${value}`;

describe("what a server makes of an offer that it may accept", () => {
  const table: readonly (readonly [said: readonly string[], expected: string])[] = [
    [[], "unimplemented"],
    [[PMD], "pass"],
    [[`${PMD}; server_no_context_takeover; client_max_window_bits=10`], "pass"],
    [[`${PMD}; client_max_window_bits=15`], "informational"],
    [[`${PMD}; client_max_window_bits=16`], "fail 7692-7-6"],
    [[`${PMD}; client_max_window_bits`], "fail 7692-7-6"],
    [[`${PMD}; foo`], "fail 7692-7-5"],
    [[`${PMD}; client_no_context_takeover; client_no_context_takeover`], "fail 7692-7-7"],
    [[`${PMD}, ${PMD}`], "fail 7692-5-3"],
    [[PMD, PMD], "fail 7692-5-3"],
    [[`${PMD};`], "fail 6455-9.1-1"],
    [[""], "fail 6455-9.1-1"],
    [["x-other"], "fail 6455-9-1"],
    [[`${PMD}, x-other`], "fail 6455-9-1"],
  ];
  const offers = [`${PMD}; client_max_window_bits=12`];
  for (const [said, expected] of table) {
    test(said.join(" | ") || "nothing", () => {
      const record = shaken(offers.map(extensions), said.map(extensions));
      assert.equal(verdict(offered("accepted", offers), record), expected);
    });
  }

  test("several offers: the answer has to fit one of them", () => {
    const two = [`${PMD}; server_max_window_bits=10`, `${PMD}; server_no_context_takeover`];
    const of = (said: string): string =>
      verdict(offered("accepted", two), shaken([extensions(two.join(", "))], [extensions(said)]));
    assert.equal(of(`${PMD}; server_max_window_bits=9`), "pass");
    assert.equal(of(`${PMD}; server_no_context_takeover`), "pass");
    assert.equal(of(PMD), "fail 7692-5-2");
  });

  test("an extension that nobody knows is not accepted, even if it was offered", () => {
    const record = shaken([extensions("x-other")], [extensions("x-other")]);
    assert.equal(verdict(offered("either", ["x-other"]), record), "fail 6455-9.1-3");
  });
});

describe("an offer that a server has to decline", () => {
  const bad = `${PMD}; server_max_window_bits=7`;
  const judged = offered("declined", [bad]);
  const answeredWith = (status: number, usualOpens?: boolean): RecordChanges =>
    shaken([extensions(bad)], [], {
      opened: false,
      status,
      problem: "it was refused",
      response: head(`HTTP/1.1 ${status} Reason`, []),
      ...(usualOpens === undefined ? {} : { usualOpens }),
    });

  test("is declined, or accepted in any way", () => {
    assert.equal(verdict(judged, shaken([extensions(bad)], [])), "pass");
    assert.equal(verdict(judged, shaken([extensions(bad)], [extensions(PMD)])), `fail ${FIRST}`);
    assert.equal(verdict(judged, shaken([extensions(bad)], [extensions(bad)])), `fail ${FIRST}`);
  });
  test("is no reason to refuse the request", () => {
    assert.equal(verdict(judged, answeredWith(400, true)), "informational");
    assert.equal(verdict(judged, answeredWith(500, true)), "fail 7692-7-4");
  });
  test("is not what a server refuses that refuses every request", () => {
    const { outcome } = judge(judged, recordOf(answeredWith(500, false)), "modern");
    assert.equal(outcome, "blocked");
  });
  test("may be refused where the header is malformed", () => {
    const malformed = { ...judged, expect: { ...judged.expect, opening: { end: "either" as const } } };
    assert.equal(verdict(malformed, answeredWith(400)), "pass");
    assert.equal(verdict(malformed, answeredWith(500)), "informational");
    assert.equal(verdict(malformed, shaken([extensions(bad)], [])), "pass");
  });
});

describe("the subprotocol of an answer", () => {
  const judged = someCase({ request: { lines: [] }, peer: "server", expect: mayRefuse() });
  const table: readonly (readonly [offers: readonly string[], said: readonly string[], expected: string])[] =
    [
      [[], [], "pass"],
      [["a, b"], [], "pass"],
      [["a, b"], ["b"], "pass"],
      [["a", " b ,c"], ["c"], "pass"],
      [[], ["a"], "fail 6455-4.2.2-7"],
      [["a"], [""], "fail 6455-4.2.2-7"],
      [["a, b"], ["c"], "fail 6455-4.2.2-6"],
      [["a, b"], ["a, b"], "fail 6455-4.2.2-6"],
      [["A"], ["a"], "fail 6455-4.2.2-6"],
      [["a b"], ["a b"], "fail 6455-4.2.2-6"],
      [['"a"'], ['"a"'], "fail 6455-4.2.2-6"],
      [["a, b"], ["a", "b"], "fail 6455-11.3.4-1"],
    ];
  for (const [offers, said, expected] of table) {
    test(`${said.join(" | ") || "none"} to ${offers.join(" | ") || "none"}`, () => {
      assert.equal(verdict(judged, shaken(offers.map(protocol), said.map(protocol))), expected);
    });
  }

  test("no field comes out of a value, whatever the status", () => {
    const smuggled = { ...judged, expect: mayRefuse({ neverField: "X-Injected" }) };
    for (const status of [101, 400]) {
      const response = head(`HTTP/1.1 ${status} Reason`, [protocol("a"), "x-injected: yes"]);
      const record = shaken([protocol("a")], [], { opened: status === 101, status, response });
      assert.equal(verdict(smuggled, record), "fail 6455-6.2-1");
    }
  });

  test("an answer that is wrong in another way is judged as such", () => {
    const changes = { opened: false, problem: "the key is wrong", requirement: "6455-4.1-25" };
    const { outcome, requirement } = judge(judged, recordOf(shaken([], [], changes)), "modern");
    assert.deepEqual([outcome, requirement], ["fail", "6455-4.1-25"]);
  });
});

test("a server that has to answer does not stay silent", () => {
  const judged = someCase({
    request: { lines: [] },
    peer: "server",
    expect: mayRefuse({ mustAnswer: true }),
  });
  const silent = (noAnswer: "late" | "closed" | "reset"): RecordChanges =>
    shaken([], [], { opened: false, response: null, problem: "nothing came", noAnswer });
  assert.equal(verdict(judged, silent("late")), "fail 6455-6.2-1");
  assert.equal(verdict(judged, silent("closed")), "pass");
  assert.equal(verdict(judged, silent("reset")), "pass");
  assert.equal(verdict({ ...judged, expect: mayRefuse() }, silent("closed")), "pass");
});

describe("what a client makes of an answer that it must not take", () => {
  const acceptor: WrittenAnswer = { needs: "deflate", adds: "; foo" };
  const judged = someCase({
    requirements: ["7692-7-5"],
    peer: "client",
    deflate: { offers: [PMD], acceptor },
    expect: refusesOpening({ mayDrop: true }, pongWith("open?"), message("open?")),
  });
  const by = (changes: RecordChanges, offers: readonly string[] = [PMD]): string =>
    verdict(judged, {
      role: "server",
      ...shaken(offers.map(extensions), [extensions(`${PMD}; foo`)]),
      ...changes,
    });
  const NOTHING = { closedByTester: false, clean: false, remoteCode: null, remotePayload: null };

  test("it closes TCP, with or without a Close frame that reports a problem", () => {
    assert.equal(by({ close: NOTHING }), "pass");
    for (const [remoteCode, remotePayload] of [
      [1010, "03f2"],
      [1002, "03ea"],
      [null, ""],
    ] as const) {
      assert.equal(by({ close: { ...NOTHING, remoteCode, remotePayload } }), "pass");
    }
  });
  test("it shows that it has opened the connection", () => {
    assert.equal(by({ trace: [pongWith("open?")] }), "fail 7692-7-5");
    assert.equal(by({ trace: [message("open?")] }), "fail 7692-7-5");
    assert.equal(by({ violations: ["rsv"], close: NOTHING }), "fail 7692-7-5");
    assert.equal(by({ close: { ...NOTHING, remoteCode: 1000, remotePayload: "03e8" } }), "fail 7692-7-5");
    assert.equal(by({}), "fail 7692-7-5");
  });
  test("it does nothing", () => {
    assert.equal(by({ close: { ...NOTHING, tcp: "ended-by-tester" } }), "fail 6455-7.1.7-1");
  });
  test("it never offered anything", () => {
    assert.equal(by({ trace: [pongWith("open?"), message("open?")] }, []), "unimplemented");
  });
});

describe("what a client makes of an answer that it may take", () => {
  const judged = (acceptor: WrittenAnswer): Case =>
    someCase({ peer: "client", deflate: { offers: [PMD], acceptor }, expect: answers(message("hi")) });
  const may: WrittenAnswer = { needs: "fit", adds: "; client_max_window_bits=8", mayBeRefused: true };
  const must: WrittenAnswer = { needs: "fit", adds: "; client_no_context_takeover" };
  const by = (acceptor: WrittenAnswer, changes: RecordChanges): string => {
    const record = shaken(
      [extensions(`${PMD}; client_max_window_bits`)],
      [extensions(PMD + (acceptor.adds ?? ""))],
    );
    const { outcome } = judge(
      judged(acceptor),
      recordOf({ role: "server", ...record, ...changes }),
      "modern",
    );
    return outcome;
  };
  const GONE = { closedByTester: false, clean: false, remoteCode: null, remotePayload: null };

  test("it takes it", () => {
    assert.equal(by(may, { trace: [message("hi")] }), "pass");
    assert.equal(by(must, { trace: [message("hi")] }), "pass");
  });
  test("it refuses what it need not support", () => {
    assert.equal(by(may, { close: GONE }), "unimplemented");
    assert.equal(
      by(may, {
        close: { ...GONE, remoteCode: 1010, remotePayload: "03f2" },
        frames: { received: { "8": 1 }, sent: {} },
      }),
      "unimplemented",
    );
    assert.equal(by(must, { close: GONE }), "fail");
  });
  test("it takes it and breaks down later", () => {
    assert.equal(by(may, { close: { ...GONE, remoteCode: 1011, remotePayload: "03f3" } }), "fail");
    assert.equal(by(may, { close: GONE, frames: { received: { "10": 1 }, sent: {} } }), "fail");
  });
});
