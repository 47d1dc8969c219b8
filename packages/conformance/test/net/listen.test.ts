import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { listen, urlHost, type Listener } from "../../src/net/listen.js";
import type { SocketConnection } from "../../src/net/socket-transport.js";

async function started(maxConnections = 10): Promise<Listener & { readonly accepted: SocketConnection[] }> {
  const accepted: SocketConnection[] = [];
  const listener = await listen({
    host: "127.0.0.1",
    port: 0,
    maxConnections,
    onConnection: (connection, from) => {
      assert.equal(from, "127.0.0.1");
      accepted.push(connection);
    },
  });
  return { ...listener, accepted };
}

test("hosts as they are written in a URL", () => {
  assert.deepEqual(["127.0.0.1", "::1", "localhost", "0.0.0.0", "::"].map(urlHost), [
    "127.0.0.1",
    "[::1]",
    "localhost",
    "127.0.0.1",
    "127.0.0.1",
  ]);
});

test("a port that is in use is an error of the system", async () => {
  const first = await started();
  const second = listen({ host: "127.0.0.1", port: first.port, maxConnections: 1, onConnection: () => {} });
  await assert.rejects(second, { code: "EADDRINUSE" });
  await first.close(0);
});

test("connections that do not end in time are dropped when the listener closes", async () => {
  const listener = await started();
  const client = connect(listener.port, "127.0.0.1");
  client.on("error", () => undefined);
  await once(client, "connect");
  const gone = once(client, "close");
  await listener.close(10);
  await gone;
});

test("connections beyond the maximum are closed at once", async () => {
  const listener = await started(1);
  const first = connect(listener.port, "127.0.0.1");
  await once(first, "connect");
  const second = connect(listener.port, "127.0.0.1").on("error", () => undefined);
  await once(second, "close");
  assert.equal(listener.accepted.length, 1);
  first.destroy();
  await listener.close(1000);
});
