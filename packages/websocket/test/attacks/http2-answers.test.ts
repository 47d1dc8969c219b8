/** Servers that flood a client with frames of HTTP/2, or never let it go on. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { EventEmitter } from "node:events";
import type { ServerHttp2Session } from "node:http2";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";

import { ErrorCode, WebSocketError, connect } from "../../src/index.js";
import type { ConnectOptions } from "../../src/index.js";
import { fromServer } from "../support/frames.js";
import {
  Flag,
  Type,
  block,
  frame,
  headers,
  rstStream,
  settings,
  uint32,
  windowUpdate,
} from "../support/raw-http2.js";
import { ANNOUNCES, startRawHttp2Server } from "../support/raw-http2-server.js";
import { accept, startHttp2Server } from "../client/http2-server.js";
import { certificate } from "../client/raw-server.js";
import { refuses } from "../client/refusing.js";
import { grownBy } from "./memory.js";

const HTTP2 = { http2: true, compression: false } as const;
const STREAM = 1;
const ACCEPTED = headers(STREAM, { ":status": "200" });
const ALIVE = frame(Type.Data, 0, STREAM, fromServer({ opcode: 1, payload: "alive" }));
/** Octets of one write. */
const WRITE = 60_000;
const MANY = 200;

/** The session has ended, or the client has waited as long as it may for what follows. */
const ENDED = "^(WIREPROOF_UNREACHABLE|WIREPROOF_HANDSHAKE_TIMEOUT)$";

/** As many as one write takes. */
function many(one: Uint8Array): () => Uint8Array {
  const all = Buffer.concat(Array.from({ length: Math.ceil(WRITE / one.length) }, () => one));
  return () => all;
}

let number = 0;
function freshOrigins(): Uint8Array {
  return Buffer.concat(
    Array.from({ length: 1000 }, () => {
      const origin = Buffer.from(`https://host-${number++}.example`);
      return frame(0xc, 0, 0, Buffer.concat([Buffer.from([0, origin.length]), origin]));
    }),
  );
}

/** What comes on an open connection, without end. */
const FLOODS: Readonly<Record<string, () => Uint8Array>> = {
  "SETTINGS (CVE-2019-9515)": many(settings([0x3, 100])),
  "empty SETTINGS": many(settings()),
  "SETTINGS that change the window": many(Buffer.concat([settings([0x4, 0]), settings([0x4, 65_535])])),
  "acknowledgements of SETTINGS": many(frame(Type.Settings, Flag.Ack, 0)),
  "PING (CVE-2019-9512)": many(frame(Type.Ping, 0, 0, Buffer.alloc(8))),
  "answers to PINGs that were never sent": many(frame(Type.Ping, Flag.Ack, 0, Buffer.alloc(8))),
  "PRIORITY (CVE-2019-9513)": many(frame(Type.Priority, 0, 5, Buffer.from("0000000010", "hex"))),
  "PRIORITY of a stream that depends on itself": many(
    frame(Type.Priority, 0, 5, Buffer.from("0000000510", "hex")),
  ),
  "RST_STREAM (CVE-2019-9514)": many(rstStream(STREAM)),
  "RST_STREAM of streams that never were": many(rstStream(101)),
  WINDOW_UPDATE: many(windowUpdate(STREAM, 1)),
  "WINDOW_UPDATE of nothing": many(windowUpdate(STREAM, 0)),
  "WINDOW_UPDATE beyond the largest window": many(windowUpdate(STREAM, 2 ** 31 - 1)),
  "empty DATA (CVE-2019-9518)": many(frame(Type.Data, 0, STREAM)),
  "DATA of padding alone": many(frame(Type.Data, 0x8, STREAM, Buffer.from([0]))),
  "DATA beyond the window": many(frame(Type.Data, 0, STREAM, Buffer.alloc(16_384))),
  "CONTINUATION (CVE-2024-27316)": many(frame(Type.Continuation, 0, STREAM, block({ "x-a": "b" }))),
  trailers: many(headers(STREAM, { "x-a": "b" })),
  "pushed streams": many(frame(Type.PushPromise, Flag.EndHeaders, STREAM, uint32(2))),
  GOAWAY: many(frame(Type.Goaway, 0, 0, Buffer.concat([uint32(2 ** 31 - 1), uint32(0), Buffer.alloc(8000)]))),
  ORIGIN: freshOrigins,
  ALTSVC: many(frame(0xa, 0, 0, Buffer.concat([Buffer.from([0, 9]), Buffer.from('https://ah3=":1"')]))),
  "frames of an unknown type": many(frame(0x77, 0, 0, Buffer.alloc(100))),
};

