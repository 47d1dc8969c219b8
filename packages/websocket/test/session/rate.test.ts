import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { connect } from "../../src/client/connect.js";
import { Opcode } from "../../src/protocol/opcode.js";
import { Server } from "../../src/server/server.js";
import { Buckets, resolveRate } from "../../src/session/rate.js";
import type { RateOptions } from "../../src/session/rate.js";
import type { WebSocketConnection } from "../../src/session/connection.js";
import { fakeTime, pair } from "../../src/testing/index.js";
import { fromClient } from "../support/frames.js";
import type { FrameShape } from "../support/frames.js";
import { Happenings, deferred, problems, startEcho, startServer } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import { Random } from "../transport/random.js";

/** Nothing comes back as long as a test lasts. */
const NEVER = 1e-9;

describe("the buckets", () => {
  const bucketsOf = (given: RateOptions): Buckets => new Buckets(resolveRate(given)!, 0);

  test("hold a burst, and what comes back with time", () => {
    const buckets = bucketsOf({ messages: { perSecond: 2, burst: 3 } });
    const taken = (now: number): number => {
      let count = 0;
      while (buckets.take(now, 1, 1000)) count++;
      return count;
    };
    assert.equal(taken(0), 3);
    assert.equal(taken(499), 0);
    assert.equal(taken(500), 1);
    assert.equal(taken(1500), 2);
    assert.equal(taken(1_000_000), 3);
  });

  test("take from both kinds, or from none", () => {
    const buckets = bucketsOf({
      messages: { perSecond: NEVER, burst: 2 },
      octets: { perSecond: NEVER, burst: 100 },
    });
    assert.equal(buckets.take(0, 1, 101), false);
    assert.equal(buckets.take(0, 1, 100), true);
    assert.equal(buckets.take(0, 1, 1), false);
    assert.equal(buckets.take(0, 1, 0), true);
    assert.equal(buckets.take(0, 0, 0), true);
  });

  test("say how long a debt lasts", () => {
    const buckets = bucketsOf({
      messages: { perSecond: 2, burst: 1 },
      octets: { perSecond: 1000, burst: 100 },
    });
    assert.equal(buckets.owe(0, 1, 100), 0);
    assert.equal(buckets.owe(0, 1, 0), 500);
    assert.equal(buckets.owe(0, 0, 2000), 2000);
    assert.equal(buckets.owe(1000, 0, 0), 1000);
    assert.equal(buckets.owe(2000, 0, 0), 0);
  });

  test("have a second's worth at first, and one token at least", () => {
    assert.equal(resolveRate({ messages: { perSecond: 50 } })!.messages.burst, 50);
    assert.equal(resolveRate({ messages: { perSecond: 0.5 } })!.messages.burst, 1);
    assert.equal(resolveRate({ messages: { perSecond: 0.5 } })!.policy, "close");
    assert.equal(resolveRate(undefined), undefined);
    const buckets = bucketsOf({ messages: { perSecond: Infinity } });
    for (const now of [0, 0, 1]) assert.equal(buckets.take(now, 1e9, 1e9), true);
  });

  test("are not made of what makes no sense", () => {
    for (const given of [
      {},
      { messages: { perSecond: 0 } },
      { messages: { perSecond: Number.NaN } },
      { messages: {} },
      { octets: { perSecond: 1, burst: 0.5 } },
      { octets: { perSecond: 1 }, policy: "wait" },
      { messages: { perSecond: 1 }, bytes: { perSecond: 1 } },
    ]) {
      assert.throws(() => resolveRate(given as RateOptions), { code: "WIREPROOF_INVALID_ARGUMENT" });
      assert.throws(() => new Server({ rate: given as RateOptions }), { code: "WIREPROOF_INVALID_ARGUMENT" });
    }
  });
});

const three = { perSecond: NEVER, burst: 3 };

