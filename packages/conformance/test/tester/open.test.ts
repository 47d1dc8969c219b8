import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SocketConnection } from "../../src/net/dial.js";
import { requestLines } from "../../src/case/handshake.js";
import { openAsClient } from "../../src/tester/open.js";
import type { OpenContext, Opened } from "../../src/tester/opening.js";
import { Recorder } from "../../src/record/recorder.js";
import { target } from "../../src/net/target.js";
import type { Profile } from "../../src/record/record.js";
import type { TransportEvents } from "../../src/net/transport.js";
import { acceptFor } from "../../src/wire/http1.js";
import { FakeClock } from "../support/fake-clock.js";
import { FakeTransport } from "../support/fake-transport.js";
import { passingOn } from "../support/passing-on.js";

interface Opening {
  readonly clock: FakeClock;
  readonly transport: FakeTransport;
  readonly recorder: Recorder;
  /** What the handshake came to; more than one would be a fault. */
  readonly results: Opened[];
  /** What the code got that took the transport over. */
  readonly passedOn: string[];
  receive(text: string): void;
  end(reset: boolean): void;
}

function start(
  subprotocols: readonly string[] = [],
  extension: Pick<OpenContext, "offers" | "profile" | "script" | "end"> = {},
): Opening {
  const clock = new FakeClock();
  const transport = new FakeTransport();
  const recorder = new Recorder(clock, () => undefined);
  const results: Opened[] = [];
  const passedOn: string[] = [];
  let events: TransportEvents | undefined;
  const dialled: SocketConnection = {
    transport,
    attach: (attached) => {
      events = attached;
    },
  };
  openAsClient({
    target: target("ws://127.0.0.1:9001/x", { subprotocols, headers: ["X-A: 1"] }),
    dialled,
    recorder,
    clock,
    timeoutMs: 5000,
    ...extension,
    onAnswer: (opened) => {
      results.push(opened);
      return passingOn(passedOn);
    },
  });
  return {
    clock,
    transport,
    recorder,
    results,
    passedOn,
    receive: (text) => events?.received(Buffer.from(text, "latin1")),
    end: (reset) => events?.ended(reset),
  };
}

