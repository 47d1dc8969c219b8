/** Which servers a client of the drop-in trusts, what it sends to which, and keys that cannot be guessed. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { EventEmitter } from "node:events";
import { test } from "node:test";

import { WebSocket } from "../../src/ws/index.js";
import type { ClientOptions } from "../../src/ws/index.js";
import { certificate, fieldOf, goodAnswer, startRawServer } from "../client/raw-server.js";
import { VICTIMS } from "./victims.js";

/** The error of a client of the drop-in, or "open". */
async function outcome(url: string, options: ClientOptions = {}): Promise<string> {
  const ws = new WebSocket(url, options);
  const failed = new Promise<string>((resolve) => {
    ws.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
  const opened = once(ws as EventEmitter, "open").then(
    () => "open",
    () => failed,
  );
  const how = await Promise.race([opened, failed]);
  ws.terminate();
  return how;
}

test("wss: the certificate and the host are checked, unless the application says otherwise", async (t) => {
  const tls = await certificate();
  const server = await startRawServer(t, (socket, head) => socket.write(goodAnswer(head)), tls);
  assert.equal(await outcome(server.url), "DEPTH_ZERO_SELF_SIGNED_CERT");
  const wrong = { ca: tls.cert, servername: "other.example" };
  assert.equal(await outcome(server.url, wrong), "ERR_TLS_CERT_ALTNAME_INVALID");
  assert.deepEqual(server.requests, [], "nothing was said to it");
  assert.equal(await outcome(server.url, { ca: tls.cert }), "open");
  // An option that is not given is no permission.
  assert.equal(await outcome(server.url, { rejectUnauthorized: undefined }), "DEPTH_ZERO_SELF_SIGNED_CERT");
});

test("redirects: from wss to ws and to other hosts, without what says who the client is; in a circle to the limit", async (t) => {
  const tls = await certificate();
  const plain = await startRawServer(t, (socket, head) => socket.write(goodAnswer(head)));
  const secure = await startRawServer(
    t,
    (socket) => socket.end(`HTTP/1.1 302 Found\r\nLocation: ${plain.url}/\r\nContent-Length: 0\r\n\r\n`),
    tls,
  );
  const headers = {
    Authorization: "Bearer x",
    Cookie: "a=b",
    "Proxy-Authorization": "Basic y",
    "X-Other": "z",
  };
  const following = { followRedirects: true, headers, ca: tls.cert };
  assert.equal(await outcome(secure.url, following), "open");
  assert.equal(plain.requests.length, 1);
  for (const head of plain.requests) {
    for (const name of ["authorization", "cookie", "proxy-authorization"])
      assert.equal(fieldOf(head, name), undefined, name);
  }
  const circle = await startRawServer(t, (socket) =>
    socket.end("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"),
  );
  assert.match(await outcome(circle.url, { ...following, maxRedirects: 3 }), /Maximum redirects exceeded/);
  assert.equal(circle.requests.length, 4);
});

for (const { name, open } of VICTIMS.filter((it) => it.name.startsWith("client"))) {
  test(`the masking keys of ten thousand frames differ, and every bit is set as often as not: ${name}`, async (t) => {
    const attacker = await open(t);
    const keys = new Set<number>();
    const bits = Array.from({ length: 32 }, () => 0);
    attacker.socket.removeAllListeners("data");
    const frames = 10_000;
    let octets = Buffer.alloc(0);
    const all = new Promise<void>((resolve) => {
      attacker.socket.on("data", (chunk: Buffer) => {
        octets = Buffer.concat([octets, chunk]);
        if (octets.length === frames * 7) resolve();
      });
    });
    for (let count = 0; count < frames; count++) attacker.victim.send(Uint8Array.of(0));
    await all;
    for (let at = 2; at < octets.length; at += 7) {
      const key = octets.readUInt32BE(at);
      keys.add(key);
      for (let bit = 0; bit < 32; bit++) bits[bit]! += (key >>> bit) & 1;
    }
    // Two of ten thousand random keys are equal once in 86 runs; fifty never are.
    assert.ok(keys.size > frames - 50, `${keys.size} keys`);
    // Eight standard deviations.
    for (const count of bits) assert.ok(Math.abs(count - frames / 2) < 400, `${count} of ${frames}`);
  });
}
