/** Many peers that do not read: what waits for all of them together is bounded, and the largest backlogs are hit first. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { connect, frame } from "../../src/index.js";
import type { WebSocketConnection } from "../../src/index.js";
import { Happenings, certificate, endings, problems, startServer } from "../support/live-server.js";
import type { Live } from "../support/live-server.js";
import { RawClient, requestText } from "../support/raw-client.js";
import type { ServerOptions } from "../../src/server/options.js";
import type { TestContext } from "node:test";

const MIB = 1024 * 1024;
const LIMIT = 16 * MIB;
const PEERS = 10;

/** A server with connections whose peers do not read. */
async function withoutReaders(
  t: TestContext,
  options: ServerOptions,
): Promise<{ live: Live<undefined>; all: WebSocketConnection[] }> {
  const opened = new Happenings<WebSocketConnection>();
  const live = await startServer(t, { ...options, open: (ws) => opened.add(ws) });
  for (let count = 0; count < PEERS; count++) {
    const client = await RawClient.connect(t, live);
    client.socket.pause();
    client.write(requestText());
    await opened.next();
  }
  return { live, all: opened.seen };
}

function waitingIn(all: readonly WebSocketConnection[]): number {
  return all.reduce((sum, ws) => sum + (ws.state === "open" ? ws.bufferedAmount : 0), 0);
}

for (const tls of [false, true]) {
  test(`the largest backlogs are closed, the others stay (TLS: ${tls})`, async (t) => {
    const { errors, error } = problems();
    const { closes, close } = endings();
    const limits = { totalBacklogOctets: LIMIT, closeMs: 30 };
    const { all } = await withoutReaders(t, {
      error,
      close,
      limits,
      ...(tls ? { tls: await certificate() } : {}),
    });
    const [modest, ...greedy] = all;
    modest!.send(Buffer.alloc(MIB));
    const before = modest!.bufferedAmount;
    for (let round = 0; round < 15; round++) {
      for (const ws of greedy) ws.send(Buffer.alloc(MIB));
      assert.ok(waitingIn(all) <= LIMIT + MIB, `${waitingIn(all)} octets wait`);
    }
    assert.ok(greedy.some(({ state }) => state !== "open"));
    assert.equal(await errors.next(), "backlog-exceeded");
    assert.equal(await closes.next(), "1006 unclean");
    assert.equal(modest!.state, "open");
    assert.ok(modest!.bufferedAmount <= before);
    // Those who are gone are not sent to any more.
    assert.equal(greedy.find(({ state }) => state !== "open")!.send("x"), false);
  });
}

for (const onBacklog of ["drop", "error"] as const) {
  test(`with the policy "${onBacklog}" the largest are stopped, and none is closed`, async (t) => {
    const limits = { totalBacklogOctets: LIMIT, onBacklog };
    const { live, all } = await withoutReaders(t, { limits });
    const [modest, ...greedy] = all;
    let refused = 0;
    for (let round = 0; round < 15; round++) {
      for (const ws of greedy) {
        try {
          ws.send(Buffer.alloc(MIB));
        } catch (problem) {
          assert.equal((problem as { code?: string }).code, "WIREPROOF_BACKLOG");
          refused++;
        }
      }
    }
    // A message is always taken where nothing waits.
    assert.ok(waitingIn(all) <= LIMIT + PEERS * MIB, `${waitingIn(all)} octets wait`);
    const { dropped } = live.server.counters;
    assert.ok(refused + dropped > 0);
    assert.ok(all.every(({ state }) => state === "open"));
    // Nothing waits for this one.
    modest!.send("still served");
    assert.equal(live.server.counters.dropped, dropped);
    // Room for one that reads: the budget is not in its way.
    const ws = await connect(live.url);
    const [there] = [...live.server.connections].slice(-1);
    there!.send("hello");
    for await (const message of ws) {
      assert.equal(message, "hello");
      break;
    }
    ws.terminate();
  });
}

test("a message that all refer to counts once", async (t) => {
  const { errors, error } = problems();
  const { live, all } = await withoutReaders(t, {
    error,
    compression: false,
    limits: { totalBacklogOctets: LIMIT },
  });
  for (const ws of all) ws.subscribe("all");
  // 120 MiB to send, 12 MiB in memory.
  for (let count = 0; count < 3; count++)
    assert.equal(live.server.publish("all", frame.binary(Buffer.alloc(4 * MIB))), PEERS);
  assert.ok(waitingIn(all) > LIMIT);
  assert.deepEqual(errors.seen, []);
  assert.ok(all.every(({ state }) => state === "open"));
  live.server.publish("all", frame.binary(Buffer.alloc(4 * MIB)));
  live.server.publish("all", frame.binary(Buffer.alloc(4 * MIB)));
  assert.equal(await errors.next(), "backlog-exceeded");
});

test("what peers read in time is not counted, however much it is", async (t) => {
  const { errors, error } = problems();
  const live = await startServer(t, {
    error,
    limits: { totalBacklogOctets: MIB, messageOctets: 2 * MIB },
    message: (ws, data) => ws.send(data),
  });
  const clients = await Promise.all(
    Array.from({ length: 4 }, () => connect(live.url, { limits: { totalBacklogOctets: 64 * MIB } })),
  );
  await Promise.all(
    clients.map(async (ws) => {
      let [sent, left] = [Buffer.alloc(100_000, "x"), 40];
      ws.send(sent);
      for await (const message of ws) {
        assert.equal(message.length, sent.length);
        if (--left === 0) break;
        ws.send((sent = Buffer.alloc(100_000, "y")));
      }
      ws.close();
    }),
  );
  assert.deepEqual(errors.seen, []);
});
