import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { Opcode } from "../../src/protocol/opcode.js";
import { WebSocket } from "../../src/ws/index.js";
import type { ServerOptions } from "../../src/ws/index.js";
import { frame, fromClient } from "../support/frames.js";
import { readModeSettled } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import { OURS, Stage } from "./support/differential.js";
import { closed, describeError, next } from "./support/watch.js";

// Where `ws` lets something pass, or does something else: what the drop-in does.

async function opened(context: TestContext, options: ServerOptions = {}): Promise<[WebSocket, RawClient]> {
  await readModeSettled();
  const stage = new Stage(context, OURS, OURS);
  const { wss, port } = await stage.serve(options);
  const connected = next(wss, "connection");
  const client = await RawClient.open(context, { port });
  const [there] = (await connected) as [WebSocket];
  return [there, client];
}

test("a length in more octets than it needs is refused", async (context) => {
  const [there, client] = await opened(context);
  const failed = next(there, "error");
  client.write(fromClient({ opcode: Opcode.Text, payload: "x", lengthOctets: 2 }));
  const [error] = await failed;
  assert.equal(
    describeError(error),
    "RangeError WS_ERR_LENGTH_NOT_MINIMAL: Invalid WebSocket frame: the length is not minimal",
  );
  assert.match(await client.next(), /^CLOSE 1002 /);
});

test("text is refused as soon as it cannot become UTF-8", async (context) => {
  const [there, client] = await opened(context);
  const failed = next(there, "error");
  client.send({ opcode: Opcode.Text, fin: false, payload: Uint8Array.of(0xf5) });
  assert.match(describeError((await failed)[0]), /WS_ERR_INVALID_UTF8/);
  assert.match(await client.next(), /^CLOSE 1007 /);
});

test("pings of a client that does not read wait for it in a few pongs, and it is not dropped", async (context) => {
  const [there, client] = await opened(context, { maxPendingAutoPongs: 2 });
  client.socket.removeAllListeners("data").pause();
  // More than the system takes.
  const size = 16 * 1024 * 1024;
  there.send(Buffer.alloc(size));
  for (let at = 10; at < 100; at++) {
    const pinged = next(there, "ping");
    client.send({ opcode: Opcode.Ping, payload: `p${at}` });
    await pinged;
  }
  let octets = 0;
  let tail = "";
  client.socket.on("data", (chunk: Buffer) => {
    octets += chunk.length;
    tail = (tail + chunk.toString("latin1")).slice(-100);
  });
  client.socket.resume();
  while (!tail.endsWith("p99")) await next(client.socket, "data");
  const pongs = (octets - size - 10) / 5;
  assert.ok(pongs <= 4, `${pongs} pongs`);
  assert.equal(there.readyState, there.OPEN);
});

