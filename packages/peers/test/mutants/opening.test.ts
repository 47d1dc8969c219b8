import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";

import { WebSocket } from "ws";

import { mutants } from "@wireproof/peers";
import type { RunningPeer } from "@wireproof/peers";

import { ACCEPT, RawClient, bare, bytes, during, frame } from "../raw-client.js";

const HOSTILE = "<script>alert(1)</script>\x1b[31m";

/** Connects and asks for the opening handshake. */
async function ask(peer: RunningPeer): Promise<RawClient> {
  const client = await RawClient.connect(peer);
  client.request();
  return client;
}

test("reject answers 400 without a body and ends TCP", async (context) => {
  const peer = await during(context, mutants.reject.start());
  const client = await ask(peer);
  const response = (await client.rest()).toString("latin1");
  assert.match(response, /^HTTP\/1\.1 400 Bad Request\r\n(.+\r\n)*Content-Length: 0\r\n\r\n$/);
  assert.match(response, /\r\nServer: reject\r\n/);
});

test("garbage answers every time with the same octets, which are not HTTP", async (context) => {
  const peer = await during(context, mutants.garbage.start());
  const [one, other] = [await ask(peer), await ask(peer)];
  const octets = await one.read(2048);
  assert.deepEqual(await other.read(2048), octets);
  assert.notEqual(octets.toString("latin1", 0, 4), "HTTP");
  assert.ok(new Set(octets).size > 250);
});

test("silent says nothing to an opening handshake", async (context) => {
  const peer = await during(context, mutants.silent.start());
  const client = await ask(peer);
  for (let round = 0; round < 3; round += 1) (await RawClient.connect(peer)).destroy();
  assert.equal(client.hasEnded, false);
  await peer.close();
  assert.equal((await client.rest()).length, 0);
});

test("plainHttp answers 404 with a body, to an opening handshake too", async (context) => {
  const peer = await during(context, mutants.plainHttp.start());
  const client = await ask(peer);
  const head = await client.head();
  assert.match(head, /^HTTP\/1\.1 404 /);
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
  assert.ok(length > 0);
  assert.equal((await client.read(length)).length, length);
});

test("wrongAccept is refused by a client that checks the accept key", async (context) => {
  const peer = await during(context, mutants.wrongAccept.start());
  const client = await ask(peer);
  const head = await client.head();
  assert.match(head, /^HTTP\/1\.1 101 [^]*\r\nSec-WebSocket-Accept: [\w+/]{27}=\r\n/);
  assert.ok(!head.includes(ACCEPT));
  client.destroy();
  const [error] = (await once(new WebSocket(peer.url), "error")) as [Error];
  assert.match(error.message, /Sec-WebSocket-Accept/);
});

test("scriptInHeader has hostile text in its Server header and its close reasons", async (context) => {
  const peer = await during(context, mutants.scriptInHeader.start());
  for (const [payload, code] of [
    [bytes(0x0b, 0xb8), bytes(0x0b, 0xb8)],
    [bytes(), bytes(0x03, 0xe8)],
  ] as const) {
    const client = await ask(peer);
    assert.ok((await client.head()).includes(`\r\nServer: ${HOSTILE}\r\n`));
    client.send(frame(0x88, payload));
    assert.deepEqual(await client.rest(), bare(0x88, bytes(code, Buffer.from(HOSTILE))));
  }
});

test("hugeHeader sends header fields without end", async (context) => {
  const peer = await during(context, mutants.hugeHeader.start());
  const client = await ask(peer);
  const octets = (await client.read(512 * 1024)).toString("latin1");
  assert.match(
    octets.slice(0, 100),
    /^HTTP\/1\.1 101 Switching Protocols\r\nServer: hugeHeader\r\nX-Filler: a+$/,
  );
  assert.ok(!octets.includes("\r\n\r\n"));
});
