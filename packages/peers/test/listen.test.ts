import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";

import { startEchoServer } from "@wireproof/peers";

import { listen } from "../src/listen.js";
import { RawClient, assertPortIsFree, during } from "./raw-client.js";

test("a taken port is refused with the system's error", async (context) => {
  const peer = await during(context, listen(createServer(), {}));
  await assert.rejects(listen(createServer(), { port: peer.port }), { code: "EADDRINUSE" });
  await assert.rejects(startEchoServer({ port: peer.port }), { code: "EADDRINUSE" });
});

test("closing drops what is connected and frees the port, however often it is called", async (context) => {
  const peer = await during(context, listen(createServer(), {}));
  const client = await RawClient.connect(peer);
  await Promise.all([peer.close(), peer.close()]);
  await client.ended;
  await assertPortIsFree(peer);
});

test("an IPv6 address is put in brackets", async (context) => {
  const started = await listen(createServer(), { host: "::1" }).catch(() => undefined);
  if (started === undefined) return context.skip("no IPv6 on this machine");
  const peer = await during(context, Promise.resolve(started));
  assert.equal(peer.url, `ws://[::1]:${peer.port}`);
});
