import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CASES } from "../../src/cases/index.js";
import { judge } from "../../src/judge/judge.js";
import { faultsOf } from "../../src/judge/lint.js";
import { saidOf, type Http2OthersRecord, type Http2Record } from "../../src/record/http2-record.js";
import type { CaseRecord } from "../../src/record/record.js";
import { recordOf } from "../support/sample-record.js";

const QUIET: Http2Record = {
  settings: [[[0x8, 1]]],
  asked: { settings: 1, pings: 0 },
  acknowledged: { settings: 1, pings: 0 },
  ended: "end-stream",
};
const OPENED = {
  opened: true,
  request: ":method: CONNECT\r\n\r\n",
  response: ":status: 200\r\nserver: x\r\n\r\n",
  status: 200,
};

function seen(http2: Partial<Http2Record>, changes: Parameters<typeof recordOf>[0] = {}): CaseRecord {
  return { ...recordOf({ handshake: OPENED, ...changes }), role: "client", http2: { ...QUIET, ...http2 } };
}

function verdict(id: string, record: CaseRecord): readonly string[] {
  const judged = CASES.find((one) => one.id === id);
  assert.ok(judged, id);
  const { outcome, requirement = "", because } = judge(judged, record, "modern");
  return [outcome, requirement, because];
}

function withOthers(changes: Partial<Http2OthersRecord>): CaseRecord {
  const others = { webSockets: 2, opened: 2, refused: 0, gets: 0, answered: 0, ...changes };
  return seen({ others });
}

describe("what is wrong with HTTP/2 itself", () => {
  test("fails any case, by the requirement that it breaks", () => {
    const problem = { because: "it pushes", code: "PROTOCOL_ERROR", requirement: "9113-6.6-1" };
    assert.deepEqual(verdict("1.1.1", seen({ problem })), [
      "fail",
      "9113-6.6-1",
      "The peer broke HTTP/2: it pushes.",
    ]);
  });
  test("leaves a case open where no requirement says so", () => {
    const problem = { because: "too much of nothing", code: "ENHANCE_YOUR_CALM" };
    assert.equal(verdict("1.1.1", seen({ problem }))[0], "blocked");
  });
});

describe("the other streams on the connection", () => {
  test("a wrong echo on one of them fails the case", () => {
    assert.deepEqual(verdict("35.1.16", withOthers({ problem: "another one was closed" })), [
      "fail",
      "6455-6.2-1",
      "Another one was closed.",
    ]);
  });
  test("one that does not open, and a GET without an answer, are not strict", () => {
    assert.equal(verdict("35.1.16", withOthers({ opened: 1, unopened: "it is late" }))[0], "non-strict");
    assert.equal(verdict("35.1.16", withOthers({ gets: 3, answered: 2 }))[0], "non-strict");
  });
  test("one that is refused says nothing", () => {
    const [outcome, , because = ""] = verdict("35.1.16", withOthers({ opened: 1, refused: 1 }));
    assert.equal(outcome, "pass");
    assert.match(because, /^1 of 2 other WebSockets .*; 1 were refused\.$/);
  });
});

describe("the end of a stream", () => {
  const close = { ...recordOf({}).close, remotePayload: "03e8", localPayload: "03e8", clean: true };
  const ended = (http2: Partial<Http2Record>): string =>
    verdict("35.1.14", seen(http2, { close })).slice(0, 2).join(" ");

  test("behind both Close frames is END_STREAM", () => {
    assert.equal(ended({ ended: "rst-stream", code: "NO_ERROR" }), "non-strict 8441-5-5");
    assert.equal(ended({ ended: "connection" }), "non-strict 8441-5-5");
    assert.equal(ended({ ended: null }), "fail 6455-5.5.1-8");
  });
  test("has to be an error where the windows overflow", () => {
    const overflown = (http2: Partial<Http2Record>): string => verdict("35.1.23.1", seen(http2))[0] ?? "";
    assert.equal(overflown({ ended: "rst-stream", code: "FLOW_CONTROL_ERROR" }), "pass");
    assert.equal(overflown({ ended: "connection", goaway: "FLOW_CONTROL_ERROR" }), "pass");
    assert.equal(overflown({ ended: "end-stream" }), "fail");
    assert.equal(overflown({ ended: null }), "fail");
  });
});

