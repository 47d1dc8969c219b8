/** The strictness matrix: what popular servers let through, or drop without a word, and what the RFC demands. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Certificate } from "@wireproof/peers";
import { Opcode } from "../../src/protocol/opcode.js";
import { closeOctets } from "../support/frames.js";
import type { FrameShape } from "../support/frames.js";
import { certificate, startEcho } from "../support/live-server.js";
import { KEY, RawClient } from "../support/raw-client.js";
import type { RequestChanges } from "../support/raw-client.js";

const { Continuation, Text, Binary, Close, Ping, Pong } = Opcode;
const hi = (opcode: number, rest: Partial<FrameShape> = {}): FrameShape => ({
  opcode,
  payload: "hi",
  ...rest,
});
const close = (code: number, reason = ""): FrameShape => ({
  opcode: Close,
  payload: closeOctets(code, reason),
});
const octets = (opcode: number, ...payload: number[]): FrameShape => ({
  opcode,
  payload: Uint8Array.from(payload),
});

/** What is sent after the opening handshake, and the code of the Close frame that it is answered with. */
const FAILED: readonly [string, number, ...FrameShape[]][] = [
  ["a text frame that is not masked", 1002, hi(Text, { key: undefined })],
  ["a ping that is not masked", 1002, hi(Ping, { key: undefined })],
  ["a length of 2 in 16 bits", 1002, hi(Text, { lengthOctets: 2 })],
  ["a length of 2 in 64 bits", 1002, hi(Text, { lengthOctets: 8 })],
  ["a length of 126 in 64 bits", 1002, { opcode: Text, payload: "x".repeat(126), lengthOctets: 8 }],
  ["a length with the 64th bit set", 1002, { opcode: Binary, length: (1n << 63n) | 5n, lengthOctets: 8 }],
  ["a length of 2^53", 1009, { opcode: Binary, length: 1n << 53n, lengthOctets: 8 }],
  ["RSV1 without an extension", 1002, hi(Text, { rsv: 4 })],
  ["RSV2", 1002, hi(Text, { rsv: 2 })],
  ["RSV3", 1002, hi(Text, { rsv: 1 })],
  ["opcode 3", 1002, hi(3)],
  ["opcode 7", 1002, hi(7)],
  ["opcode 11", 1002, hi(11)],
  ["opcode 15", 1002, hi(15)],
  ["a fragmented ping", 1002, hi(Ping, { fin: false })],
  ["a ping of 126 octets", 1002, { opcode: Ping, payload: "x".repeat(126) }],
  ["a continuation of nothing", 1002, hi(Continuation)],
  ["a text inside a fragmented text", 1002, hi(Text, { fin: false }), hi(Text)],
  ["text that is not UTF-8", 1007, octets(Text, 0xc3, 0x28)],
  ["a surrogate in UTF-8", 1007, octets(Text, 0xed, 0xa0, 0x80)],
  ["text that is not UTF-8, in a fragment with more to come", 1007, { ...octets(Text, 0xff), fin: false }],
  ["text that ends inside a character", 1007, octets(Text, 0xe2, 0x82)],
  ["a Close frame of one octet", 1002, octets(Close, 3)],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map(
    (code): [string, number, FrameShape] => [`close code ${code}`, 1002, close(code)],
  ),
  ["a close reason that is not UTF-8", 1007, octets(Close, 3, 232, 0xff)],
];

const ECHOED = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
];

