import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { test } from "node:test";
import { createServer } from "../../src/server/server.js";
import { certificate, deferred, endings, startEcho, startServer } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";

test("closing sends 1001 to all clients, waits for them, and refuses new ones", async (t) => {
  const { closes, close } = endings();
  const live = await startEcho(t, { close });
  const clients = [await RawClient.open(t, live), await RawClient.open(t, live)];
  const closed = live.server.close();
  for (const client of clients) assert.equal(await client.next(), 'CLOSE 1001 ""');
  const late = connectTcp(live.port, "127.0.0.1");
  const [error] = (await once(late, "error")) as [NodeJS.ErrnoException];
  assert.equal(error.code, "ECONNREFUSED");
  // What a client had to say still arrives: it may not have seen the Close frame yet.
  clients[0]!.text("one more");
  for (const client of clients) {
    client.close(1001);
    assert.deepEqual(await client.rest(), ["FIN"]);
    client.socket.end();
  }
  await closed;
  assert.deepEqual([await closes.next(), await closes.next()], ["1001 clean", "1001 clean"]);
  assert.equal(live.server.counters.connections, 0);
  assert.equal(live.server.connections.size, 0);
});

test("closing with a code and a reason of one's own", async (t) => {
  const live = await startEcho(t);
  const client = await RawClient.open(t, live);
  const closed = live.server.close({ code: 1012, reason: "back at noon" });
  assert.equal(await client.next(), 'CLOSE 1012 "back at noon"');
  client.close(1012);
  client.socket.end();
  await closed;
});

test("a code or reason that cannot be sent rejects, and the server goes on", async (t) => {
  const live = await startEcho(t);
  for (const options of [
    { code: 1005 },
    { code: 1010 },
    { reason: "x".repeat(124) },
    { drainMs: Number.NaN },
  ]) {
    await assert.rejects(live.server.close(options), { code: "WIREPROOF_INVALID_ARGUMENT" });
  }
  await RawClient.open(t, live);
});

test("clients that do not close are dropped when the time is over", async (t) => {
  const { closes, close } = endings();
  const live = await startEcho(t, { close });
  const client = await RawClient.open(t, live);
  await live.server.close({ drainMs: 20 });
  assert.equal(await closes.next(), "1006 unclean");
  assert.equal(await client.next(), 'CLOSE 1001 ""');
});

test("closing twice is closing once", async (t) => {
  const live = await startEcho(t);
  const client = await RawClient.open(t, live);
  const [first, second] = [live.server.close(), live.server.close({ code: 4000 })];
  assert.equal(await client.next(), 'CLOSE 1001 ""');
  client.close(1001);
  client.socket.end();
  await Promise.all([first, second]);
  await assert.rejects(live.server.listen(0), { code: "WIREPROOF_INVALID_ARGUMENT" });
});

test("sockets that say nothing do not keep a server from closing", async (t) => {
  const silent = await startEcho(t);
  const sockets = [connectTcp(silent.port, "127.0.0.1")];
  await once(sockets[0]!, "connect");
  const halfAsked = await RawClient.connect(t, silent);
  halfAsked.write("GET / HTTP/1.1\r\nHost: loc");
  const keptAlive = await RawClient.connect(t, silent);
  keptAlive.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
  assert.equal((await keptAlive.answer()).status, 426);

  const secure = await startEcho(t, { tls: await certificate() });
  sockets.push(connectTcp(secure.port, "127.0.0.1"));
  await once(sockets[1]!, "connect");
  await Promise.all([silent.server.close({ drainMs: 0 }), secure.server.close({ drainMs: 0 })]);
  for (const socket of sockets) socket.destroy();
});

test("await using closes a server", async (t) => {
  const server = createServer({});
  t.after(() => server.close());
  const { port } = await server.listen(0, "127.0.0.1");
  await RawClient.connect(t, { port });
  await server[Symbol.asyncDispose]();
  const late = connectTcp(port, "127.0.0.1");
  assert.equal(((await once(late, "error")) as [NodeJS.ErrnoException])[0].code, "ECONNREFUSED");
});

test("a client that is let in while the server closes is refused", async (t) => {
  const [asked, answer] = [deferred(), deferred()];
  const live = await startServer<string>(t, {
    upgrade: async () => {
      asked.resolve();
      await answer.promise;
      return { data: "welcome" };
    },
  });
  const client = await RawClient.connect(t, live);
  const answered = client.ask();
  await asked.promise;
  answer.resolve();
  const closed = live.server.close();
  assert.equal((await answered).status, 503);
  await closed;
  assert.equal(live.server.counters.opened, 0);
});