describe("a peer that sends more than the rate", () => {
  test("is closed with 1008, and gets what came before", async (t) => {
    const { errors, error } = problems();
    const live = await startEcho(t, { rate: { messages: three }, error });
    const client = await RawClient.open(t, live);
    for (const text of ["a", "b", "c", "d", "e"]) client.text(text);
    for (const text of ["a", "b", "c"]) assert.equal(await client.next(), `TEXT "${text}"`);
    assert.equal(await client.next(), 'CLOSE 1008 "The peer sends faster than this endpoint accepts."');
    assert.equal(await errors.next(), "rate-exceeded");
    const { messagesSent, rateExceeded, violations } = live.server.counters;
    assert.deepEqual(
      { messagesSent, rateExceeded, violations },
      { messagesSent: 3, rateExceeded: 1, violations: 1 },
    );
  });

  test("is closed for octets too, whatever frames they come in", async (t) => {
    // 9 octets each: a header of 2, a key of 4, and 3 of payload data.
    const octets = { perSecond: NEVER, burst: 27 };
    const frames = {
      text: { opcode: Opcode.Text, payload: "abc" },
      ping: { opcode: Opcode.Ping, payload: "abc" },
      pong: { opcode: Opcode.Pong, payload: "abc" },
    };
    for (const [name, frame] of Object.entries(frames)) {
      const { errors, error } = problems();
      const live = await startServer(t, { rate: { octets }, error, message: () => {} });
      const client = await RawClient.open(t, live);
      client.send(frame, frame, frame);
      // It comes behind them, and so does the answer.
      client.close(4000);
      const seen = await client.rest();
      assert.equal(seen.at(-2), 'CLOSE 4000 ""', name);
      const other = await RawClient.open(t, live);
      other.send(frame, frame, frame, frame);
      assert.equal(await errors.next(), "rate-exceeded", name);
    }
  });

  test("is closed for a message in parts, and for one that it has begun", async (t) => {
    const opened = new Happenings<WebSocketConnection>();
    const octets = { perSecond: NEVER, burst: 100 };
    const live = await startServer(t, {
      rate: { messages: { perSecond: NEVER, burst: 1 }, octets },
      limits: { closeMs: 20 },
      open: (ws) => opened.add(ws),
    });
    const one = await RawClient.open(t, live);
    const ofOne = await opened.next();
    const stream = ofOne.nextMessageStream();
    one.send({ opcode: Opcode.Binary, fin: false, payload: "x".repeat(50) });
    const reader = (await stream).readable.getReader();
    assert.equal((await reader.read()).value?.length, 50);
    one.send({ opcode: Opcode.Continuation, fin: true, payload: "x".repeat(50) });
    await assert.rejects(reader.read(), { problem: "rate-exceeded" });
    const two = await RawClient.open(t, live);
    const ofTwo = await opened.next();
    const [first, second] = [ofTwo.nextMessageStream(), ofTwo.nextMessageStream()];
    two.text("a");
    await (await first).readable.cancel();
    two.text("b");
    await assert.rejects(second, { problem: "rate-exceeded" });
  });

  test("is not blamed twice for a message that has begun as a stream and is read whole", async (t) => {
    const opened = deferred<WebSocketConnection>();
    const live = await startServer(t, {
      rate: { messages: three },
      limits: { closeMs: 20 },
      open: (ws) => opened.resolve(ws),
    });
    const client = await RawClient.open(t, live);
    const ws = await opened.promise;
    const stream = ws.nextMessageStream();
    client.text("a");
    await (await stream).readable.cancel();
    // It has begun, and nobody takes it yet.
    client.text("b");
    const messages = ws[Symbol.asyncIterator]();
    assert.equal((await messages.next()).value, "b");
    client.text("c");
    assert.equal((await messages.next()).value, "c");
    client.text("d");
    await assert.rejects(messages.next(), { problem: "rate-exceeded" });
  });

  test("loses its messages, and nothing else", async (t) => {
    const opened = deferred<WebSocketConnection>();
    const live = await startEcho(t, {
      rate: { messages: three, policy: "drop" },
      open: (ws) => opened.resolve(ws),
    });
    const client = await RawClient.open(t, live);
    for (const text of ["a", "b", "c", "d", "e"]) client.text(text);
    client.send({ opcode: Opcode.Ping, payload: "p" });
    for (const text of ["a", "b", "c"]) assert.equal(await client.next(), `TEXT "${text}"`);
    assert.equal(await client.next(), 'PONG "p"');
    assert.equal(live.server.counters.rateExceeded, 2);
    assert.equal(live.server.counters.violations, 0);
    assert.equal((await opened.promise).state, "open");
  });

  test("is read no further, until tokens have come back", async (t) => {
    const rate = { messages: { perSecond: 50, burst: 2 }, policy: "pause" } as const;
    const live = await startEcho(t, { rate });
    const client = await RawClient.open(t, live);
    const texts = Array.from({ length: 8 }, (_, at) => `"${at}"`);
    client.send(...texts.map((text) => ({ opcode: Opcode.Text, payload: text.slice(1, -1) })));
    for (const text of texts) assert.equal(await client.next(), `TEXT ${text}`);
    const { rateExceeded, violations } = live.server.counters;
    assert.ok(rateExceeded > 0, String(rateExceeded));
    assert.equal(violations, 0);
  });

  test("gets no more than the rate, to the millisecond, and nothing of it is lost", async () => {
    const time = fakeTime();
    const got: string[] = [];
    await using both = await pair({
      time,
      server: {
        rate: { messages: { perSecond: 4, burst: 2 }, policy: "pause" },
        message: (_ws, data) => got.push(`${time.nowMs} ${String(data)}`),
      },
    });
    for (let count = 1; count <= 6; count++) both.client.send(String(count));
    await time.advance(10_000);
    // The third is the debt of a quarter of a second, in which nothing is read.
    assert.deepEqual(got, ["0 1", "0 2", "0 3", "250 4", "500 5", "750 6"]);
    for (let count = 7; count <= 9; count++) both.client.send(String(count));
    await time.advance(249);
    assert.deepEqual(got.slice(6), ["10000 7", "10000 8", "10000 9"]);
  });

  test("is not declared dead while it is paused, and is when it is silent behind it", async () => {
    const time = fakeTime();
    await using both = await pair({
      time,
      server: {
        rate: { octets: { perSecond: 1, burst: 10 }, policy: "pause" },
        heartbeat: { intervalMs: 20_000, timeoutMs: 20_000 },
        message: () => {},
      },
      client: { heartbeat: false, autoPong: false },
    });
    // 106 octets: a debt of 96 seconds.
    both.client.send("x".repeat(100));
    await time.advance(95_000);
    assert.equal(both.server.state, "open");
    assert.equal(both.server.counters.pingsSent, 0);
    await time.advance(65_000);
    assert.equal(both.server.closed?.code, 1006);
  });

  test("is read again when this side closes, so that its Close frame is seen", async (t) => {
    const opened = deferred<WebSocketConnection>();
    const got = new Happenings<string>();
    const live = await startServer(t, {
      rate: { messages: three, policy: "pause" },
      limits: { closeMs: 600_000 },
      open: (ws) => opened.resolve(ws),
      message: (_ws, data) => got.add(String(data)),
    });
    const client = await RawClient.open(t, live);
    for (const text of ["a", "b", "c", "d", "e"]) client.text(text);
    client.close(4000);
    // The fourth makes the debt; what is behind it waits.
    for (const text of ["a", "b", "c", "d"]) assert.equal(await got.next(), text);
    for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate);
    const ws = await opened.promise;
    assert.equal(ws.state, "open");
    assert.equal(got.seen.length, 4);
    ws.close(1000);
    assert.equal(await got.next(), "e");
    assert.equal(await client.next(), 'CLOSE 1000 ""');
    client.socket.end();
    await client.end();
  });

  test("may be a server", async (t) => {
    const live = await startServer(t, {
      open: (ws) => {
        for (const text of ["a", "b", "c", "d"]) ws.send(text);
      },
    });
    const got: unknown[] = [];
    const ws = await connect(live.url, { rate: { messages: three } });
    await assert.rejects(
      async () => {
        for await (const message of ws) got.push(message);
      },
      { problem: "rate-exceeded" },
    );
    assert.deepEqual(got, ["a", "b", "c"]);
  });
});

