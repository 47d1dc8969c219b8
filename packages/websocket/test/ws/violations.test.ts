import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { deflateRawSync } from "node:zlib";

import { Opcode } from "../../src/protocol/opcode.js";
import type { WebSocket } from "../../src/ws/index.js";
import { closeOctets } from "../support/frames.js";
import type { FrameShape } from "../support/frames.js";
import { RawClient } from "../support/raw-client.js";
import { differentialAlone } from "./support/differential.js";
import type { Differences, Stage } from "./support/differential.js";
import { closed, next, watch } from "./support/watch.js";

const { Text, Binary, Continuation, Ping, Pong, Close } = Opcode;

/** What a hostile client sends, and the differences that are wanted. */
const ATTACKS: Readonly<Record<string, { frames: readonly FrameShape[]; differences?: Differences }>> = {
  "RSV1 without an extension": {
    frames: [{ opcode: Text, rsv: 4, payload: "x" }],
  },
  RSV2: {
    frames: [{ opcode: Text, rsv: 2, payload: "x" }],
  },
  "RSV1 and RSV3": {
    frames: [{ opcode: Ping, rsv: 5, payload: "x" }],
  },
  "a reserved opcode": {
    frames: [{ opcode: 3, payload: "x" }],
  },
  "a reserved opcode of control frames": {
    frames: [{ opcode: 15, payload: "x" }],
  },
  "a frame without a mask": {
    frames: [{ opcode: Text, payload: "x", key: undefined }],
  },
  "a continuation of nothing": {
    frames: [{ opcode: Continuation, payload: "x" }],
  },
  "a message inside a message": {
    frames: [
      { opcode: Text, fin: false, payload: "x" },
      { opcode: Text, payload: "y" },
    ],
  },
  "a ping in fragments": {
    frames: [{ opcode: Ping, fin: false, payload: "x" }],
  },
  "a ping of 126 octets": {
    frames: [{ opcode: Ping, payload: "x".repeat(126) }],
  },
  "a ping of 65,536 octets": {
    frames: [{ opcode: Ping, payload: "x".repeat(65_536) }],
  },
  "text that is no UTF-8": {
    frames: [{ opcode: Text, payload: Uint8Array.of(0xc3, 0x28) }],
  },
  "a Close frame of one octet": {
    frames: [{ opcode: Close, payload: "x" }],
  },
  "a close code that cannot be": {
    frames: [{ opcode: Close, payload: closeOctets(1005) }],
  },
  "a close reason that is no UTF-8": {
    frames: [{ opcode: Close, payload: Uint8Array.of(3, 232, 0xff) }],
  },
  "a message over maxPayload": {
    frames: [{ opcode: Binary, payload: "x".repeat(65) }],
  },
  "fragments over maxPayload": {
    frames: [
      { opcode: Text, fin: false, payload: "x".repeat(40) },
      { opcode: Continuation, payload: "x".repeat(40) },
    ],
  },
  "more fragments than allowed": {
    frames: [1, 2, 3, 4, 5].map((at) => ({
      opcode: at === 1 ? Text : Continuation,
      fin: false,
      payload: "x",
    })),
  },
  "a length of 2^53": {
    frames: [{ opcode: Binary, length: 2n ** 53n, payload: "" }],
  },
  "a length of 2^53 - 1": {
    frames: [{ opcode: Binary, length: 2n ** 53n - 1n, payload: "" }],
  },
  "a length of 2^63": {
    frames: [{ opcode: Binary, length: 2n ** 63n, payload: "" }],
    differences: { 'CLOSE 1009 ""': 'CLOSE 1002 ""' },
  },
};

for (const [name, { frames, differences }] of Object.entries(ATTACKS)) {
  differentialAlone(
    name,
    async (stage) => {
      const [there, client] = await attacked(stage);
      client.send({ opcode: Text, payload: "before" }, ...frames, { opcode: Text, payload: "behind" });
      for (const line of await client.rest()) stage.log("raw client", line);
      client.socket.end();
      await closed(there);
    },
    differences,
  );
}

differentialAlone("what a client of the drop-in thinks of a server's frames", async (stage) => {
  for (const frames of [
    [0x81, 0x81, 1, 2, 3, 4, 0x79],
    [0x85, 0],
    [0x88, 1, 0],
    [0xb1, 0],
    [0x88, 2, 0x03, 0xed],
    [0x89, 127, 0, 0, 0, 0, 0, 1, 0, 0],
  ]) {
    const here = await againstFrames(stage, Buffer.from(frames));
    await closed(here);
  }
});

