import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerHttp2Stream } from "node:http2";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";

import { ErrorCode, connect } from "../../src/index.js";
import type { ConnectOptions, WebSocketConnection, WebSocketError } from "../../src/index.js";
import { Opcode } from "../../src/protocol/opcode.js";
import { closeOctets, concat, describe, fromServer } from "../support/frames.js";
import { accept, echo, fastFrame, startHttp2Server } from "./http2-server.js";

const HTTP2 = { http2: true, compression: false } as const;
const CANCEL = 8;

interface Outcome {
  /** What the client said. */
  readonly said: readonly string[];
  readonly messages: readonly unknown[];
  readonly error: WebSocketError | undefined;
  readonly close: readonly [code: number, reason: string, wasClean: boolean];
  /** The code with which the stream ended for the server, and whether the client has sent END_STREAM. */
  readonly rstCode: number;
  readonly hasEnded: boolean;
}

/** How a connection ends whose server accepts it and does something. */
async function outcomeOf(
  context: TestContext,
  act: (stream: ServerHttp2Stream) => void,
  { after, ...options }: ConnectOptions & { readonly after?: (ws: WebSocketConnection) => void } = {},
): Promise<Outcome> {
  let said: readonly string[] = [];
  const streams: ServerHttp2Stream[] = [];
  const server = await startHttp2Server(context, (stream) => {
    streams.push(stream);
    accept(stream, undefined, (frames) => (said = frames.map(describe)));
    act(stream);
  });
  const messages: unknown[] = [];
  let error: WebSocketError | undefined;
  const close = await new Promise<Outcome["close"]>((resolve, reject) => {
    connect(server.url, {
      ...HTTP2,
      ...options,
      message: (_ws, data) => void messages.push(data),
      error: (_ws, it) => (error ??= it),
      close: (_ws, code, reason, wasClean) => resolve([code, reason, wasClean]),
    })
      .then((ws) => after?.(ws))
      .catch(reject);
  });
  const [stream] = streams;
  if (!stream!.closed) await once(stream!, "close");
  return { said, messages, error, close, rstCode: stream!.rstCode, hasEnded: stream!.readableEnded };
}

const closeFrame = (code: number, reason = ""): Uint8Array =>
  fromServer({ opcode: Opcode.Close, payload: closeOctets(code, reason) });
const textFrame = (payload: string): Uint8Array => fromServer({ opcode: Opcode.Text, payload });