test("octets are those of the wire, of compressed messages too", async (t) => {
  const { errors, error } = problems();
  const octets = { perSecond: NEVER, burst: 20_000 };
  const live = await startEcho(t, { rate: { octets }, error });
  await using ws = await connect(live.url);
  const messages = ws[Symbol.asyncIterator]();
  const text = "a".repeat(100_000);
  for (let count = 0; count < 5; count++) {
    ws.send(text);
    assert.equal((await messages.next()).value?.length, text.length);
  }
  ws.send(text, { compress: false });
  assert.equal(await errors.next(), "rate-exceeded");
});

test("many messages of one read are counted one by one, and those that came while reading was paused as well", async (t) => {
  const octets = { perSecond: NEVER, burst: 9 * 100 };
  const opened = deferred<WebSocketConnection>();
  const { errors, error } = problems();
  const live = await startEcho(t, { rate: { octets }, error, open: (ws) => opened.resolve(ws) });
  const client = await RawClient.open(t, live);
  const frames = Array.from({ length: 50 }, () => ({ opcode: Opcode.Text, payload: "abc" }));
  client.send(...frames);
  for (let count = 0; count < 50; count++) assert.equal(await client.next(), 'TEXT "abc"');
  const ws = await opened.promise;
  ws.pause();
  client.send(...frames);
  for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate);
  ws.resume();
  for (let count = 0; count < 50; count++) assert.equal(await client.next(), 'TEXT "abc"');
  assert.equal(live.server.counters.rateExceeded, 0);
  client.text("");
  assert.equal(await errors.next(), "rate-exceeded");
});

