import assert from "node:assert/strict";
import { test } from "node:test";

import { mintCertificate, startFayeServer } from "@wireproof/peers";

import { assertEchoes } from "./echo.js";
import { RawClient, during } from "./raw-client.js";

test("the faye server echoes over TCP and names itself", async (context) => {
  const peer = await during(context, startFayeServer());
  assert.match(await assertEchoes(peer), /^faye-websocket\/\d+\.\d+\.\d+$/);
});

test("the faye server echoes over TLS", async (context) => {
  const tls = await mintCertificate();
  const peer = await during(context, startFayeServer({ tls }));
  await assertEchoes(peer, tls);
});

test("the faye server refuses upgrades to something else", async (context) => {
  const peer = await during(context, startFayeServer());
  const client = await RawClient.connect(peer);
  client.socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
  assert.match(await client.head(), /^HTTP\/1\.1 400 /);
});

test("closing the faye server drops open connections", async (context) => {
  const peer = await during(context, startFayeServer());
  const client = await RawClient.open(peer);
  await peer.close();
  await client.ended;
});