/** "alive" if what comes behind the flood has been delivered, else how the connection has ended. */
async function outcomeOf(context: TestContext, next: () => Uint8Array): Promise<string> {
  const server = await startRawHttp2Server(context, async (connection) => {
    connection.greet(ANNOUNCES);
    await connection.until(Type.Headers);
    connection.write(ACCEPTED);
    await connection.flood(next, MANY);
    connection.write(ALIVE);
  });
  let settle: (outcome: string) => void;
  const outcome = new Promise<string>((resolve) => (settle = resolve));
  const ws = await connect(server.url, {
    ...HTTP2,
    heartbeat: { intervalMs: 1_000, timeoutMs: 1_000 },
    message: (_ws, message) => settle(String(message)),
    close: (_ws, code) => settle(`closed ${code}`),
  });
  const result = await outcome;
  ws.terminate();
  return result;
}

suite("a server floods an open connection over HTTP/2", () => {
  for (const [what, next] of Object.entries(FLOODS)) {
    test(`with ${what}`, async (context) => {
      let outcome = "";
      const grown = await grownBy(async () => void (outcome = await outcomeOf(context, next)));
      assert.match(outcome, /^(alive|closed 1006)$/);
      assert.ok(grown < 32 * 1024 * 1024, `${grown} octets`);
    });
  }
});

/** What comes in place of an answer, and what the client makes of it. */
const ANSWERS: readonly (readonly [what: string, answer: () => readonly Uint8Array[], outcome: string])[] = [
  [
    "CONTINUATION without end",
    () => [frame(Type.Headers, 0, STREAM, block({ ":status": "200" })), ...endless()],
    ENDED,
  ],
  [
    "empty CONTINUATION without end",
    () => [
      frame(Type.Headers, 0, STREAM, block({ ":status": "200" })),
      ...Array.from({ length: MANY }, () => many(frame(Type.Continuation, 0, STREAM))()),
    ],
    ENDED,
  ],
  ["a header list that is small on the wire, and large when it is read", () => [bomb()], "stream-reset"],
  ["more fields than are allowed", () => [headers(STREAM, manyFields(200))], "stream-reset"],
  ["101", () => [headers(STREAM, { ":status": "101" })], "stream-reset"],
  ["no status", () => [headers(STREAM, { "x-a": "b" })], "stream-reset"],
  ["a status that is no number", () => [headers(STREAM, { ":status": "abc" })], "stream-reset"],
  ["a name in upper case", () => [headers(STREAM, { ":status": "200", "X-A": "b" })], "stream-reset"],
  [
    "a field of HTTP/1.1",
    () => [headers(STREAM, { ":status": "200", upgrade: "websocket" })],
    "stream-reset",
  ],
  ["an answer on a stream that nobody asked for", () => [headers(3, { ":status": "200" })], ENDED],
  ["DATA before the answer", () => [ALIVE], ENDED],
  ["a pushed stream", () => [frame(Type.PushPromise, Flag.EndHeaders, STREAM, uint32(2))], ENDED],
  ["a frame that is too large", () => [frame(Type.Data, 0, STREAM, Buffer.alloc(20_000))], ENDED],
  ["nothing", () => [], "^WIREPROOF_HANDSHAKE_TIMEOUT$"],
];

suite("a server answers over HTTP/2", () => {
  for (const [what, answer, expected] of ANSWERS) {
    test(`with ${what}`, async (context) => {
      const server = await startRawHttp2Server(context, async (connection) => {
        connection.greet(ANNOUNCES);
        await connection.until(Type.Headers);
        for (const octets of answer()) await connection.flood(() => octets, 1);
      });
      const grown = await grownBy(async () => {
        const error = await rejection(server.url);
        assert.match(error.problem ?? error.code, new RegExp(expected));
      });
      assert.ok(grown < 32 * 1024 * 1024, `${grown} octets`);
    });
  }
});

test("a server answers over HTTP/2 with a line break in a value: node:http2 leaves the field out", async (context) => {
  const server = await startRawHttp2Server(context, async (connection) => {
    connection.greet(ANNOUNCES);
    await connection.until(Type.Headers);
    connection.write(headers(STREAM, { ":status": "200", "x-a": "b\r\nc: d", "x-e": "f" }));
  });
  const ws = await connect(server.url, HTTP2);
  assert.deepEqual([...ws.handshake.headers], [["x-e", "f"]]);
  ws.terminate();
});

/** Nodes have aborted when a stream was dropped while more came for it in the same read (nodejs/node#64850). */
suite("a server goes on over HTTP/2 behind an answer that opens nothing", () => {
  const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "an error": { ":status": "403", "content-length": "1" },
    "a redirect": { ":status": "307", location: "/again" },
    "a subprotocol unasked": { ":status": "200", "sec-websocket-protocol": "x" },
    "a head that is too large": { ":status": "200", "x-a": "a".repeat(17_000) },
  };
  for (const [what, fields] of Object.entries(FIELDS)) {
    test(what, async (context) => {
      const server = await startRawHttp2Server(context, async (connection) => {
        connection.greet(ANNOUNCES);
        for (let id = 1; ; id += 2) {
          await connection.until(Type.Headers);
          const head = headersOfAnySize(id, fields);
          const data = frame(Type.Data, 0, id, Buffer.alloc(1000));
          connection.write(...head, ...Array.from({ length: 60 }, () => data));
        }
      });
      for (let round = 0; round < 3; round++) {
        const error = await rejection(server.url, { redirects: { max: 3 } });
        assert.match(error.code, /UNEXPECTED_RESPONSE|REDIRECT_REFUSED|INVALID_RESPONSE/);
      }
    });
  }
});