test("what passes does not depend on how the octets are cut into reads", async (t) => {
  const [messages, octets] = [30, 2500];
  const got: string[] = [];
  const live = await startServer(t, {
    rate: {
      messages: { perSecond: NEVER, burst: messages },
      octets: { perSecond: NEVER, burst: octets },
      policy: "drop",
    },
    message: (_ws, data) => got.push(String(data)),
  });
  for (let seed = 1; seed <= 12; seed++) {
    const random = new Random(seed);
    const { wire, expected } = drawTraffic(random, messages, octets);
    got.length = 0;
    const client = await RawClient.open(t, live);
    for (let at = 0; at < wire.length;) {
      const length = 1 + random.below(400);
      client.write(wire.subarray(at, at + length));
      at += length;
      if (random.below(3) === 0) await new Promise(setImmediate);
    }
    client.send({ opcode: Opcode.Ping, payload: "end" });
    while ((await client.next()) !== 'PONG "end"');
    assert.deepEqual(got, expected, `seed ${seed}`);
    assert.ok(expected.length > 0 && expected.length < 100);
    client.reset();
  }
});

/** Messages, whole and in fragments with pings and pongs between them, and the messages that pass. */
function drawTraffic(
  random: Random,
  messages: number,
  octets: number,
): { readonly wire: Buffer; readonly expected: readonly string[] } {
  const wire: Buffer[] = [];
  const expected: string[] = [];
  const left = { messages, octets };
  let uncounted = 0;
  const send = (shape: FrameShape): void => {
    const frame = Buffer.from(fromClient(shape));
    wire.push(frame);
    uncounted += frame.length;
  };
  /** Something has come whole, be it a message or a control frame. */
  const take = (wanted: number): boolean => {
    const cost = uncounted;
    uncounted = 0;
    if (left.messages < wanted || left.octets < cost) return false;
    left.messages -= wanted;
    left.octets -= cost;
    return true;
  };
  const control = (): void => {
    send({
      opcode: random.below(2) === 0 ? Opcode.Ping : Opcode.Pong,
      payload: "p".repeat(random.below(50)),
    });
    take(0);
  };
  for (let count = 0; count < 100; count++) {
    const parts = Array.from({ length: 1 + random.below(3) }, (_, at) =>
      `${count}-${at} `.repeat(random.below(30)),
    );
    for (const [at, payload] of parts.entries()) {
      send({ opcode: at === 0 ? Opcode.Text : Opcode.Continuation, fin: at === parts.length - 1, payload });
      if (at < parts.length - 1 && random.below(2) === 0) control();
    }
    if (take(1)) expected.push(parts.join(""));
    if (random.below(4) === 0) control();
  }
  return { wire: Buffer.concat(wire), expected };
}
