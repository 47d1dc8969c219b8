import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";

import { mintCertificate, mutants } from "@wireproof/peers";

import { RawClient, assertPortIsFree, during, frame } from "../raw-client.js";

test("every mutant is filed under its name", () => {
  for (const [name, mutant] of Object.entries(mutants)) assert.equal(mutant.name, name);
});

for (const mutant of Object.values(mutants)) {
  test(`${mutant.name} survives resets at any stage and frees its port`, async (context) => {
    const peer = await during(context, mutant.start());
    const untouched = await RawClient.connect(peer);
    untouched.socket.resetAndDestroy();
    const asking = await RawClient.connect(peer);
    asking.request();
    asking.socket.resetAndDestroy();
    const talking = await RawClient.connect(peer);
    talking.request();
    talking.send(frame(0x81, "an echo for nobody"), frame(0x89, ""), frame(0x88, ""));
    talking.socket.resetAndDestroy();
    // Stays connected, to be dropped by closing.
    const last = await RawClient.connect(peer);
    last.request();
    await peer.close();
    await last.ended;
    await assertPortIsFree(peer);
  });

  test(`${mutant.name} speaks TLS`, async (context) => {
    const tls = await mintCertificate();
    const peer = await during(context, mutant.start({ tls }));
    assert.match(peer.url, /^wss:/);
    const plain = connect(peer.port, "127.0.0.1");
    plain.on("error", () => {});
    plain.end("GET / HTTP/1.1\r\n\r\n");
    plain.resume();
    await once(plain, "close");
    const client = await RawClient.connect(peer, tls);
    client.request();
    await peer.close();
    await client.ended;
    client.destroy();
  });
}
