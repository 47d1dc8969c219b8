/** Streams that are asked for one after the other: what begins between two requests waits for the next one. */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { connect } from "../../src/client/connect.js";
import { Opcode } from "../../src/protocol/opcode.js";
import type { WebSocketConnection } from "../../src/session/connection.js";
import type { MessageStream } from "../../src/session/message-streams.js";
import { goodAnswer, startRawServer } from "../client/raw-server.js";
import { closeOctets, concat, fromClient, fromServer } from "../support/frames.js";
import type { FrameShape } from "../support/frames.js";
import { deferred, startServer } from "../support/live-server.js";
import type { Deferred } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";

const { Text, Binary, Continuation, Ping, Close } = Opcode;
const BIG = 1_500_000;
const CLOSE: FrameShape = { opcode: Close, payload: closeOctets(1000) };
const texts = (...payloads: readonly string[]): FrameShape[] =>
  payloads.map((payload) => ({ opcode: Text, payload }));
const big = (letter: string): FrameShape => ({ opcode: Binary, payload: letter.repeat(BIG) });

/** A connection of ours, and how its peer sends it frames, all in one write; behind a Close frame it ends TCP. */
type Side = (
  t: TestContext,
  options?: { readonly text?: "octets" },
) => Promise<[WebSocketConnection, (...frames: readonly FrameShape[]) => void]>;

const SIDES: Readonly<Record<string, Side>> = {
  server: async (t, options = {}) => {
    const opened = deferred<WebSocketConnection>();
    const live = await startServer(t, { ...options, open: (ws) => opened.resolve(ws) });
    const client = await RawClient.open(t, live);
    const write = (...frames: readonly FrameShape[]): void => {
      client.write(concat(...frames.map((it) => fromClient(it))));
      if (frames.at(-1) === CLOSE) client.socket.end();
    };
    return [await opened.promise, write];
  },
  client: async (t, options = {}) => {
    const talking: Deferred<Socket> = deferred();
    const server = await startRawServer(t, (socket, head) => {
      socket.write(goodAnswer(head));
      socket.resume();
      talking.resolve(socket);
    });
    const ws = await connect(server.url, options);
    const socket = await talking.promise;
    const write = (...frames: readonly FrameShape[]): void => {
      socket.write(concat(...frames.map((it) => fromServer(it))));
      if (frames.at(-1) === CLOSE) socket.end();
    };
    return [ws, write];
  },
};

async function textOf({ readable }: MessageStream): Promise<string> {
  const parts = [];
  for await (const part of readable) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** All messages up to the end, in few letters. */
async function takeAll(ws: WebSocketConnection): Promise<string[]> {
  const seen: string[] = [];
  try {
    for (;;) {
      const stream = await ws.nextMessageStream();
      const text = await textOf(stream);
      seen.push(`${stream.isText ? "text" : "binary"} ${text[0]}${text.length}`);
    }
  } catch (error) {
    assert.equal((error as { code?: string }).code, "WIREPROOF_NOT_OPEN");
  }
  return seen;
}

for (const [role, side] of Object.entries(SIDES)) {
  describe(`a ${role} that asks for one stream after the other`, () => {
    test("gets five small messages of one segment", async (t) => {
      const [ws, send] = await side(t);
      const taking = takeAll(ws);
      send(...texts("a", "bb"), { opcode: Ping }, ...texts("ccc", "", "eeeee"), CLOSE);
      assert.deepEqual(await taking, ["text a1", "text b2", "text c3", "text undefined0", "text e5"]);
    });

    test("gets what came before it first asked, in order, and a message that had begun", async (t) => {
      const [ws, send] = await side(t, { text: "octets" });
      send(...texts("a", "bb"), { opcode: Binary, payload: "c" }, { opcode: Text, fin: false, payload: "d" });
      while (ws.counters.framesReceived < 4) await new Promise(setImmediate);
      const taking = takeAll(ws);
      send({ opcode: Continuation, payload: "dd" }, big("e"), CLOSE);
      assert.deepEqual(await taking, ["text a1", "text b2", "binary c1", "text d3", `binary e${BIG}`]);
    });

    test("gets messages above the limits, whole or in fragments, one by one", async (t) => {
      const [ws, send] = await side(t);
      const taking = takeAll(ws);
      const half = "x".repeat(BIG / 2);
      const fragments = [
        { opcode: Text, fin: false, payload: half },
        { opcode: Continuation, payload: half },
      ];
      send(big("a"), ...fragments, big("b"), CLOSE);
      assert.deepEqual(await taking, [`binary a${BIG}`, `text x${BIG}`, `binary b${BIG}`]);
    });

    test("does not read meanwhile, nor keep what waits", async (t) => {
      const [ws, send] = await side(t);
      const first = ws.nextMessageStream();
      send(...texts("a"), big("b"), big("c"));
      assert.equal(await textOf(await first), "a");
      for (let turns = 0; turns < 200; turns++) await new Promise(setImmediate);
      assert.ok(ws.counters.octetsReceived < BIG, `${ws.counters.octetsReceived} octets were read`);
      assert.equal((await textOf(await ws.nextMessageStream())).length, BIG);
      assert.equal((await textOf(await ws.nextMessageStream())).length, BIG);
    });

    test("may iterate in between, where the limits hold", async (t) => {
      const [ws, send] = await side(t);
      const messages = ws[Symbol.asyncIterator]();
      const stream = async (): Promise<string> => textOf(await ws.nextMessageStream());
      send(...texts("a", "b"));
      assert.equal((await messages.next()).value, "a");
      assert.equal(await stream(), "b");
      send(...texts("c"), big("d"), ...texts("e", "f"), big("g"));
      assert.equal((await messages.next()).value, "c");
      assert.equal((await stream()).length, BIG);
      // Asked for before they come, and afterwards.
      assert.deepEqual([(await messages.next()).value, (await messages.next()).value], ["e", "f"]);
      await assert.rejects(messages.next(), { problem: "frame-too-big" });
    });

    test("and iterates at the same time: each message comes once", async (t) => {
      const [ws, send] = await side(t);
      const iterator = ws[Symbol.asyncIterator]();
      const [whole, stream] = [iterator.next(), ws.nextMessageStream()];
      send(...texts("a", "b", "c"));
      const seen = [(await whole).value, await textOf(await stream)];
      assert.deepEqual(new Set(seen), new Set(["a", "b"]));
      assert.equal((await iterator.next()).value, "c");
    });

    test("closes: neither the peer's Close frame nor small messages wait for it, large ones are thrown away", async (t) => {
      const [ws, send] = await side(t);
      const first = ws.nextMessageStream();
      send(...texts("a", "b"), big("c"), ...texts("d"));
      assert.equal(await textOf(await first), "a");
      ws.close(1000);
      send(CLOSE);
      const seen: string[] = [];
      while (ws.state !== "closed") await new Promise(setImmediate);
      for (;;) {
        const stream = await ws.nextMessageStream().catch(() => undefined);
        if (stream === undefined) break;
        seen.push(await textOf(stream));
      }
      assert.deepEqual(seen, ["b", "d"]);
      assert.deepEqual(ws.closed, { code: 1000, reason: "", wasClean: true });
    });
  });
}
