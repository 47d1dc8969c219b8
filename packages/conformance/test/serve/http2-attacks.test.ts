import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { describe, test, type TestContext } from "node:test";
import {
  encodeHttp2Frame,
  ERROR_CODES,
  Flag,
  FrameType,
  Http2FrameReader,
  numberPayload,
  PREFACE,
  settingsPayload,
} from "../../src/wire/http2/frame.js";
import { encodeFields, type Field } from "../../src/wire/http2/hpack.js";
import { serving, type Serving } from "./serving.js";

const NOTHING = new Uint8Array(0);
const settings = encodeHttp2Frame({
  type: FrameType.settings,
  flags: 0,
  stream: 0,
  payload: settingsPayload([]),
});

/** A client made of a socket that sends any frames, and keeps what kinds came. */
class Attacker {
  readonly socket: Socket;
  readonly resets: string[] = [];
  readonly heads: number[] = [];
  goaway: string | undefined;
  readonly #gone: Promise<void>;

  constructor(context: TestContext, port: number) {
    this.socket = connect(port, "127.0.0.1");
    context.after(() => this.socket.destroy());
    const reader = new Http2FrameReader(1 << 20);
    this.socket.on("data", (chunk) => {
      reader.push(chunk, ({ type, stream, payload }) => {
        const octets = Buffer.from(payload);
        if (type === FrameType.rstStream) this.resets.push(ERROR_CODES[octets.readUInt32BE()] ?? "");
        if (type === FrameType.headers) this.heads.push(stream);
        if (type === FrameType.goaway) this.goaway = ERROR_CODES[octets.readUInt32BE(4)];
      });
    });
    this.socket.on("error", () => undefined);
    this.#gone = new Promise((resolve) => this.socket.once("close", () => resolve()));
    this.socket.write(PREFACE);
    this.socket.write(settings);
  }

  gone(): Promise<void> {
    return this.#gone;
  }

  /** Resolves when what came so far is what is waited for. */
  async until(isThere: () => boolean): Promise<void> {
    while (!isThere()) await new Promise((resolve) => this.socket.once("data", resolve));
  }
}

function frame(type: number, stream: number, payload: Uint8Array, flags = 0): Uint8Array {
  return encodeHttp2Frame({ type, flags, stream, payload });
}

function ask(stream: number, path: string, more: readonly Field[] = []): Uint8Array {
  const fields: readonly Field[] = [
    [":method", "CONNECT"],
    [":protocol", "websocket"],
    [":scheme", "http"],
    [":path", path],
    [":authority", "localhost"],
    ["sec-websocket-version", "13"],
    ...more,
  ];
  return frame(FrameType.headers, stream, encodeFields(fields), Flag.endHeaders);
}

const CASE = "/runCase?case=1&agent=attacker";

function casesOf(server: Serving): number {
  return server.seen.filter(({ type }) => type === "case-start").length;
}

/** The server goes on: another client gets an answer. */
async function goesOn(context: TestContext, server: Serving): Promise<void> {
  const other = new Attacker(context, server.port);
  other.socket.write(ask(1, "/getCaseCount"));
  await other.until(() => other.heads.length > 0);
}

describe("attacks over HTTP/2 end the connection, and nothing else", () => {
  test("10,000 requests that are taken back at once are no cases", async (context) => {
    const server = await serving(context, "1.1.1", { http2: true });
    const attacker = new Attacker(context, server.port);
    const reset = numberPayload(0x8);
    for (let id = 1; id < 20_000; id += 2) {
      attacker.socket.write(Buffer.concat([ask(id, CASE), frame(FrameType.rstStream, id, reset)]));
    }
    await attacker.gone();
    assert.equal(attacker.goaway, "ENHANCE_YOUR_CALM");
    // A request and its reset can come in two reads.
    assert.ok(casesOf(server) < 100, `${casesOf(server)} cases`);
    await goesOn(context, server);
  });

  for (const [name, octets] of [
    ["PING", frame(FrameType.ping, 0, new Uint8Array(8))],
    ["SETTINGS", settings],
    ["PRIORITY", frame(FrameType.priority, 1, new Uint8Array(5))],
    ["empty DATA", frame(FrameType.data, 1, NOTHING)],
    ["unknown types", frame(0xbb, 0, NOTHING)],
  ] as const) {
    test(`a flood of ${name}`, async (context) => {
      const server = await serving(context, "1.1.1", { http2: true });
      const attacker = new Attacker(context, server.port);
      attacker.socket.write(ask(1, CASE));
      await attacker.until(() => attacker.heads.length > 0);
      attacker.socket.write(Buffer.concat(Array.from({ length: 12_000 }, () => octets)));
      await attacker.gone();
      assert.notEqual(attacker.goaway, undefined);
      await goesOn(context, server);
    });
  }

  test("a head without end", async (context) => {
    const server = await serving(context, "1.1.1", { http2: true });
    const attacker = new Attacker(context, server.port);
    attacker.socket.write(frame(FrameType.headers, 1, NOTHING));
    for (let at = 0; at < 3000; at++)
      attacker.socket.write(frame(FrameType.continuation, 1, new Uint8Array(16)));
    await attacker.gone();
    assert.notEqual(attacker.goaway, undefined);
    assert.equal(casesOf(server), 0);
    await goesOn(context, server);
  });

  test("a head that is too long is answered with 431", async (context) => {
    const server = await serving(context, "1.1.1", { http2: true });
    const attacker = new Attacker(context, server.port);
    const long = "x".repeat(10_000);
    const head = Buffer.from(ask(1, CASE, [["x-long", long]]).subarray(9));
    attacker.socket.write(frame(FrameType.headers, 1, head));
    const rest = encodeFields([["x-longer", long]]);
    attacker.socket.write(frame(FrameType.continuation, 1, rest, Flag.endHeaders));
    await attacker.until(() => attacker.heads.length > 0);
    assert.equal(casesOf(server), 0);
  });

  test("streams above what the settings allow, and above the limit of connections, are refused", async (context) => {
    const server = await serving(context, "9.7.1", { http2: true, limits: { connections: 120 } });
    const first = new Attacker(context, server.port);
    const streams = Array.from({ length: 110 }, (_, at) => ask(2 * at + 1, "/getCaseInfo?case=1"));
    first.socket.write(Buffer.concat(streams));
    await first.until(() => first.heads.length === 100);
    assert.deepEqual(
      first.resets,
      Array.from({ length: 10 }, () => "REFUSED_STREAM"),
    );
    const second = new Attacker(context, server.port);
    second.socket.write(Buffer.concat(streams.slice(0, 30)));
    await second.until(() => second.heads.length === 20 && second.resets.length >= 10);
    assert.deepEqual(
      second.resets.slice(0, 10),
      Array.from({ length: 10 }, () => "REFUSED_STREAM"),
    );
  });
});