/** A good answer to the request that was sent. */
function answerTo({ transport }: Opening, more: readonly string[] = []): string {
  const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(Buffer.from(transport.octets).toString())?.[1] ?? "";
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptFor(key)}`,
    ...more,
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

function problemOf({ results }: Opening): string | undefined {
  assert.equal(results.length, 1);
  assert.equal(results[0]?.handshake.opened, false);
  return results[0].handshake.problem;
}

describe("a handshake that opens the connection", () => {
  test("keeps both heads as they were", () => {
    const opening = start();
    const answer = answerTo(opening, ["Server: a \xe9 server"]);
    opening.receive(answer);
    const [opened] = opening.results;
    assert.deepEqual(opened?.handshake, {
      opened: true,
      request: Buffer.from(opening.transport.octets).toString("latin1"),
      response: answer,
      status: 101,
    });
    assert.deepEqual([opened.server, opened.rest.length, opened.timedOut], ["a \xe9 server", 0, false]);
    assert.match(opened.handshake.request ?? "", /^GET \/x HTTP\/1\.1\r\n.*X-A: 1\r\n/s);
  });
  test("octets behind the answer are frames, and what follows goes to the next one", () => {
    const opening = start();
    opening.receive(`${answerTo(opening)}first`);
    assert.equal(Buffer.from(opening.results[0]?.rest ?? []).toString(), "first");
    opening.receive("second");
    opening.end(true);
    assert.deepEqual(opening.passedOn, ["second", "reset"]);
  });
  test("arrives in any pieces, and everything is counted", () => {
    const opening = start();
    const answer = answerTo(opening);
    for (const octet of answer) opening.receive(octet);
    assert.equal(opening.results[0]?.handshake.opened, true);
    const { sent, received } = opening.recorder.statistics().octets;
    assert.deepEqual(received, { "1": answer.length });
    assert.deepEqual(sent, { [String(opening.transport.octets.length)]: 1 });
  });
  test("leaves no timer behind", () => {
    const opening = start();
    opening.receive(answerTo(opening));
    assert.equal(opening.clock.waiting, 0);
  });
  test("each has its own key", () => {
    const [one, other] = [start(), start()].map((opening) => answerTo(opening));
    assert.notEqual(one, other);
  });
});

describe("permessage-deflate", () => {
  const offers = [
    "permessage-deflate; server_max_window_bits=9",
    "permessage-deflate; client_max_window_bits",
  ];
  const answering = (extension: string, profile: Profile = "modern"): Opening => {
    const opening = start([], { offers, profile });
    opening.receive(answerTo(opening, [`Sec-WebSocket-Extensions: ${extension}`]));
    return opening;
  };
  test("is offered in one header, or not at all", () => {
    const request = ({ transport }: Opening): string => Buffer.from(transport.octets).toString();
    const header = `\r\nSec-WebSocket-Extensions: ${offers.join(", ")}\r\n`;
    assert.ok(request(start([], { offers })).includes(header));
    assert.doesNotMatch(request(start()), /Extensions/);
  });
  test("what was agreed on goes with the result, and the words of the answer", () => {
    const [opened] = answering("permessage-deflate; client_max_window_bits=10").results;
    assert.deepEqual(opened?.deflate, {
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 10,
    });
    assert.equal(opened.extension, "permessage-deflate; client_max_window_bits=10");
  });
  test("declined: nothing was agreed on", () => {
    const opening = start([], { offers });
    opening.receive(answerTo(opening));
    const [opened] = opening.results;
    assert.deepEqual([opened?.handshake.opened, opened?.deflate, opened?.extension], [true, null, null]);
  });
  test("an answer that fits no offer fails the handshake, unless that is overlooked", () => {
    const unfit = "permessage-deflate; server_max_window_bits=10; client_max_window_bits=10";
    assert.equal(answering(unfit, "autobahn").results[0]?.handshake.opened, true);
    const [opened] = answering("permessage-deflate; unheard_of", "autobahn").results;
    assert.equal(opened?.handshake.requirement, "7692-7-5");
    const { results } = start([], { offers: [offers[0] ?? ""] });
    assert.deepEqual(results, []);
    const strict = start([], { offers: [offers[0] ?? ""] });
    strict.receive(answerTo(strict, ["Sec-WebSocket-Extensions: permessage-deflate"]));
    assert.match(problemOf(strict) ?? "", /above the offered 9/);
    assert.equal(strict.results[0]?.deflate, null);
  });
});

describe("a handshake that does not", () => {
  test("names the requirement that the answer broke", () => {
    const opening = start();
    opening.receive(answerTo(opening, ["Sec-WebSocket-Protocol: chat"]));
    assert.equal(opening.results[0]?.handshake.requirement, "6455-4.1-27");
  });
  describe("an answer that refuses breaks nothing, and its body is kept", () => {
    const HEAD = "HTTP/1.1 400 Bad Request\r\nServer: s\r\n";
    const refused = (opening: Opening): Opened["handshake"] => {
      const [opened, ...more] = opening.results;
      assert.ok(opened !== undefined && more.length === 0);
      assert.match(opened.handshake.problem ?? "", /HTTP 400 Bad Request/);
      assert.deepEqual(
        [opened.handshake.requirement, opened.handshake.status, opened.server],
        [undefined, 400, "s"],
      );
      return opened.handshake;
    };
    test("as long as it says", () => {
      const opening = start();
      opening.receive(`${HEAD}Content-Length: 6\r\n\r\nno `);
      assert.equal(opening.results.length, 0);
      opening.receive("PMD and more");
      const { body, response } = refused(opening);
      assert.deepEqual([body, response], ["no PMD", `${HEAD}Content-Length: 6\r\n\r\n`]);
    });
    test("until TCP ends", () => {
      const opening = start();
      opening.receive(`${HEAD}\r\nno`);
      opening.receive(" PMD");
      opening.end(false);
      assert.equal(refused(opening).body, "no PMD");
    });
    test("as much as is kept", () => {
      const opening = start();
      opening.receive(`${HEAD}\r\n${"x".repeat(5000)}`);
      assert.equal(refused(opening).body?.length, 4096);
    });
    test("as much as comes soon", () => {
      const opening = start();
      opening.receive(`${HEAD}\r\nno`);
      opening.clock.advance(499);
      assert.equal(opening.results.length, 0);
      opening.clock.advance(1);
      assert.equal(refused(opening).body, "no");
      opening.receive("late");
      opening.clock.advance(5000);
      assert.equal(opening.results.length, 1);
    });
    test("none", () => {
      const opening = start();
      opening.receive(`${HEAD}Content-Length: 0\r\n\r\n`);
      assert.equal(refused(opening).body, undefined);
    });
  });
  test("a subprotocol is fine only if it was offered", () => {
    const offered = start(["chat"]);
    offered.receive(answerTo(offered, ["Sec-WebSocket-Protocol: chat"]));
    assert.equal(offered.results[0]?.handshake.opened, true);
    const other = start();
    other.receive(answerTo(other, ["Sec-WebSocket-Protocol: chat"]));
    assert.match(problemOf(other) ?? "", /subprotocol/);
  });
  test("no answer in time", () => {
    const opening = start();
    opening.receive("HTTP/1.1 1");
    opening.clock.advance(4999);
    assert.equal(opening.results.length, 0);
    opening.clock.advance(1);
    assert.match(problemOf(opening) ?? "", /did not answer the opening handshake within 5000 ms/);
    assert.deepEqual(
      [opening.results[0]?.timedOut, opening.results[0]?.handshake.response],
      [true, "HTTP/1.1 1"],
    );
  });
  test("nothing at all", () => {
    const opening = start();
    opening.clock.advance(5000);
    problemOf(opening);
    assert.equal(opening.results[0]?.handshake.response, null);
  });
  test("TCP ended, TCP reset", () => {
    for (const [reset, word] of [
      [false, "closed"],
      [true, "reset"],
    ] as const) {
      const opening = start();
      opening.end(reset);
      assert.match(problemOf(opening) ?? "", new RegExp(`the peer ${word} the connection`));
      assert.equal(opening.clock.waiting, 0);
    }
  });
  test("TLS where HTTP was expected", () => {
    const opening = start();
    opening.receive("\x15\x03\x01\x00\x02\x02\x16");
    assert.match(problemOf(opening) ?? "", /TLS.*wss:\/\//);
  });
  test("another protocol is noticed at its first octets", () => {
    const opening = start();
    opening.receive("SSH");
    assert.match(problemOf(opening) ?? "", /not HTTP/);
  });
  test("an answer that never ends is cut in the record", () => {
    const opening = start();
    opening.receive(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(70_000)}`);
    assert.match(problemOf(opening) ?? "", /is too long/);
    assert.equal(opening.results[0]?.handshake.response?.length, 16_384);
  });
  test("what comes afterwards is no second result", () => {
    const opening = start();
    opening.receive("SSH");
    opening.receive("-2.0");
    opening.end(false);
    opening.clock.advance(9000);
    assert.equal(opening.results.length, 1);
    assert.deepEqual(opening.passedOn, ["-2.0", "end"]);
  });
});