suite("a server over HTTP/2 never lets the client go on", () => {
  test("it says nothing at all", async (context) => {
    const server = await startRawHttp2Server(context, () => {});
    await refuses(server.url, { ...HTTP2, handshakeMs: 300 }, ErrorCode.HandshakeTimeout);
    await server.connections[0]!.closed();
    assert.ok(!server.connections[0]!.seen.some(({ type }) => type === Type.Headers));
  });

  test("it neither announces anything nor acknowledges the settings of the client", async (context) => {
    const server = await startRawHttp2Server(context, (connection) => connection.write(settings()));
    await refuses(server.url, { ...HTTP2, handshakeMs: 300 }, ErrorCode.HandshakeTimeout);
    await server.connections[0]!.closed();
    assert.ok(!server.connections[0]!.seen.some(({ type }) => type === Type.Headers));
  });

  for (const [what, values] of [
    ["of every stream", [[0x4, 0]]],
    ["of the session", []],
  ] as const) {
    test(`it holds the window ${what} for ever: the backlog has its limit, and the heartbeat ends it`, async (context) => {
      const server = await startRawHttp2Server(context, async (connection) => {
        connection.greet(ANNOUNCES, ...values);
        await connection.until(Type.Headers);
        connection.write(ACCEPTED);
      });
      let problem: string | undefined;
      let settle: (code: number) => void;
      const closed = new Promise<number>((resolve) => (settle = resolve));
      const ws = await connect(server.url, {
        ...HTTP2,
        heartbeat: { intervalMs: 100, timeoutMs: 200 },
        limits: { onBacklog: "drop", backlogOctets: 1024 * 1024 },
        error: (_ws, error) => (problem ??= error.problem),
        close: (_ws, code) => settle(code),
      });
      const message = Buffer.alloc(100_000);
      for (let at = 0; at < 1000; at++) ws.send(message);
      assert.ok(ws.bufferedAmount <= 1024 * 1024 + 2 * message.length, String(ws.bufferedAmount));
      assert.equal(await closed, 1006);
      assert.equal(problem, "heartbeat-timeout");
      await server.connections[0]!.until(Type.RstStream);
    });
  }

  test("it names origins without end (RFC 8336)", async (context) => {
    const { cert, key } = await certificate();
    const server = await startHttp2Server(
      context,
      (stream) => {
        accept(stream);
        for (let at = 0; at < 200; at++)
          (stream.session as ServerHttp2Session).origin(`https://host-${at}.example`);
      },
      { cert, key },
    );
    let settle: (code: number) => void;
    const closed = new Promise<number>((resolve) => (settle = resolve));
    const said = once(server.server, "session").then(([session]) => once(session as EventEmitter, "goaway"));
    let cause: unknown;
    await connect(server.url, {
      ...HTTP2,
      tls: { ca: cert },
      error: (_ws, error) => (cause ??= error.message),
      close: (_ws, code) => settle(code),
    });
    assert.equal(await closed, 1006);
    // Node 24 has a limit of its own, and says INTERNAL_ERROR.
    assert.match(String((await said)[0]), /^(2|11)$/);
    assert.match(String(cause), /origins|ORIGIN/i);
  });
});

async function rejection(url: string, options: ConnectOptions = {}): Promise<WebSocketError> {
  const error: unknown = await connect(url, { ...HTTP2, handshakeMs: 2_000, ...options }).then(
    (ws) => ws.terminate(),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof WebSocketError, "it was opened");
  return error;
}

/** Frames may have 16,384 octets. */
function headersOfAnySize(id: number, fields: Readonly<Record<string, string>>): Buffer[] {
  const octets = block(fields);
  return octets.length <= 16_384
    ? [headers(id, fields)]
    : [
        frame(Type.Headers, 0, id, octets.subarray(0, 16_384)),
        frame(Type.Continuation, Flag.EndHeaders, id, octets.subarray(16_384)),
      ];
}

function endless(): Uint8Array[] {
  return Array.from({ length: MANY }, (_, at) =>
    many(frame(Type.Continuation, 0, STREAM, block({ [`x-${at}`]: "a".repeat(100) })))(),
  );
}

function manyFields(count: number): Record<string, string> {
  const fields = Array.from({ length: count }, (_, at) => [`x-${at}`, "a"]);
  return { ":status": "200", ...(Object.fromEntries(fields) as Record<string, string>) };
}

/** One field of 4,000 octets in the table of HPACK, and twelve thousand references to it. */
function bomb(): Uint8Array {
  const field = block({ "x-a": "a".repeat(3_900) });
  // Literal with incremental indexing (RFC 7541 §6.2.1).
  field[0] = 0x40;
  const status = block({ ":status": "200" });
  const references = Buffer.alloc(12_000, 0xbe);
  return frame(Type.Headers, Flag.EndHeaders, STREAM, Buffer.concat([status, field, references]));
}
