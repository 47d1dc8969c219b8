import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import type { Socket } from "node:net";

import { connect, createServer } from "../../src/index.js";
import { requestText } from "../support/raw-client.js";
import { chop, mutate } from "./corpus.js";
import type { Random } from "./random.js";

const OFFER = { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" };

/** A live server under fire; `round` sends one stream to it over a connection of its own. */
export interface Target {
  round(random: Random, corpus: readonly Buffer[]): Promise<number>;
  /** Throws unless the server still echoes, and holds nothing of those who are gone. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export async function startTarget(): Promise<Target> {
  const server = createServer({
    limits: { messageOctets: 65_536, closeMs: 500, handshakeMs: 2_000 },
    compression: { threshold: 0 },
    message: (ws, data) => void ws.send(data),
  });
  const { port } = await server.listen(0, "127.0.0.1");
  return {
    round: (random, corpus) => round(port, random, corpus),
    check: async () => {
      const ws = await connect(`ws://127.0.0.1:${port}/`);
      ws.send("still there?");
      for await (const message of ws) {
        assert.equal(message, "still there?");
        ws.close(1000);
      }
      assert.equal(ws.closed?.wasClean, true);
    },
    close: async () => {
      await server.close({ drainMs: 2_000 });
      assert.equal(server.counters.connections, 0, "nobody is left");
    },
  };
}

async function round(port: number, random: Random, corpus: readonly Buffer[]): Promise<number> {
  const socket = connectTcp({ port, host: "127.0.0.1" });
  // What it ends with does not matter here, a reset included.
  socket.on("error", () => undefined).resume();
  const gone = new Promise((resolve) => socket.once("close", resolve));
  let sent = 0;
  try {
    await once(socket, "connect");
    // A quarter aims at the opening handshake itself.
    const isOpening = random.below(4) === 0;
    const head = Buffer.from(requestText({ headers: random.below(2) === 0 ? OFFER : {} }), "latin1");
    const octets = isOpening ? mutate(random, [head]) : Buffer.concat([head, mutate(random, corpus)]);
    for (const piece of chop(random, octets)) {
      if (socket.destroyed) break;
      sent += piece.length;
      if (!socket.write(piece)) await drained(socket);
    }
    socket.end();
  } catch {
    // The server may close at any moment.
  }
  await gone;
  return sent;
}

function drained(socket: Socket): Promise<unknown> {
  return Promise.race([
    new Promise((resolve) => socket.once("drain", resolve)),
    new Promise((resolve) => socket.once("close", resolve)),
  ]);
}