differentialAlone(
  "compressed octets that are none, and too many of them",
  async (stage) => {
    const bomb = deflateRawSync(Buffer.alloc(1_000_000), { finishFlush: 2 });
    for (const payload of [Uint8Array.of(0xff, 0xff, 0xff, 0xff), new Uint8Array(bomb)]) {
      const [there, client] = await attacked(stage, true);
      client.send({ opcode: Binary, rsv: 4, payload });
      for (const line of await client.rest()) stage.log("raw client", line);
      client.socket.end();
      await closed(there);
    }
  },
  {
    "error Error Z_DATA_ERROR: invalid block type (1) state 2":
      "error Error Z_DATA_ERROR: A compressed message cannot be inflated (1) state 2",
  },
);

for (const [name, frame] of [
  ["RSV2 and RSV3", { opcode: Text, rsv: 7 }],
  ["a compressed ping", { opcode: Ping, rsv: 4 }],
  ["a compressed fragment of a ping", { opcode: Ping, rsv: 4, fin: false }],
  ["a compressed continuation", { opcode: Continuation, rsv: 4 }],
] as const) {
  differentialAlone(`${name}, where RSV1 has a meaning`, async (stage) => {
    const [there, client] = await attacked(stage, true);
    client.send(frame);
    for (const line of await client.rest()) stage.log("raw client", line);
    client.socket.end();
    await closed(there);
  });
}

differentialAlone("a length of 2^53 where no limit is set", async (stage) => {
  const { wss, port } = await stage.serve({ maxPayload: 0 });
  const connected = next(wss, "connection");
  const client = await RawClient.open(stage.context, { port });
  const [there] = (await connected) as [WebSocket];
  watch(stage, "server", there);
  client.send({ opcode: Binary, length: 2n ** 53n, payload: "" });
  stage.log("raw client", await client.next());
  client.socket.end();
  await closed(there);
});

differentialAlone("a listener that destroys the socket does not keep the Close frame back", async (stage) => {
  const { wss, port } = await stage.serve();
  const connected = next(wss, "connection");
  const client = await RawClient.open(stage.context, { port });
  const [there] = (await connected) as [WebSocket];
  const socket = there._socket;
  there.on("error", () => socket?.destroy());
  client.send({ opcode: 3 });
  stage.log("raw client", await client.next());
  await closed(there);
});

differentialAlone("skipUTF8Validation lets anything through", async (stage) => {
  const { wss, port } = await stage.serve({ skipUTF8Validation: true });
  const connected = next(wss, "connection");
  const client = await RawClient.open(stage.context, { port });
  const [there] = (await connected) as [WebSocket];
  watch(stage, "server", there);
  client.send({ opcode: Text, payload: Uint8Array.of(0xff, 0xfe) }, { opcode: Pong, payload: "x" });
  await next(there, "pong");
  client.close(1000);
  client.socket.end();
  await closed(there);
});

async function attacked(stage: Stage, perMessageDeflate = false): Promise<[WebSocket, RawClient]> {
  const options = { maxPayload: perMessageDeflate ? 5000 : 64, maxFragments: 4, perMessageDeflate };
  const { wss, port } = await stage.serve(options);
  wss.on("connection", (there) => watch(stage, "server", there));
  const connected = next(wss, "connection");
  const headers = perMessageDeflate ? { "Sec-WebSocket-Extensions": "permessage-deflate" } : {};
  const client = await RawClient.open(stage.context, { port }, { headers });
  const [there] = (await connected) as [WebSocket];
  return [there, client];
}

/** A client whose server sends these octets right behind its answer. */
async function againstFrames(stage: Stage, frames: Buffer): Promise<WebSocket> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (request) => {
      const key = /Sec-WebSocket-Key: (.*)\r\n/i.exec(String(request))?.[1] ?? "";
      socket.write(Buffer.concat([Buffer.from(answerTo(key)), frames]));
      socket.on("data", () => {}).on("end", () => socket.end());
    });
  });
  server.listen(0, "127.0.0.1");
  stage.context.after(() => server.close());
  await next(server, "listening");
  const { port } = server.address() as { port: number };
  const here = watch(stage, "client", stage.connect(`ws://127.0.0.1:${port}`, [], { closeTimeout: 100 }));
  return here;
}

function answerTo(key: string): string {
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  return [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
    "",
    "",
  ].join("\r\n");
}
