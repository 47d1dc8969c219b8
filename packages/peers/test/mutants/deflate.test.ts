import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { inflateRawSync } from "node:zlib";

import { WebSocket } from "ws";

import { mutants, startDeflateEcho } from "@wireproof/peers";
import type { RunningPeer } from "@wireproof/peers";

import { RawClient, bare, bytes, during, frame } from "../raw-client.js";

const LINE = "The same words come again and again, and again come the same words.";

/** A client of `ws` that compresses whatever it sends, or offers no compression. */
async function open(
  context: TestContext,
  peer: RunningPeer,
  options: object | false = {},
): Promise<WebSocket> {
  const perMessageDeflate = options !== false && { threshold: 0, ...options };
  const client = new WebSocket(peer.url, { perMessageDeflate });
  context.after(() => client.terminate());
  await once(client, "open");
  return client;
}

async function echoOf(client: WebSocket, message: string): Promise<string> {
  client.send(message);
  const [data] = (await once(client, "message")) as [Buffer];
  return data.toString();
}

for (const [what, options] of Object.entries({
  "both contexts": {},
  "no context of the server": { serverNoContextTakeover: true },
  "a small window of the server": { serverMaxWindowBits: 9 },
})) {
  test(`deflateEcho echoes what ws compresses, with ${what}`, async (context) => {
    const peer = await during(context, mutants.deflateEcho.start());
    const client = await open(context, peer, options);
    assert.match(client.extensions, /^permessage-deflate/);
    for (const message of ["", LINE, LINE.repeat(3), LINE.repeat(2000), LINE]) {
      assert.equal(await echoOf(client, message), message);
    }
  });
}

test("deflateEcho demands of the client what its options say", async (context) => {
  const options = { clientNoContextTakeover: true, clientMaxWindowBits: 10 };
  const peer = await during(context, startDeflateEcho(options));
  const client = await open(context, peer);
  for (const message of [LINE, LINE, LINE.repeat(2000)]) assert.equal(await echoOf(client, message), message);
});

test("deflateEcho echoes uncompressed where nothing was offered", async (context) => {
  const peer = await during(context, mutants.deflateEcho.start());
  const client = await RawClient.open(peer);
  client.send(frame(0x01, "a"), frame(0x89, "p"), frame(0x80, "b"), frame(0x88, ""));
  assert.deepEqual(await client.rest(), bytes(bare(0x8a, "p"), bare(0x81, "ab"), bare(0x88, "")));
});

test("declines takes no offer", async (context) => {
  const peer = await during(context, mutants.declines.start());
  const client = await open(context, peer);
  assert.equal(client.extensions, "");
  assert.equal(await echoOf(client, LINE), LINE);
});

test("corruptsPast64K flips a bit of what is longer, nothing else", async (context) => {
  const peer = await during(context, mutants.corruptsPast64K.start());
  const client = await open(context, peer);
  const whole = "b".repeat(65_536);
  assert.equal(await echoOf(client, whole), whole);
  assert.equal(await echoOf(client, `${whole}bb`), `${whole}cb`);
});

for (const compressed of [true, false]) {
  test(`limits closes with 1009, ${compressed ? "compressed" : "uncompressed"}`, async (context) => {
    const peer = await during(context, mutants.limits.start());
    const client = await open(context, peer, compressed ? {} : false);
    const most = "b".repeat(65_536);
    assert.equal(await echoOf(client, most), most);
    client.send(`${most}b`);
    const [code] = (await once(client, "close")) as [number];
    assert.equal(code, 1009);
  });
}

for (const name of ["keepsTail", "garbageDeflate"] as const) {
  test(`${name} sends what ws cannot inflate`, async (context) => {
    const peer = await during(context, mutants[name].start());
    const client = await open(context, peer);
    const failed = once(client, "error");
    const again = (): void => client.send(LINE);
    client.on("message", again);
    again();
    const [error] = (await failed) as [NodeJS.ErrnoException];
    assert.equal(error.code, "Z_DATA_ERROR");
  });
}

test("resetsInflate fails as soon as a message refers to the one before", async (context) => {
  const peer = await during(context, mutants.resetsInflate.start());
  const client = await open(context, peer);
  assert.equal(await echoOf(client, LINE), LINE);
  client.send(LINE);
  const [code] = (await once(client, "close")) as [number];
  assert.equal(code, 1007);
});

test("bomb sends a few octets that inflate to very many", async (context) => {
  const peer = await during(context, mutants.bomb.start());
  const client = await askDeflate(peer);
  client.send(frame(0x81, "x"));
  const head = await client.read(10);
  assert.deepEqual(head.subarray(0, 2), bytes(0xc1, 127));
  const length = Number(head.readBigUInt64BE(2));
  assert.ok(length < 5 * 1024 * 1024);
  const part = await client.read(length / 64);
  const limit = { finishFlush: 2, maxOutputLength: 65 * 1024 * 1024 };
  assert.equal(inflateRawSync(part, limit).length, 64 * 1024 * 1024);
});

test("ignoresServerWindow refers back farther than it has agreed to", async (context) => {
  const peer = await during(context, mutants.ignoresServerWindow.start());
  const client = await askDeflate(peer, "; server_max_window_bits=9");
  // Too far for the agreed window, and worth it: nothing in between is like it.
  const far = Buffer.from("0123456789abcdefghijklmnopqrstuvwxyz");
  for (const part of [far, ...fillers(), far]) client.send(frame(0x82, part));
  const lengths: number[] = [];
  for (let count = 0; count < 12; count += 1) {
    const [, length = 0] = await client.read(2);
    await client.read(length);
    lengths.push(length);
  }
  assert.ok((lengths.at(-1) ?? 0) < (lengths[0] ?? 0) / 2, String(lengths));
});

test("stopsReading echoes the first octets and then nothing", async (context) => {
  const peer = await during(context, mutants.stopsReading.start());
  const client = await open(context, peer, false);
  const other = await open(context, peer);
  const half = randomBytes(512 * 1024)
    .toString("base64")
    .slice(0, 512 * 1024);
  assert.equal(await echoOf(client, half), half);
  client.on("message", () => assert.fail("nothing may come back"));
  client.on("pong", () => assert.fail("nothing may come back"));
  client.send(half);
  await new Promise((resolve) => client.ping("", true, resolve));
  // On this connection it goes on, and has had its turn on the other one.
  for (let round = 0; round < 50; round += 1) assert.equal(await echoOf(other, LINE), LINE);
});

/** Ten payloads of 100 different octets each, in ever another order. */
function fillers(): readonly Buffer[] {
  return Array.from({ length: 10 }, (_, round) =>
    Buffer.from(Array.from({ length: 100 }, (_, index) => 128 + ((index * (2 * round + 3)) % 101))),
  );
}

async function askDeflate(peer: RunningPeer, parameters = ""): Promise<RawClient> {
  const client = await RawClient.connect(peer);
  client.request(`Sec-WebSocket-Extensions: permessage-deflate${parameters}`);
  assert.match(await client.head(), new RegExp(`Extensions: permessage-deflate${parameters}\r\n`));
  return client;
}
