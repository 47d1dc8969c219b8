import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createServer } from "@wireproof/websocket";
import { startEchoServer } from "../../src/modes/echo-server.js";
import { massConnect, type MassConnectOptions } from "../../src/modes/mass-connect/mass-connect.js";
import { openFileLimit, tooFewFiles } from "../../src/modes/mass-connect/open-files.js";
import { sourceAddress } from "../../src/modes/mass-connect/source-address.js";
import { during } from "../integration/play-run.js";

const HERE = { host: "127.0.0.1", port: 0, path: undefined, tls: undefined };

function options(url: string, changes: Partial<MassConnectOptions> = {}): MassConnectOptions {
  return {
    url,
    connections: 300,
    batchSize: 64,
    batchDelayMs: 0,
    retryDelayMs: 0,
    signal: new AbortController().signal,
    ...changes,
  };
}

describe("massConnect", () => {
  test("opens all at once, and closes them", async (context) => {
    const { url, server } = await during(context, startEchoServer(HERE));
    const progress: number[] = [];
    const result = await massConnect(options(url, { onProgress: (open) => progress.push(open) }));
    assert.deepEqual([result.open, result.failures, result.retries, result.problem], [300, 0, 0, null]);
    assert.ok(result.durationMs > 0);
    assert.deepEqual(progress, [64, 128, 192, 256, 300]);
    // The last ones are still on their way out over there.
    await server.close();
    const { opened, closedCleanly } = server.counters;
    assert.deepEqual([opened, closedCleanly], [300, 300]);
  });

  test("tries again where it is refused", async (context) => {
    let asked = 0;
    const server = createServer({
      upgrade: () => (asked++ % 3 === 0 ? { status: 503 } : { data: undefined }),
    });
    const { port } = await server.listen(0, "127.0.0.1");
    context.after(() => server.close());
    const result = await massConnect(options(`ws://127.0.0.1:${port}`, { connections: 30, batchSize: 10 }));
    assert.equal(result.open, 30);
    assert.equal(result.failures, asked - 30);
    assert.equal(result.retries, result.failures);
    assert.match(result.problem ?? "", /503/);
  });

  test("gives up when nothing opens any more, and keeps what there is", async (context) => {
    const server = createServer({ limits: { connections: 20 } });
    const { port } = await server.listen(0, "127.0.0.1");
    context.after(() => server.close());
    const result = await massConnect(options(`ws://127.0.0.1:${port}`, { connections: 50, batchSize: 10 }));
    assert.equal(result.open, 20);
    assert.equal(result.failures, 5 * 10);
    assert.match(result.problem ?? "", /503/);
  });

  test("ends when it is interrupted", async (context) => {
    const { url } = await during(context, startEchoServer(HERE));
    const stop = new AbortController();
    const onProgress = (): void => stop.abort();
    const result = await massConnect(options(url, { onProgress, signal: stop.signal }));
    assert.ok(result.open < 300);
  });
});

test("too few files are said, with what to do", () => {
  assert.equal(tooFewFiles(10_000, 20_000), null);
  assert.equal(tooFewFiles(10_000, null), null);
  assert.match(
    tooFewFiles(10_000, 1024) ?? "",
    /need 10064 open files, but this process may have only 1024: .*ulimit -n 10064/,
  );
  const limit = openFileLimit();
  assert.ok(limit === null || limit > 0);
});

test("beyond the ports of one address, connections on the loopback come from others", () => {
  const url = new URL("ws://127.0.0.1:9000");
  assert.equal(sourceAddress(url, 19_999), undefined);
  assert.equal(sourceAddress(url, 20_000), "127.0.0.2");
  assert.equal(sourceAddress(url, 20_000 * 256), "127.0.1.1");
  assert.equal(sourceAddress(new URL("ws://example.com"), 20_000), undefined);
  assert.equal(sourceAddress(new URL("wss://127.0.0.1"), 20_000), undefined);
});

test("a connection from another address arrives", async (context) => {
  const { url, server } = await during(context, startEchoServer(HERE));
  const { connectFrom } = await import("../../src/modes/mass-connect/source-address.js");
  const socket = await connectFrom("127.0.0.1", new URL(url), new AbortController().signal);
  assert.equal(socket.remotePort, Number(new URL(url).port));
  socket.destroy();
  const gone = new URL(url);
  await server.close();
  await assert.rejects(connectFrom("127.0.0.1", gone, new AbortController().signal), /ECONNREFUSED/);
  await assert.rejects(connectFrom("127.0.0.1", gone, AbortSignal.abort(new Error("no"))), /no|ECONNREFUSED/);
});
