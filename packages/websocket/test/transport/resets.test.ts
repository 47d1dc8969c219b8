import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { before, suite, test } from "node:test";
import type { TestContext } from "node:test";
import { TLSSocket } from "node:tls";

import { connect } from "../../src/index.js";
import type { WebSocketConnection } from "../../src/index.js";
import { Opcode } from "../../src/protocol/opcode.js";
import { WebSocket, WebSocketServer } from "../../src/ws/index.js";
import { goodAnswer, startRawServer } from "../client/raw-server.js";
import { closeOctets, fromServer } from "../support/frames.js";
import { certificate, deferred, readModeSettled, startEcho, startServer } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import { socketPair } from "./pairs.js";
import type { Kind } from "./pairs.js";
import { Talker } from "./talker.js";

/**
 * A peer closes its socket while octets are on the way to it, which resets TCP: what it said before, often a Close
 * frame, is here by then. In most of these tests that happens in one turn of the event loop with a write, so that the
 * write fails before anything is read.
 */
before(readModeSettled);

const KINDS: readonly Kind[] = ["tcp", "tls"];
const TOO_BIG = closeOctets(1009, "too big");

/** A server's Close frame, and the reset of its connection. */
async function startResetting(
  context: TestContext,
  kind: Kind,
): Promise<{ url: string; ca: string; closeAndReset: () => void }> {
  let peer: Socket | undefined;
  const { cert, key } = await certificate();
  const onRequest = (socket: Socket, head: string): void => {
    // Or its own system would keep back what a reset discards.
    peer = socket.setNoDelay();
    socket.write(goodAnswer(head));
  };
  const server = await startRawServer(context, onRequest, kind === "tls" ? { cert, key } : undefined);
  return {
    url: server.url.replace("127.0.0.1", "localhost"),
    ca: cert,
    closeAndReset: () => {
      peer!.write(fromServer({ opcode: Opcode.Close, payload: TOO_BIG }));
      for (const socket of server.sockets) if (!(socket instanceof TLSSocket)) socket.resetAndDestroy();
    },
  };
}

/** As many turns of the event loop as echoes take: what has happened on loopback connections by then, is known. */
async function turnsOfTheLoop(context: TestContext): Promise<void> {
  const client = await RawClient.open(context, await startEcho(context));
  for (let turn = 0; turn < 20; turn++) {
    client.text("tick");
    await client.next();
  }
}

for (const kind of KINDS) {
  suite(`what came before a reset is read, although a write fails (${kind})`, () => {
    for (const pieces of [1, 2]) {
      test(`by the transport, ${pieces} in a write`, async (context) => {
        const [ours, peer, tcp] = await socketPair(context, kind);
        const talker = new Talker(ours, true);
        let received = "";
        talker.onReceive = (octets) => (received += octets.toString());
        talker.transport.start(Buffer.alloc(0));
        peer.setNoDelay().on("error", () => {});
        peer.write("first words");
        await talker.untilReceived(1);
        peer.write(" and last words");
        tcp.resetAndDestroy();
        for (let piece = 0; piece < pieces; piece++) talker.send(Buffer.alloc(5000));
        talker.transport.flush();
        talker.send(Buffer.alloc(1_000_000));
        talker.transport.flush();
        await talker.until("end");
        assert.equal(received, "first words and last words");
        assert.equal(talker.transport.bufferedOctets, 0, "nothing is kept for a peer that is gone");
        talker.endOutput();
        await talker.until("closed");
        const ends = talker.events.filter((event) => !event.endsWith("blocked"));
        assert.deepEqual(ends, ["end", "closed"]);
      });
    }

    test("by a server", async (context) => {
      const closed = deferred<unknown[]>();
      const errors: string[] = [];
      let ws: WebSocketConnection | undefined;
      const live = await startServer(context, {
        ...(kind === "tls" ? { tls: await certificate() } : {}),
        open: (it) => void (ws = it),
        error: (_ws, error) => void errors.push(error.message),
        close: (_ws, code, reason, wasClean) => closed.resolve([code, reason, wasClean]),
      });
      const client = await RawClient.open(context, live);
      client.socket.setNoDelay();
      client.send({ opcode: Opcode.Close, payload: TOO_BIG });
      client.reset();
      ws!.send("on its way");
      assert.deepEqual(await closed.promise, [1009, "too big", false]);
      assert.deepEqual(errors, []);
    });

    test("by a client", async (context) => {
      const server = await startResetting(context, kind);
      const closed = deferred<unknown[]>();
      const errors: string[] = [];
      const ws = await connect(server.url, {
        ...(kind === "tls" ? { tls: { ca: server.ca } } : {}),
        error: (_ws, error) => void errors.push(error.message),
        close: (_ws, code, reason, wasClean) => closed.resolve([code, reason, wasClean]),
      });
      server.closeAndReset();
      ws.send("on its way");
      assert.deepEqual(await closed.promise, [1009, "too big", false]);
      assert.deepEqual(errors, []);
    });

    test("by a client of the drop-in", async (context) => {
      const server = await startResetting(context, kind);
      const ws = new WebSocket(server.url, { ca: server.ca });
      const closed = deferred<unknown[]>();
      ws.on("close", (code, reason) => closed.resolve([code, reason.toString()]));
      await new Promise((resolve) => ws.on("open", () => resolve(null)));
      server.closeAndReset();
      ws.send("on its way");
      assert.deepEqual(await closed.promise, [1009, "too big"]);
    });
  });
}

