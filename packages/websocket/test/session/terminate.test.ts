/** What is over is over at once: `terminate()` in any callback, and an aborted signal. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { connect } from "../../src/client/connect.js";
import { Opcode } from "../../src/protocol/opcode.js";
import type { WebSocketConnection } from "../../src/session/connection.js";
import type { Handlers } from "../../src/session/handlers.js";
import { goodAnswer, startRawServer } from "../client/raw-server.js";
import { concat, fromServer } from "../support/frames.js";
import type { FrameShape } from "../support/frames.js";
import { deferred, startServer } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";

const MANY: readonly FrameShape[] = Array.from({ length: 300 }, (_, at) => ({
  opcode: [Opcode.Text, Opcode.Ping, Opcode.Pong][at % 3]!,
  payload: String(at),
}));

/** A connection of ours to whose peer these frames belong, all of them in one segment. */
async function receiving(
  t: TestContext,
  role: "server" | "client",
  handlers: Handlers,
  signal?: AbortSignal,
): Promise<void> {
  if (role === "server") {
    const live = await startServer(t, handlers);
    const client = await RawClient.open(t, live);
    client.send(...MANY);
    return;
  }
  const server = await startRawServer(t, (socket, head) => {
    const frames = MANY.map((shape) => fromServer(shape));
    socket.write(concat(Buffer.from(goodAnswer(head)), ...frames));
  });
  // Dropped in `open`, it is handed out all the same.
  await connect(server.url, { ...handlers, ...(signal === undefined ? {} : { signal }) });
}

function checkOver(ws: WebSocketConnection): void {
  assert.equal(ws.state, "closing");
  assert.equal(ws.send("never"), false);
  assert.equal(ws.sendText(Buffer.from("never")), false);
  assert.equal(ws.ping(), false);
  assert.equal(ws.pong(), false);
}

for (const role of ["server", "client"] as const) {
  describe(`terminate() in a ${role}'s`, () => {
    for (const name of ["open", "message", "ping", "pong"] as const) {
      test(`handler "${name}": nothing more is delivered, the state is "closing", nothing is sent`, async (t) => {
        const seen: string[] = [];
        const closed = deferred<unknown>();
        const note =
          (what: string) =>
          (ws: WebSocketConnection): void => {
            seen.push(what);
            if (what !== name) return;
            ws.terminate();
            checkOver(ws);
          };
        await receiving(t, role, {
          open: note("open"),
          message: note("message"),
          ping: note("ping"),
          pong: note("pong"),
          error: (_ws, error) => seen.push(error.code),
          close: (ws, code, _reason, wasClean) => closed.resolve([code, wasClean, ws.state]),
        });
        assert.deepEqual(await closed.promise, [1006, false, "closed"]);
        const order = ["open", "message", "ping", "pong"];
        assert.deepEqual(seen, order.slice(0, order.indexOf(name) + 1));
      });
    }

    test("loop: it ends with an error that says whose doing it was", async (t) => {
      const opened = deferred<WebSocketConnection>();
      await receiving(t, role, { open: (ws) => opened.resolve(ws) });
      const ws = await opened.promise;
      const seen: unknown[] = [];
      const reading = async (): Promise<void> => {
        for await (const message of ws) {
          if (seen.push(message) === 2) ws.terminate();
        }
      };
      await assert.rejects(reading(), {
        code: "WIREPROOF_NOT_OPEN",
        message: "This side dropped the connection.",
      });
      assert.deepEqual(seen.slice(0, 2), ["0", "3"]);
    });
  });
}

test("terminate() when a peer has been failed, and when the connection is gone, does no more", async (t) => {
  const errors: string[] = [];
  const closed = deferred<WebSocketConnection>();
  const live = await startServer(t, {
    error: (ws, { code }) => {
      errors.push(code);
      ws.terminate();
    },
    close: (ws) => closed.resolve(ws),
  });
  const client = await RawClient.open(t, live);
  client.send({ opcode: 3 });
  const ws = await closed.promise;
  ws.terminate();
  assert.equal(ws.state, "closed");
  assert.deepEqual(errors, ["WIREPROOF_VIOLATION"]);
});

test("an aborted signal ends a client's connection in the same way", async (t) => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const seen: unknown[] = [];
  const closed = deferred<WebSocketConnection>();
  await receiving(
    t,
    "client",
    {
      message: (ws, data) => {
        seen.push(data);
        controller.abort(reason);
        checkOver(ws);
      },
      close: (ws) => closed.resolve(ws),
    },
    controller.signal,
  );
  const ws = await closed.promise;
  assert.deepEqual(seen, ["0"]);
  assert.equal(ws.state, "closed");
  await assert.rejects(ws.nextMessageStream(), { code: "WIREPROOF_NOT_OPEN" });
});

test("topics are not subscribed to any more once the closing has begun", async (t) => {
  const opened = deferred<WebSocketConnection>();
  const live = await startServer(t, { open: (ws) => opened.resolve(ws) });
  await RawClient.open(t, live);
  const ws = await opened.promise;
  ws.close(1000);
  assert.equal(ws.subscribe("topic"), false);
  assert.equal(live.server.subscribers("topic"), 0);
});
