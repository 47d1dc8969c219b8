import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { CompressedStreams } from "../../src/play/compressed-streams.js";
import { playAsServer, type ServerPlayed } from "../../src/play/as-server.js";
import type { IncomingRequest } from "../../src/tester/read-request.js";
import { timeouts } from "../../src/tester/timeouts.js";
import type { Profile } from "../../src/record/record.js";
import { checkRequest } from "../../src/wire/check-request.js";
import { parseRequest } from "../../src/wire/http1.js";
import { opening } from "../serve/raw-connection.js";
import { FakeClock } from "../support/fake-clock.js";
import { FakeTransport } from "../support/fake-transport.js";
import { KEY, linesOf, peerFrame } from "../support/peer-frames.js";
import { caseOf } from "../support/some-case.js";

interface Played extends ServerPlayed {
  readonly clock: FakeClock;
  /** What was written, a line a write: `101`, or the frames. */
  readonly writes: () => readonly string[];
  /** Lets the script begin. */
  readonly admit: () => Promise<void>;
}

function play(played: Case, profile: Profile, rest: Uint8Array = new Uint8Array(0)): Played {
  const clock = new FakeClock();
  const transport = new FakeTransport();
  const text = opening("/runCase?case=1&agent=a");
  const head = parseRequest(text);
  const checked = checkRequest(head, { lenient: false });
  const incoming: IncomingRequest = { head, text, checked, reads: [Buffer.from(text)], rest };
  let admit: () => void = () => undefined;
  const admitted = new Promise<void>((resolve) => {
    admit = resolve;
  });
  const server = playAsServer({
    case: played,
    profile,
    clock,
    timeouts: timeouts(profile),
    messages: "enough",
    streams: new CompressedStreams(),
    transport,
    incoming,
    admitted,
    wire: () => undefined,
    wasConcurrent: () => false,
    signal: new AbortController().signal,
  });
  const writes = (): readonly string[] =>
    transport.writes.map((octets) => {
      const said = Buffer.from(octets).toString("latin1");
      return said.startsWith("HTTP/1.1 101 ") ? "101" : linesOf(octets).join();
    });
  return {
    ...server,
    clock,
    writes,
    admit: async () => {
      admit();
      await admitted;
    },
  };
}

const JOINED: readonly (readonly [name: string, played: Case, profile: Profile])[] = [
  ["every case under autobahn", caseOf("1.1.1"), "autobahn"],
  ["22.4.2 under autobahn", caseOf("22.4.2"), "autobahn"],
  ["22.4.2 under modern", caseOf("22.4.2"), "modern"],
];

describe("the answer goes out together with the first frames", () => {
  for (const [name, played, profile] of JOINED) {
    test(name, async () => {
      const server = play(played, profile);
      // Nothing yet: one turn of the event loop will write both.
      assert.deepEqual(server.writes(), []);
      await server.admit();
      const [answer, frame] = server.writes();
      assert.equal(answer, "101");
      assert.match(frame ?? "", /^TEXT /);
      assert.equal(server.writes().length, 2);
    });
  }

  test("but not for ever: a client waits for its answer", async () => {
    const server = play(caseOf("1.1.1"), "autobahn");
    server.clock.advance(999);
    assert.deepEqual(server.writes(), []);
    server.clock.advance(1);
    assert.deepEqual(server.writes(), ["101"]);
    await server.admit();
    assert.deepEqual(server.writes(), ["101", 'TEXT ""']);
  });

  test("and before everything that the client gets because it sent too early", () => {
    const server = play(caseOf("1.1.1"), "autobahn");
    server.events.received(peerFrame(9, "now", { key: KEY }));
    assert.deepEqual(server.writes(), ["101", 'PONG "now"']);
  });

  test("frames behind the request are heard behind the first step, as the original does it", async () => {
    const server = play(caseOf("1.1.1"), "autobahn", peerFrame(9, "early", { key: KEY }));
    await server.admit();
    assert.deepEqual(server.writes(), ["101", 'TEXT ""', 'PONG "early"']);
  });
});

test("under modern the answer waits for nothing", async () => {
  const server = play(caseOf("1.1.1"), "modern", peerFrame(9, "early", { key: KEY }));
  assert.deepEqual(server.writes(), ["101", 'PONG "early"']);
  await server.admit();
  assert.deepEqual(server.writes(), ["101", 'PONG "early"', 'TEXT ""']);
});

test("a client that goes before its script begins leaves nothing behind", async () => {
  const server = play(caseOf("1.1.1"), "autobahn");
  server.events.ended(false);
  await server.admit();
  const record = await server.record;
  assert.equal(record?.close.tcp, "ended-by-peer");
  assert.deepEqual(server.writes(), ["101"]);
  assert.equal(server.clock.waiting, 0);
});