/** What is asked, and the HTTP status of the answer; 101 opens the connection. */
const ASKED: readonly [string, number, RequestChanges][] = [
  ["all as it has to be", 101, {}],
  ["no Host", 400, { headers: { Host: null } }],
  ["two Hosts", 400, { headers: { Host: ["localhost", "localhost"] } }],
  ["an empty Host", 400, { headers: { Host: "" } }],
  ["no key", 400, { headers: { "Sec-WebSocket-Key": null } }],
  ["a key of three characters", 400, { headers: { "Sec-WebSocket-Key": "abc" } }],
  ["a key of 15 octets", 400, { headers: { "Sec-WebSocket-Key": Buffer.alloc(15).toString("base64") } }],
  ["a key of 17 octets", 400, { headers: { "Sec-WebSocket-Key": Buffer.alloc(17).toString("base64") } }],
  ["a key with bits left over", 101, { headers: { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZR==" } }],
  ["two keys", 400, { headers: { "Sec-WebSocket-Key": [KEY, KEY] } }],
  ["version 12", 426, { headers: { "Sec-WebSocket-Version": "12" } }],
  ["version 013", 426, { headers: { "Sec-WebSocket-Version": "013" } }],
  ["no version", 426, { headers: { "Sec-WebSocket-Version": null } }],
  ["two versions", 426, { headers: { "Sec-WebSocket-Version": ["13", "13"] } }],
  ["POST", 405, { method: "POST", headers: { "Content-Length": "0" } }],
  ["PUT", 405, { method: "PUT", headers: { "Content-Length": "0" } }],
  ["CONNECT", 405, { method: "CONNECT", target: "localhost:80" }],
  ["HTTP/1.0", 505, { version: "HTTP/1.0" }],
  ["no Connection", 426, { headers: { Connection: null } }],
  ["Connection: close", 426, { headers: { Connection: "close" } }],
  ["Connection: keep-alive, upgrade", 101, { headers: { Connection: "keep-alive, upgrade" } }],
  ["Upgrade: WEBSOCKET", 101, { headers: { Upgrade: "WEBSOCKET" } }],
  ["Upgrade: h2c, websocket", 101, { headers: { Upgrade: "h2c, websocket" } }],
  ["Upgrade: websockets", 426, { headers: { Upgrade: "websockets" } }],
  ["no Upgrade", 426, { headers: { Upgrade: null } }],
  ["the same subprotocol twice", 400, { headers: { "Sec-WebSocket-Protocol": "a, a" } }],
  ["the same subprotocol on two lines", 400, { headers: { "Sec-WebSocket-Protocol": ["a", "a"] } }],
  ["a subprotocol that is no token", 400, { headers: { "Sec-WebSocket-Protocol": "a b" } }],
  ["an unknown subprotocol", 101, { headers: { "Sec-WebSocket-Protocol": "a" } }],
  ["extensions out of grammar", 400, { headers: { "Sec-WebSocket-Extensions": "permessage-deflate; =" } }],
  ["an unknown extension", 101, { headers: { "Sec-WebSocket-Extensions": "x-unknown; a=1" } }],
  ["two Origins", 400, { headers: { Origin: ["http://localhost", "http://localhost"] } }],
  ["a body", 400, { headers: { "Content-Length": "2" } }],
  ["a fragment in the target", 400, { target: "/#here" }],
];

for (const scheme of ["ws", "wss"] as const) {
  describe(`the strictness matrix over ${scheme}`, () => {
    const options = async (): Promise<{ tls?: Certificate; compression: false }> => ({
      compression: false,
      ...(scheme === "wss" ? { tls: await certificate() } : {}),
    });

    test("frames that fail the connection, each with a Close frame before the end", async (t) => {
      const live = await startEcho(t, await options());
      for (const [name, code, ...frames] of FAILED) {
        const client = await RawClient.open(t, live);
        client.send(...frames);
        const [last, ...more] = await collect(client);
        assert.match(last!, new RegExp(`^CLOSE ${code} "`), name);
        assert.deepEqual(more, ["FIN"], `${name}: the server ends, and without a reset`);
        client.socket.end();
      }
      assert.equal(live.server.counters.violations, FAILED.length);
    });

    test("close codes that come back as they were sent, without the reason", async (t) => {
      const live = await startEcho(t, await options());
      for (const code of ECHOED) {
        const client = await RawClient.open(t, live);
        client.close(code, "why");
        assert.deepEqual(await collect(client), [`CLOSE ${code} ""`, "FIN"]);
        client.socket.end();
      }
      const empty = await RawClient.open(t, live);
      empty.send({ opcode: Close });
      assert.deepEqual(await collect(empty), ['CLOSE ""', "FIN"]);
    });

    test("frames that are as they have to be", async (t) => {
      const live = await startEcho(t, await options());
      const client = await RawClient.open(t, live);
      client.send(hi(Ping), hi(Pong), hi(Text, { fin: false }), hi(Ping), hi(Continuation), hi(Binary));
      const seen = [await client.next(), await client.next(), await client.next(), await client.next()];
      assert.deepEqual(seen, ['PONG "hi"', 'PONG "hi"', 'TEXT "hihi"', 'BINARY "hi"']);
      // What follows a Close frame is not read any more.
      client.send(close(1000), hi(Text));
      assert.deepEqual(await collect(client), ['CLOSE 1000 ""', "FIN"]);
    });

    test("opening handshakes", async (t) => {
      const live = await startEcho(t, await options());
      for (const [name, status, changes] of ASKED) {
        const client = await RawClient.connect(t, live);
        const answer = await client.ask(changes);
        assert.equal(answer.status, status, `${name}: ${answer.body}`);
        if (status === 101) continue;
        if (status === 426) assert.equal(answer.headers.get("sec-websocket-version"), "13", name);
        if (status === 426) assert.equal(answer.headers.get("upgrade"), "websocket", name);
        if (status === 405) assert.equal(answer.headers.get("allow"), "GET", name);
        assert.equal(await client.end(), "FIN", name);
        client.socket.end();
      }
    });
  });
}

async function collect(client: RawClient): Promise<string[]> {
  const seen: string[] = [];
  try {
    for (;;) seen.push(await client.next());
  } catch {
    return [...seen, client.ending];
  }
}