describe("what every connection over HTTP/2 shows", () => {
  const broken = (record: CaseRecord): readonly string[] =>
    faultsOf(record).map(({ requirement }) => requirement);
  const answered = (response: string): CaseRecord => seen({}, { handshake: { ...OPENED, response } });

  test("nothing of a good answer", () => assert.deepEqual(broken(seen({})), []));
  test("a setting that is neither 0 nor 1, or taken back", () => {
    assert.deepEqual(broken(seen({ settings: [[[0x8, 2]]] })), ["8441-3-1"]);
    assert.deepEqual(broken(seen({ settings: [[[0x8, 1]], [[0x8, 0]]] })), ["8441-3-1"]);
    assert.deepEqual(broken(seen({ settings: [[[0x8, 0]], [[0x8, 1]]] })), []);
  });
  test("fields that HTTP/2 does not have", () => {
    assert.deepEqual(broken(answered(":status: 200\r\nServer: x\r\n\r\n")), ["9113-8.2-2"]);
    assert.deepEqual(broken(answered(":status: 200\r\nupgrade: websocket\r\n\r\n")), ["9113-8.2.2-1"]);
    assert.deepEqual(broken(answered("server: x\r\n:status: 200\r\n\r\n")), ["9113-8.3.2-1"]);
  });
});

test("verdicts over HTTP/2 speak of a stream, and of no TCP", () => {
  const close = {
    ...recordOf({}).close,
    closedByTester: true,
    droppedByTester: true,
    dropTimeout: true,
    clean: false,
    remotePayload: "03e8",
    localPayload: "03e8",
    tcp: "ended-by-tester" as const,
  };
  const [judged] = CASES;
  assert.ok(judged);
  const { closingBecause, ended = "" } = judge(judged, seen({ ended: null }, { close }), "modern");
  assert.match(closingBecause, /^The server did not close the stream .*RFC 8441 §5/);
  assert.doesNotMatch(`${closingBecause} ${ended}`, /TCP/);
});

/** A client, on a stream that it has opened. */
function client(http2: Partial<Http2Record>): CaseRecord {
  return { ...seen(http2), role: "server" };
}

describe("a client over HTTP/2", () => {
  const found = (id: string, http2: Partial<Http2Record>): string =>
    verdict(id, client(http2)).slice(0, 2).join(" ");
  test("sends nothing on a stream that was reset, once it knows of it", () => {
    assert.equal(found("35.2.4", { ended: null }), "pass ");
    assert.equal(found("35.2.4", { ended: "connection" }), "pass ");
    assert.equal(found("35.2.4", { ended: null, behindReset: 1 }), "fail 9113-5.1-1");
    assert.match(verdict("35.2.4", client({ ended: null, behindReset: 2 }))[2] ?? "", /2 frames/);
    const unknown = { asked: { settings: 1, pings: 1 }, acknowledged: { settings: 1, pings: 0 } };
    assert.equal(found("35.2.4", { ended: null, ...unknown }), "fail 9113-6.7-1");
  });
  test("acknowledges PINGs and SETTINGS", () => {
    const asked = { settings: 2, pings: 2 };
    assert.equal(found("35.2.12", { asked, acknowledged: { settings: 2, pings: 1 } }), "fail 9113-6.7-1");
    assert.equal(found("35.2.12", { asked, acknowledged: { settings: 1, pings: 2 } }), "fail 9113-6.5.3-1");
  });
});

test("how a stream ended is said in full", () => {
  const said = (http2: Partial<Http2Record>): string => verdict("35.1.23.1", seen(http2))[2] ?? "";
  assert.match(said({ ended: "connection" }), /ended the connection\.$/);
  assert.match(said({ ended: "connection", goaway: "FLOW_CONTROL_ERROR" }), /GOAWAY, FLOW_CONTROL_ERROR/);
  assert.match(said({ ended: "rst-stream", code: "CANCEL" }), /RST_STREAM, CANCEL/);
  assert.match(said({ ended: "end-stream", goaway: "PROTOCOL_ERROR" }), /END_STREAM/);
  assert.equal(verdict("35.1.15", seen({ ended: null }))[0], "non-strict");
});

test("what else was on the connection is said where it was right", () => {
  const said = (record: CaseRecord): string => verdict("35.1.16", record)[2] ?? "";
  assert.match(said(withOthers({ gets: 3, answered: 3 })), /3 of 3 GET requests were answered/);
  assert.match(said(seen({})), /nothing else was on the connection/i);
});

test("a connection that ended beside a provoked error blames nobody, but the case that provoked it", () => {
  const lost = { ended: "connection", endedBeside: true } as const;
  assert.equal(verdict("1.1.1", client(lost))[0], "blocked");
  assert.equal(verdict("35.2.10.1", client(lost))[0], "pass");
});

test("where the whole connection ended, no text says that the stream did", () => {
  const record = seen({ ended: "connection" });
  const end = "the peer ended the stream";
  assert.equal(saidOf(record, end), "the peer ended the HTTP/2 connection");
  assert.equal(saidOf(record, "TCP was closed"), "The HTTP/2 connection was closed");
  assert.equal(saidOf(seen({}), end), end);
  assert.equal(saidOf(recordOf({}), "the peer reset TCP"), "the peer reset TCP");
});