suite("a connection over HTTP/2 ends (RFC 8441 §5)", () => {
  test("with Close frames and END_STREAM both ways, begun by the server", async (context) => {
    const outcome = await outcomeOf(context, (stream) => stream.end(closeFrame(3001, "bye")));
    assert.deepEqual(outcome.close, [3001, "bye", true]);
    assert.deepEqual(outcome.said, ['CLOSE 3001 ""']);
    assert.equal(outcome.rstCode, 0);
    assert.equal(outcome.hasEnded, true);
    assert.equal(outcome.error, undefined);
  });

  test("with Close frames and END_STREAM both ways, begun by the client", async (context) => {
    const server = await startHttp2Server(context, echo);
    const ws = await connect(server.url, HTTP2);
    ws.close(1000, "done");
    for await (const _ of ws);
    assert.deepEqual(ws.closed, { code: 1000, reason: "done", wasClean: true });
  });

  test("with 1006 when the server ends the stream without a Close frame", async (context) => {
    const outcome = await outcomeOf(context, (stream) => stream.end(textFrame("last")));
    assert.deepEqual(outcome.messages, ["last"]);
    assert.deepEqual(outcome.close, [1006, "", false]);
  });

  for (const [name, code] of [
    ["CANCEL", CANCEL],
    ["INTERNAL_ERROR", 2],
    ["PROTOCOL_ERROR", 1],
  ] as const) {
    test(`with 1006 and an error when the server resets the stream with ${name}`, async (context) => {
      const outcome = await outcomeOf(
        context,
        (stream) => {
          stream.write(textFrame("last"));
          // The client has read it when it says something.
          stream.once("data", () => stream.close(code));
        },
        { after: (ws) => ws.send("read") },
      );
      assert.deepEqual(outcome.close, [1006, "", false]);
      assert.deepEqual(outcome.messages, ["last"]);
      assert.equal(outcome.error?.code, ErrorCode.Transport);
    });
  }

  test("cleanly, even if the server resets the stream behind its Close frame", async (context) => {
    const outcome = await outcomeOf(context, (stream) => {
      stream.write(closeFrame(1000, "bye"));
      stream.once("data", () => stream.close(0));
    });
    assert.deepEqual(outcome.close, [1000, "bye", true]);
    assert.equal(outcome.error, undefined);
  });

  test("with 1006 and the reason when the session is lost, like all others of it", async (context) => {
    const server = await startHttp2Server(context, (stream) => accept(stream));
    const errors: WebSocketError[] = [];
    const closes: number[] = [];
    const all = Promise.all(
      Array.from(
        { length: 3 },
        () =>
          new Promise<void>((resolve, reject) => {
            connect(server.url, {
              ...HTTP2,
              error: (_ws, error) => void errors.push(error),
              close: (_ws, code) => {
                closes.push(code);
                resolve();
              },
            }).catch(reject);
          }),
      ),
    );
    while (server.requests.length < 3) await once(server.server, "stream");
    // Not NO_ERROR: ENHANCE_YOUR_CALM.
    server.sessions[0]!.goaway(0xb);
    await all;
    assert.deepEqual(closes, [1006, 1006, 1006]);
    assert.deepEqual(
      errors.map(({ code }) => code),
      Array.from({ length: 3 }, () => ErrorCode.Transport),
    );
    assert.match(errors[0]!.message, /Session closed with error code/);
  });

  test("with 1006 when TCP is lost", async (context) => {
    const outcome = await outcomeOf(
      context,
      (stream) => {
        stream.once("data", () => stream.session!.destroy());
      },
      { after: (ws) => ws.send("read") },
    );
    assert.deepEqual(outcome.close, [1006, "", false]);
  });

  test("with RST_STREAM and CANCEL when the client drops it", async (context) => {
    const outcome = await outcomeOf(context, () => {}, { after: (ws) => ws.terminate() });
    assert.equal(outcome.rstCode, CANCEL);
    assert.deepEqual(outcome.close, [1006, "", false]);
  });

  test("and so when its signal is aborted", async (context) => {
    const controller = new AbortController();
    const outcome = await outcomeOf(context, () => {}, {
      signal: controller.signal,
      after: () => controller.abort(),
    });
    assert.equal(outcome.rstCode, CANCEL);
  });

  test("with a Close frame when the server breaks the protocol", async (context) => {
    const outcome = await outcomeOf(context, (stream) =>
      stream.write(fromServer({ opcode: Opcode.Text, rsv: 4 })),
    );
    assert.match(outcome.said[0]!, /^CLOSE 1002 /);
    assert.equal(outcome.error?.code, ErrorCode.Violation);
  });

  test("with RST_STREAM when the server does not answer the Close frame", async (context) => {
    const outcome = await outcomeOf(context, () => {}, {
      limits: { closeMs: 100 },
      after: (ws) => ws.close(1000),
    });
    assert.equal(outcome.rstCode, CANCEL);
    assert.deepEqual(outcome.said, ['CLOSE 1000 ""']);
    assert.equal(outcome.close[2], false);
  });

  test("with RST_STREAM when the server is silent", async (context) => {
    const outcome = await outcomeOf(context, () => {}, { heartbeat: { intervalMs: 50, timeoutMs: 100 } });
    assert.equal(outcome.error?.problem, "heartbeat-timeout");
    assert.equal(outcome.rstCode, CANCEL);
    assert.equal(outcome.close[2], false);
  });
});

suite("the flow control of HTTP/2 reaches the application", () => {
  test("send is false when the server does not read, and drain comes when it does", async (context) => {
    let stream: ServerHttp2Stream | undefined;
    const server = await startHttp2Server(context, (it) => {
      stream = it;
      it.respond({ ":status": 200 });
    });
    let drained = (): void => {};
    const drain = new Promise<void>((resolve) => (drained = resolve));
    const ws = await connect(server.url, { ...HTTP2, drain: () => drained() });
    const message = Buffer.alloc(64 * 1024);
    let sent = 0;
    while (ws.send(message)) sent++;
    assert.ok(ws.bufferedAmount > 0);
    stream!.resume();
    await drain;
    assert.equal(ws.bufferedAmount, 0);
    assert.ok(sent < 1000);
    ws.terminate();
  });

  test("a paused connection stops the server at the window, and no other connection", async (context) => {
    const octets = 1024 * 1024;
    const server = await startHttp2Server(context, (stream, headers) => {
      if (headers[":path"] === "/echo") return echo(stream);
      const message = fastFrame({ fin: true, rsv: 0, opcode: Opcode.Binary, payload: Buffer.alloc(octets) });
      accept(stream, concat(message, closeFrame(1000)));
    });
    const paused = await connect(server.url, { ...HTTP2, limits: { messageOctets: octets } });
    paused.pause();
    const other = await connect(`${server.url}/echo`, HTTP2);
    assert.equal(server.sessions.length, 1);
    const answers = other[Symbol.asyncIterator]();
    const large = Buffer.alloc(256 * 1024);
    for (let round = 0; round < 4; round++) {
      other.send(large);
      assert.equal(((await answers.next()).value as Buffer).length, large.length);
    }
    assert.ok(paused.counters.octetsReceived <= 300_000, String(paused.counters.octetsReceived));
    paused.resume();
    const { value } = await paused[Symbol.asyncIterator]().next();
    assert.equal((value as Buffer).length, octets);
    other.terminate();
  });
});
