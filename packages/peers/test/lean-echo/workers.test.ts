import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";

import { mintCertificate, startLeanEchoServer } from "@wireproof/peers";

import { assertEchoes } from "../echo.js";
import { RawClient, bare, bytes, during, frame } from "../raw-client.js";

test("workers serve what the server accepts, several connections at a time", async (context) => {
  const peer = await during(context, startLeanEchoServer({ workers: 2 }));
  assert.match(await assertEchoes(peer), /^wireproof-lean-echo\/\d+\.\d+\.\d+$/);
  const clients = await Promise.all(Array.from({ length: 5 }, () => RawClient.open(peer)));
  for (const [index, client] of clients.entries()) client.send(frame(0x82, `message ${index}`));
  for (const [index, client] of clients.entries()) {
    const echo = bare(0x82, `message ${index}`);
    assert.deepEqual(await client.read(echo.length), echo);
  }
  for (const client of clients) client.send(frame(0x88, bytes(0x03, 0xe8)));
  for (const client of clients) assert.deepEqual(await client.rest(), bare(0x88, bytes(0x03, 0xe8)));
});

test("usage is that of all processes, and there is none once the server is closed", async (context) => {
  const peer = await during(context, startLeanEchoServer({ workers: 2 }));
  const [before, own] = [await peer.usage(), process.resourceUsage().maxRSS];
  assert.ok(before.maxRssKiB > own, "the workers have memory of their own");
  await assertEchoes(peer);
  const after = await peer.usage();
  assert.ok(after.user + after.system >= before.user + before.system);
  await peer.close();
  await assert.rejects(peer.usage(), /has ended/);
});

test("closing drops the connections that workers have, frees the port, and may be done twice", async (context) => {
  const peer = await during(context, startLeanEchoServer({ workers: 3 }));
  const client = await RawClient.open(peer);
  await Promise.all([peer.close(), peer.close()]);
  assert.equal((await client.rest()).length, 0);
  const refused = connect(peer.port, "127.0.0.1");
  const [error] = (await once(refused, "error")) as [NodeJS.ErrnoException];
  assert.equal(error.code, "ECONNREFUSED");
});

test("what cannot be is refused", async () => {
  for (const workers of [0, -1, 1.5, 65, Number.NaN]) {
    await assert.rejects(startLeanEchoServer({ workers }), RangeError);
  }
  const tls = await mintCertificate();
  await assert.rejects(startLeanEchoServer({ workers: 2, tls }), TypeError);
  await assert.rejects(startLeanEchoServer({ workers: 2, host: "256.256.256.256" }));
});

test("a server without workers reports its usage as well", async (context) => {
  const peer = await during(context, startLeanEchoServer());
  const { user, system, maxRssKiB } = await peer.usage();
  assert.ok(user + system > 0 && maxRssKiB > 0);
});
