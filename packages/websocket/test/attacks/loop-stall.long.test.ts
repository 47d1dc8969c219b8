/** Peers that send more than a turn of the event loop has room for: all others have to get their turns meanwhile. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";

import { connect } from "../../src/index.js";
import { Opcode } from "../../src/protocol/opcode.js";
import { fromClient } from "../support/frames.js";
import { Happenings, deferred, endings, problems, startEcho, startServer } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import { VICTIMS } from "./victims.js";

const MESSAGES = 2_000;
/** So long a handler works. A turn has room for ten of them, and for a few that were not foreseen to take so long. */
const WORK_MS = 0.1;
const MOST_IN_A_TURN = 200;

/** Keeps the processor busy, as a handler does. */
function work(): void {
  const end = performance.now() + WORK_MS;
  while (performance.now() < end);
}

/** Counts how often something happens between two turns of the event loop. */
class TurnCounter {
  most = 0;
  turns = 0;
  all = 0;
  #count = 0;
  #isOver = false;
  readonly #immediate = (): void => {
    this.turns++;
    this.#count = 0;
    if (!this.#isOver) setImmediate(this.#immediate);
  };

  constructor() {
    setImmediate(this.#immediate);
  }

  add(): void {
    this.all++;
    this.#count++;
    this.most = Math.max(this.most, this.#count);
  }

  stop(): void {
    this.#isOver = true;
  }
}

/** A handler that works, up to the last message. */
function worker(messages: number): { counter: TurnCounter; done: Promise<void>; onMessage: () => void } {
  const counter = new TurnCounter();
  const { promise, resolve } = deferred();
  const onMessage = (): void => {
    counter.add();
    work();
    if (counter.all < messages) return;
    counter.stop();
    resolve();
  };
  return { counter, done: promise, onMessage };
}

function repeated(octets: Uint8Array, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => octets));
}

for (const { name, encode, open } of VICTIMS) {
  for (const staticRead of name.endsWith("drop-in") ? [true] : [true, false]) {
    test(`a read full of tiny messages takes many turns: ${name}, ${staticRead ? "static" : "data"}`, async (t) => {
      const { counter, done, onMessage } = worker(MESSAGES);
      const attacker = await open(t, { staticRead, onMessage });
      attacker.write(repeated(encode({ opcode: Opcode.Binary, payload: "x" }), MESSAGES));
      await done;
      assert.ok(counter.most <= MOST_IN_A_TURN, `${counter.most} messages in one turn`);
    });

    test(`a read full of empty pings takes several turns: ${name}, ${staticRead ? "static" : "data"}`, async (t) => {
      const { counter, done, onMessage } = worker(MESSAGES);
      const attacker = await open(t, { staticRead, onPing: onMessage });
      attacker.write(repeated(encode({ opcode: Opcode.Ping }), MESSAGES));
      await done;
      assert.ok(counter.most <= MOST_IN_A_TURN, `${counter.most} pings in one turn`);
    });
  }

  test(`so do compressed ones: ${name}`, async (t) => {
    const { counter, done, onMessage } = worker(MESSAGES);
    const attacker = await open(t, { isCompressing: true, onMessage });
    // It refers to no context: the same frame can come again and again.
    const payload = deflateRawSync(Buffer.alloc(500, "x"), { finishFlush: 2 }).subarray(0, -4);
    attacker.write(repeated(encode({ opcode: Opcode.Binary, rsv: 4, payload }), MESSAGES));
    await done;
    assert.ok(counter.most <= MOST_IN_A_TURN, `${counter.most} messages in one turn`);
  });
}

test("pings without a listener leave turns to others, too", async (t) => {
  // A twentieth of the default, so that the number of pings in a turn says something on a fast machine as well.
  const pings = 200_000;
  const live = await startEcho(t, { limits: { turnMs: 0.05 } });
  const client = await RawClient.open(t, live);
  const closed = new Promise((resolve) => client.socket.once("close", resolve));
  client.socket.resume();
  client.write(repeated(fromClient({ opcode: Opcode.Ping }), pings));
  let [turns, most, seen] = [0, 0, 0];
  while (seen < pings) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = [...live.server.connections].reduce((sum, { counters }) => sum + counters.pingsReceived, 0);
    most = Math.max(most, now - seen);
    seen = now;
    turns++;
  }
  // One read brings 10,922 of them.
  assert.ok(most < 5_000, `${most} pings in one of ${turns} turns`);
  client.socket.destroy();
  await closed;
});

test("a loop over messages that are there leaves turns to others", async (t) => {
  const { counter, done, onMessage } = worker(MESSAGES);
  const live = await startServer(t, {
    open: async (ws) => {
      for await (const message of ws) {
        assert.equal(message, "x");
        onMessage();
      }
    },
  });
  const client = await RawClient.open(t, live);
  client.write(repeated(fromClient({ opcode: Opcode.Text, payload: "x" }), MESSAGES));
  await done;
  assert.ok(counter.most <= MOST_IN_A_TURN, `${counter.most} messages in one turn`);
});

