import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";

import { connect, createServer } from "../../src/index.js";
import { Opcode } from "../../src/protocol/opcode.js";
import { closeOctets, fromClient } from "../support/frames.js";
import { requestText } from "../support/raw-client.js";
import { chop, mutate } from "./corpus.js";
import type { Random } from "./random.js";
import { StallWatch } from "./stall-watch.js";

const OFFER = { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" };

/** A live server under fire; `round` sends one stream to it over a connection of its own. */
export interface Target {
  round(random: Random, corpus: readonly Buffer[]): Promise<number>;
  /** Sends so much of the smallest messages, each of which keeps the handler busy, that a turn has no room for them. */
  flood(): Promise<number>;
  /** Throws unless the server still echoes, and the event loop went round all the time; its longest stall in ms. */
  check(): Promise<number>;
  close(): Promise<void>;
}

/** `isStalling`: a fault on purpose, everything that came is delivered at once. */
export async function startTarget(isStalling = false): Promise<Target> {
  const turn = isStalling ? { turnMs: Infinity, turnOctets: Infinity } : {};
  const server = createServer({
    limits: { messageOctets: 65_536, closeMs: 500, handshakeMs: 2_000, ...turn },
    compression: { threshold: 0 },
    message: (ws, data) => {
      if (data === FLOOD) work();
      else ws.send(data);
    },
  });
  const { port } = await server.listen(0, "127.0.0.1");
  const watch = new StallWatch();
  return {
    round: (random, corpus) => round(port, random, corpus),
    flood: () => flood(port),
    check: async () => {
      const ws = await connect(`ws://127.0.0.1:${port}/`);
      ws.send("still there?");
      for await (const message of ws) {
        assert.equal(message, "still there?");
        ws.close(1000);
      }
      assert.equal(ws.closed?.wasClean, true);
      const { longestMs } = watch;
      assert.ok(longestMs <= LONGEST_STALL_MS, `the event loop stood still for ${longestMs.toFixed(0)} ms`);
      return longestMs;
    },
    close: async () => {
      watch.stop();
      await server.close({ drainMs: 2_000 });
      assert.equal(server.counters.connections, 0, "nobody is left");
    },
  };
}

const FLOOD = "f";
/** What one read brings of it takes two tenths of a second, if it is delivered at once. */
const FLOOD_MESSAGES = 20_000;
const WORK_MS = 0.02;
/** Ten times what a good server needs, with collections of garbage and what the fuzzer itself does in a turn. */
const LONGEST_STALL_MS = 100;

function work(): void {
  const end = performance.now() + WORK_MS;
  while (performance.now() < end);
}

/** In one write, so that one read brings as much as it can. */
async function flood(port: number): Promise<number> {
  const socket = connectTcp({ port, host: "127.0.0.1" });
  await once(socket, "connect");
  socket.write(requestText());
  await once(socket, "data");
  const message = fromClient({ opcode: Opcode.Text, payload: FLOOD });
  const close = fromClient({ opcode: Opcode.Close, payload: closeOctets(1000) });
  const octets = Buffer.concat([...Array.from({ length: FLOOD_MESSAGES }, () => message), close]);
  socket.resume().end(octets);
  await once(socket, "close");
  return octets.length;
}

async function round(port: number, random: Random, corpus: readonly Buffer[]): Promise<number> {
  const socket = connectTcp({ port, host: "127.0.0.1" });
  // What it ends with does not matter here, a reset included.
  socket.on("error", () => undefined).resume();
  const gone = new Promise((resolve) => socket.once("close", resolve));
  let [sent, pieces] = [0, 0];
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
      // What the fuzzer does itself must not look like a stall of the server.
      else if ((pieces += 1) % 100 === 0) await nextTurn();
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
