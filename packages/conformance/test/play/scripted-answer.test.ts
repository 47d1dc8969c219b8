import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { answers, message, observesOpening } from "../../src/case/expect.js";
import { answerLines, type AnswerScript } from "../../src/case/handshake.js";
import { closeAfter, endTcp, resetTcp, text, type Step } from "../../src/case/steps.js";
import { CompressedStreams } from "../../src/play/compressed-streams.js";
import { playAsServer, type ServerPlayed } from "../../src/play/as-server.js";
import { timeouts } from "../../src/tester/timeouts.js";
import { checkRequest } from "../../src/wire/check-request.js";
import { parseRequest } from "../../src/wire/http1.js";
import { opening } from "../serve/raw-connection.js";
import { FakeClock } from "../support/fake-clock.js";
import { FakeTransport } from "../support/fake-transport.js";
import { KEY, peerFrame } from "../support/peer-frames.js";
import { someCase } from "../support/some-case.js";

interface Played extends ServerPlayed {
  readonly clock: FakeClock;
  readonly transport: FakeTransport;
  /** What was written, a string for each write. */
  readonly said: () => readonly string[];
}

function answering(answer: AnswerScript, ...script: readonly Step[]): Case {
  const steps = script.length === 0 ? [text("hi"), closeAfter(1)] : script;
  const expect = script.length === 0 ? answers(message("hi")) : observesOpening(answers());
  return someCase({ peer: "client", answer, script: steps, expect });
}

async function play(played: Case, target = "/runCase?case=1&agent=a"): Promise<Played> {
  const clock = new FakeClock();
  const transport = new FakeTransport();
  const written = opening(target);
  const head = parseRequest(written);
  const server = playAsServer({
    case: played,
    profile: "modern",
    clock,
    timeouts: timeouts("modern"),
    messages: "enough",
    streams: new CompressedStreams(),
    transport,
    incoming: {
      head,
      text: written,
      checked: checkRequest(head, { lenient: false }),
      reads: [Buffer.from(written)],
      rest: new Uint8Array(0),
    },
    admitted: Promise.resolve(),
    wire: () => undefined,
    wasConcurrent: () => false,
    signal: new AbortController().signal,
  });
  await Promise.resolve();
  const said = (): readonly string[] =>
    transport.writes.map((octets) => Buffer.from(octets).toString("latin1"));
  return { ...server, clock, transport, said };
}

const HI = "\x81\x02hi";

test("the answer of a case and its first frames go out in one turn", async () => {
  const { said, transport } = await play(answering({ lines: ["HTTP/1.1 200 OK"] }));
  assert.deepEqual(said(), ["HTTP/1.1 200 OK\r\n\r\n", HI]);
  assert.equal(transport.ended, 0);
});

test("without a line nothing is answered", async () => {
  const { said, transport, events, record } = await play(answering({ lines: [] }, endTcp()));
  assert.deepEqual([said(), transport.finished], [[], 1]);
  events.ended(false);
  const { handshake, close } = (await record)!;
  assert.deepEqual([handshake.response, close.tcp], [null, "ended-by-peer"]);
});

test("pieces go out one at a time, and frames wait behind them", async () => {
  const { said, clock } = await play(answering({ lines: ["abc"], chop: 3 }));
  assert.deepEqual(said(), ["abc"]);
  clock.advance(10);
  assert.deepEqual(said(), ["abc", "\r\n\r", "\n", HI]);
});

describe("an answer that is held back", () => {
  const held = answering({ lines: ["abc"], isHeldBack: true });

  test("comes after the pause", async () => {
    const { said, clock, events, record } = await play(held);
    clock.advance(99);
    assert.deepEqual(said(), []);
    clock.advance(1);
    assert.deepEqual(said(), ["abc\r\n\r\n", HI]);
    events.ended(false);
    assert.equal((await record)?.handshake.early, undefined);
  });

  test("what comes before it is counted, and ends the pause", async () => {
    const { said, clock, events, record } = await play(held);
    events.received(peerFrame(9, "now", { key: KEY }));
    assert.deepEqual(said(), ["abc\r\n\r\n", HI, "\x8a\x03now"]);
    clock.advance(100);
    events.received(peerFrame(9, "late", { key: KEY }));
    events.ended(false);
    assert.equal((await record)?.handshake.early, 9);
  });

  test("a client that goes before it leaves nothing behind", async () => {
    const { said, clock, events, record } = await play(held);
    events.ended(false);
    await record;
    assert.deepEqual([said(), clock.waiting], [[], 0]);
  });
});

describe("an answer that does not end", () => {
  const endless = answering({ lines: ["abc"], endless: { of: "body", text: "0123456789abcdef" } }, endTcp());

  test("stops after 1 MiB", async () => {
    const { transport, clock, events, record } = await play(endless);
    clock.advance(10);
    assert.equal(transport.octets.length, 7 + 1024 * 1024);
    assert.equal(transport.finished, 1);
    events.ended(false);
    await record;
    assert.equal(clock.waiting, 0);
  });

  test("stops as soon as the client closes", async () => {
    const { transport, clock, events, record } = await play(endless);
    const before = transport.octets.length;
    events.ended(true);
    clock.advance(10);
    assert.equal(transport.octets.length, before);
    assert.equal((await record)?.close.tcp, "reset-by-peer");
    assert.equal(clock.waiting, 0);
  });
});

describe("the end of TCP as a step", () => {
  test("a client that does not close gets its time", async () => {
    const { transport, clock, record } = await play(answering({ lines: answerLines() }, endTcp()));
    assert.equal(transport.finished, 1);
    clock.advance(1000);
    const { close, timers } = (await record)!;
    assert.equal(
      close.notCleanReason,
      "the peer did not close TCP within 1000 ms after the tester had closed its direction",
    );
    assert.deepEqual([close.tcp, timers], ["ended-by-tester", ["drop-timeout"]]);
    assert.equal(transport.resets, 1);
    assert.equal(clock.waiting, 0);
  });

  test("a reset is the end", async () => {
    const { transport, clock, record } = await play(answering({ lines: answerLines() }, resetTcp()));
    clock.advance(1);
    const { close } = (await record)!;
    assert.deepEqual(
      [transport.resets, close.tcp, close.notCleanReason],
      [1, "ended-by-tester", "the tester reset TCP"],
    );
    assert.equal(clock.waiting, 0);
  });
});

describe("the usual answer, and an ordinary closing", () => {
  const rows: readonly (readonly [how: string, answer: AnswerScript, target?: string])[] = [
    ["where a case cannot be tried", { lines: ["abc"], subprotocols: 1 }],
    ["behind the last redirect", { lines: ["abc"], times: 1 }, "/runCase?case=1&agent=a&hop=1"],
  ];
  for (const [how, answer, target] of rows) {
    test(how, async () => {
      const { said } = await play(answering(answer), target);
      const [first, second] = said();
      assert.match(first ?? "", /^HTTP\/1\.1 101 /);
      assert.equal(second, "\x88\x02\x03\xe8");
    });
  }
});