test("so does a loop over the parts of one message", async (t) => {
  const { counter, done, onMessage } = worker(MESSAGES);
  const live = await startServer(t, {
    open: async (ws) => {
      const { readable } = await ws.nextMessageStream();
      for await (const part of readable) {
        assert.equal(part.length, 1);
        onMessage();
      }
    },
  });
  const client = await RawClient.open(t, live);
  client.send({ opcode: Opcode.Binary, fin: false, payload: "x" });
  client.write(repeated(fromClient({ opcode: Opcode.Continuation, fin: false, payload: "x" }), MESSAGES - 1));
  await done;
  assert.ok(counter.most <= MOST_IN_A_TURN, `${counter.most} parts in one turn`);
});

test("so does a source of parts that never waits, with a peer that reads them all", async (t) => {
  const live = await startServer(t, {
    open: async (ws) => {
      for await (const part of (await ws.nextMessageStream()).readable) assert.ok(part.length > 0);
    },
  });
  const ws = await connect(live.url);
  const { counter, onMessage } = worker(MESSAGES);
  function* source(): Generator<string> {
    for (let count = 0; count < MESSAGES; count++) {
      onMessage();
      yield "x";
    }
  }
  await ws.sendStream(source());
  assert.ok(counter.most <= MOST_IN_A_TURN, `${counter.most} parts in one turn`);
  ws.close();
});

test("pausing and resuming in each message does not get around it", async (t) => {
  const { counter, done, onMessage } = worker(MESSAGES);
  const live = await startServer(t, {
    message: (ws) => {
      onMessage();
      ws.pause();
      void Promise.resolve().then(() => ws.resume());
    },
  });
  const client = await RawClient.open(t, live);
  client.write(repeated(fromClient({ opcode: Opcode.Text, payload: "x" }), MESSAGES));
  await done;
  assert.ok(counter.most <= MOST_IN_A_TURN, `${counter.most} messages in one turn`);
});

test("a polite client is answered while another's messages wait", async (t) => {
  const handled = { flood: 0, atAnswer: -1 };
  const live = await startServer(t, {
    message: (ws, data) => {
      if (data === "polite") return void ws.send(data);
      handled.flood++;
      work();
    },
  });
  const [attacker, polite] = [await RawClient.open(t, live), await RawClient.open(t, live)];
  attacker.write(repeated(fromClient({ opcode: Opcode.Text, payload: "x" }), 20_000));
  while (handled.flood === 0) await new Promise((resolve) => setImmediate(resolve));
  polite.text("polite");
  assert.equal(await polite.next(), 'TEXT "polite"');
  assert.ok(handled.flood < 20_000);
});

test("two who flood are served in turn", async (t) => {
  const counts = new Map<unknown, number>();
  const first = deferred();
  const live = await startServer(t, {
    message: (ws) => {
      const count = (counts.get(ws) ?? 0) + 1;
      counts.set(ws, count);
      work();
      if (count === MESSAGES) first.resolve();
    },
  });
  const flood = repeated(fromClient({ opcode: Opcode.Text, payload: "x" }), MESSAGES);
  const clients = [await RawClient.open(t, live), await RawClient.open(t, live)];
  for (const client of clients) client.write(flood);
  await first.promise;
  assert.ok(Math.min(...counts.values()) > MESSAGES / 4, [...counts.values()].join());
});

for (const [how, end] of [
  ["ends", (client: RawClient) => client.socket.end()],
  ["is reset", (client: RawClient) => client.reset()],
] as const) {
  test(`what was read before the stream ${how} is delivered before that is reported`, async (t) => {
    const { errors, error } = problems();
    const { closes, close } = endings();
    const order: string[] = [];
    const begun = new Happenings<void>();
    let handled = 0;
    const live = await startServer(t, {
      error: (ws, reason) => {
        order.push("error");
        error(ws, reason);
      },
      close: (ws, ...rest) => {
        order.push(`close behind ${ws.counters.octetsReceived / 7}`);
        close(ws, ...rest);
      },
      message: (ws) => {
        handled++;
        order.length = 0;
        work();
        if (handled > 1) return;
        begun.add();
        // Something to write, so that a reset is noticed while nothing is read.
        ws.send(Buffer.alloc(4_000_000));
      },
    });
    const client = await RawClient.open(t, live);
    client.write(repeated(fromClient({ opcode: Opcode.Text, payload: "x" }), MESSAGES));
    await begun.next();
    end(client);
    client.socket.resume();
    assert.match(await closes.next(), /^1006/);
    assert.equal(order.at(-1), `close behind ${handled}`, "every octet that was received was delivered");
    assert.equal(order.length, 1 + errors.seen.length);
  });
}

test("a peer whose octets wait for us is not declared dead", async (t) => {
  const { errors, error } = problems();
  const { done, onMessage } = worker(4 * MESSAGES);
  const live = await startServer(t, {
    error,
    heartbeat: { intervalMs: 70, timeoutMs: 70 },
    message: () => onMessage(),
  });
  const client = await RawClient.open(t, live);
  client.write(repeated(fromClient({ opcode: Opcode.Text, payload: "x" }), 4 * MESSAGES));
  await done;
  assert.deepEqual(errors.seen, []);
});