describe("a request behind another one", () => {
  const REFUSED = "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 3\r\n\r\nno\n";
  const behind = (next: "at-once" | "when-answered"): Opening =>
    start([], {
      end: "either",
      script: {
        lines: requestLines(),
        before: { lines: ["GET {path} HTTP/1.1", "Host: {host}"], next, refusedBy: "9110-7.8-1" },
      },
    });
  const sent = ({ transport }: Opening): string => Buffer.from(transport.octets).toString("latin1");
  const countOf = (opening: Opening): number => sent(opening).split("GET ").length - 1;

  test("waits for the answer, and opens the connection", () => {
    const opening = behind("when-answered");
    assert.equal(countOf(opening), 1);
    for (const octet of REFUSED.slice(0, -1)) opening.receive(octet);
    assert.equal(countOf(opening), 1);
    opening.receive("\n");
    assert.equal(countOf(opening), 2);
    opening.receive(answerTo(opening));
    opening.receive("frames");
    const [opened] = opening.results;
    assert.equal(opened?.handshake.opened, true);
    assert.deepEqual(opened.handshake.before, {
      request: "GET /x HTTP/1.1\r\nHost: 127.0.0.1:9001\r\n\r\n",
      response: REFUSED.slice(0, -3),
      status: 426,
      end: "whole",
    });
    assert.deepEqual(opening.passedOn, ["frames"]);
    assert.equal(opening.clock.waiting, 0);
  });
  test("is not sent to a server that says that it closes", () => {
    const opening = behind("when-answered");
    opening.receive(REFUSED.replace("Content", "Connection: close\r\nContent"));
    assert.equal(countOf(opening), 1);
    assert.match(problemOf(opening) ?? "", /said that it closes/);
    assert.equal(opening.results[0]?.handshake.before?.end, "last");
  });
  test("needs a right 101", () => {
    const opening = behind("when-answered");
    opening.receive(REFUSED);
    opening.receive(answerTo(opening).replace(/Accept: ./, "Accept: !"));
    assert.match(problemOf(opening) ?? "", /Sec-WebSocket-Accept/);
  });
  test("goes out in one write with it, and is answered behind it", () => {
    const opening = behind("at-once");
    assert.equal(countOf(opening), 2);
    assert.equal(Object.keys(opening.recorder.statistics().octets.sent).length, 1);
    opening.receive(`${REFUSED}HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n`);
    const [opened] = opening.results;
    assert.deepEqual([opened?.handshake.status, opened?.handshake.before?.status], [404, 426]);
  });
  test("the first is answered with octets that are no HTTP, late, or with the end of TCP", () => {
    const foreign = behind("at-once");
    foreign.receive(`${REFUSED}\x88\x02\x03\xea`);
    assert.equal(foreign.results[0]?.handshake.response, "\x88\x02\x03\xea");
    const late = behind("at-once");
    late.clock.advance(5001);
    assert.equal(late.results[0]?.handshake.before?.end, "late");
    assert.equal(late.results[0].timedOut, true);
    const closed = behind("when-answered");
    closed.end(false);
    assert.equal(closed.results[0]?.handshake.noAnswer, "closed");
  });
});