suite("how a connection ends that was reset", () => {
  test("by a server of the drop-in, a Close frame is read although a write fails", async (context) => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    context.after(() => server.close());
    const opened = deferred<WebSocket>();
    server.on("connection", (ws) => opened.resolve(ws));
    await new Promise((resolve) => server.on("listening", () => resolve(null)));
    const client = await RawClient.open(context, { port: (server.address() as { port: number }).port });
    const ws = await opened.promise;
    const closed = deferred<unknown[]>();
    ws.on("close", (code, reason) => closed.resolve([code, reason.toString()]));
    client.send({ opcode: Opcode.Close, payload: TOO_BIG });
    client.reset();
    ws.send("on its way");
    assert.deepEqual(await closed.promise, [1009, "too big"]);
  });

  test("without a Close frame the write that failed is an error", async (context) => {
    const happened: unknown[] = [];
    const closed = deferred<null>();
    let ws: WebSocketConnection | undefined;
    const live = await startServer(context, {
      open: (it) => void (ws = it),
      message: (_ws, data) => void happened.push(data),
      error: (_ws, { code, cause }) => void happened.push([code, (cause as { syscall: string }).syscall]),
      close: (_ws, code, _reason, wasClean) => {
        happened.push([code, wasClean]);
        closed.resolve(null);
      },
    });
    const client = await RawClient.open(context, live);
    client.text("last words");
    client.reset();
    ws!.send("on its way");
    await closed.promise;
    assert.deepEqual(happened, ["last words", ["WIREPROOF_TRANSPORT", "write"], [1006, false]]);
  });

  for (const writes of [true, false]) {
    const what = writes ? "after a write that failed" : "without a write";
    test(`a paused connection delivers what came before the reset when it goes on, ${what}`, async (context) => {
      const happened: unknown[] = [];
      const [paused, closed] = [deferred<null>(), deferred<null>()];
      let ws: WebSocketConnection | undefined;
      const live = await startServer(context, {
        open: (it) => void (ws = it),
        message: (it, data) => {
          if (happened.push(data) > 1) return;
          it.pause();
          paused.resolve(null);
        },
        close: (_ws, code, reason) => {
          happened.push([code, reason]);
          closed.resolve(null);
        },
      });
      const client = await RawClient.open(context, live);
      client.socket.setNoDelay();
      client.send({ opcode: Opcode.Text, payload: "first" }, { opcode: Opcode.Text, payload: "second" });
      await paused.promise;
      client.send({ opcode: Opcode.Text, payload: "third" }, { opcode: Opcode.Close, payload: TOO_BIG });
      client.reset();
      if (writes) ws!.send("on its way");
      await turnsOfTheLoop(context);
      assert.deepEqual(happened, ["first"]);
      ws!.resume();
      await closed.promise;
      assert.deepEqual(happened, ["first", "second", "third", [1009, "too big"]]);
    });

    test(`a paused connection that is given up is over at once, ${what}`, async (context) => {
      const [paused, closed] = [deferred<null>(), deferred<number>()];
      let ws: WebSocketConnection | undefined;
      const live = await startServer(context, {
        open: (it) => void (ws = it),
        message: (it) => {
          it.pause();
          paused.resolve(null);
        },
        close: (_ws, code) => closed.resolve(code),
      });
      const client = await RawClient.open(context, live);
      client.send({ opcode: Opcode.Text, payload: "first" }, { opcode: Opcode.Text, payload: "second" });
      await paused.promise;
      client.reset();
      if (writes) ws!.send("on its way");
      await turnsOfTheLoop(context);
      ws!.terminate();
      assert.equal(await closed.promise, 1006);
    });
  }
});