test("octets that come one by one cost no memory each", async (context) => {
  const [there, client] = await opened(context, { maxBufferedChunks: 2 });
  const message = next(there, "message");
  const octets = fromClient({ opcode: Opcode.Text, payload: "one by one" });
  client.socket.setNoDelay(true);
  for (const octet of octets) {
    client.write(Uint8Array.of(octet));
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(String((await message)[0]), "one by one");
});

test("a message belongs to the listener that got it", async (context) => {
  const [there, client] = await opened(context);
  const kept: Buffer[] = [];
  there.on("message", (data) => kept.push(data as Buffer));
  const last = new Promise((resolve) => there.on("pong", resolve));
  client.send({ opcode: Opcode.Binary, payload: "first" }, { opcode: Opcode.Binary, payload: "second" });
  client.send({ opcode: Opcode.Pong });
  await last;
  assert.deepEqual(kept.map(String), ["first", "second"]);
});

test("pause() stops what was read already, with and without synchronous events", async (context) => {
  for (const allowSynchronousEvents of [true, false]) {
    const [there, client] = await opened(context, { allowSynchronousEvents });
    const seen: string[] = [];
    there.on("message", (data) => {
      seen.push((data as Buffer).toString());
      there.pause();
    });
    const first = next(there, "message");
    client.write(
      Buffer.concat(["a", "b", "c"].map((payload) => fromClient({ opcode: Opcode.Text, payload }))),
    );
    await first;
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(seen, ["a"]);
    const second = next(there, "message");
    there.resume();
    await second;
    assert.deepEqual(seen, ["a", "b"]);
  }
});

test("masking is not the application's to decide", async (context) => {
  const [there, client] = await opened(context);
  there.send("x", { mask: true });
  const seen = await client.frame();
  assert.equal(seen.isMasked, false);
});

test("text that is no UTF-8 is not sent", async (context) => {
  const [there] = await opened(context);
  assert.throws(() => there.send(Uint8Array.of(0xff), { binary: false }), TypeError);
});

test("a line feed in a header of the application's ends in a 500, and in a warning", async (context) => {
  const stage = new Stage(context, OURS, OURS);
  const { wss, port } = await stage.serve();
  wss.on("headers", (lines: string[], request) =>
    lines.push(`X-Path: ${decodeURIComponent(request.url ?? "")}`),
  );
  const warned = next(process, "warning");
  const client = await RawClient.connect(context, { port });
  const { status } = await client.ask({ target: "/%0d%0aSet-Cookie:%20stolen=1" });
  assert.equal(status, 500);
  assert.match(String((await warned)[0]), /no header field/);
});

test("a choice of handleProtocols that is no header field is not sent", async (context) => {
  const stage = new Stage(context, OURS, OURS);
  const { url } = await stage.serve({ handleProtocols: () => "mine\r\nX-Injected: yes" });
  const warned = next(process, "warning");
  const here = stage.connect(url, ["theirs"]);
  const [error] = await next(here, "error");
  assert.equal((error as Error).message, "Unexpected server response: 500");
  assert.match(String((await warned)[0]), /no header field/);
});

test("verifyClient decides once", async (context) => {
  const stage = new Stage(context, OURS, OURS);
  const { wss, url } = await stage.serve({
    verifyClient: (_info, callback) => {
      callback(true);
      callback(true);
      callback(false, 403);
    },
  });
  let count = 0;
  wss.on("connection", () => count++);
  const here = stage.connect(url);
  await next(here, "open");
  assert.equal(count, 1);
});

test("a status that cannot be is a 500", async (context) => {
  const stage = new Stage(context, OURS, OURS);
  const { port } = await stage.serve({ verifyClient: (_info, callback) => callback(false, 99, "no") });
  const warned = next(process, "warning");
  const client = await RawClient.connect(context, { port });
  assert.equal((await client.ask()).status, 500);
  await warned;
});

test("a server that sends its answer octet by octet cannot stretch the handshake timeout", async (context) => {
  const stage = new Stage(context, OURS, OURS);
  const server = createServer((socket) => {
    socket.on("error", () => {});
    const answer = Buffer.from(`HTTP/1.1 101 Switching Protocols\r\nX: ${"x".repeat(100_000)}`);
    let at = 0;
    const drip = setInterval(() => socket.write(answer.subarray(at, ++at)), 5);
    socket.on("close", () => clearInterval(drip));
  });
  server.listen(0, "127.0.0.1");
  context.after(() => server.close());
  await next(server, "listening");
  const { port } = server.address() as { port: number };
  const here = stage.connect(`ws://127.0.0.1:${port}`, { handshakeTimeout: 60 });
  const [error] = await next(here, "error");
  assert.equal((error as Error).message, "Opening handshake has timed out");
  await closed(here);
});

test("an error without a listener is an uncaught exception, as ever", async (context) => {
  const [there, client] = await opened(context);
  const uncaught = new Promise<unknown>((resolve) => process.setUncaughtExceptionCaptureCallback(resolve));
  const over = closed(there);
  client.write(frame({ opcode: Opcode.Text, payload: "x" }));
  const error = await uncaught;
  process.setUncaughtExceptionCaptureCallback(null);
  assert.equal((error as { code?: string }).code, "WS_ERR_EXPECTED_MASK");
  client.socket.end();
  await over;
});

test("an option that is not given is the default, and so is one that is undefined", async (context) => {
  const stage = new Stage(context, OURS, OURS);
  const { wss } = await stage.serve({ maxPayload: undefined, maxFragments: undefined });
  assert.equal(wss.options.maxPayload, 100 * 1024 * 1024);
  assert.equal(wss.options.maxFragments, 16_384);
});

test("numbers are texts, not lengths of memory", async (context) => {
  const [there, client] = await opened(context);
  there.send(100);
  there.ping(100);
  assert.deepEqual([await client.next(), await client.next()].sort(), ['PING "100"', 'TEXT "100"']);
  assert.throws(() => there.close(1000, 100 as unknown as string), TypeError);
  assert.equal(new WebSocket(null).readyState, WebSocket.CONNECTING);
});
