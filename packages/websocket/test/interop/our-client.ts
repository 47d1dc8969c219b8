import assert from "node:assert/strict";

import { connect } from "../../src/index.js";
import type { CloseInfo, ConnectOptions, WebSocketConnection } from "../../src/index.js";
import { certificate } from "../client/raw-server.js";
import type { Way } from "./matrix.js";

/** What a server can be asked for beside echoing, and how it closes. */
export interface ServerTraits {
  /** Answers "!ping" with a ping, and its pong with "!pong hello". */
  readonly mayPing?: boolean;
  /** Answers "!fragments" with two messages in three fragments each. */
  readonly mayFragment?: boolean;
  /** How it answers our Close frame of 3002; most send the reason "döne" back, which RFC 6455 §5.5.1 leaves open. */
  readonly closeAnswer?: readonly [code: number, reason: string];
}

const LENGTHS = [0, 125, 126, 65_535, 65_536, 1_048_576];

/** Our endpoint as the client of a peer that echoes. */
export async function playOurClient(url: string, way: Way, traits: ServerTraits = {}): Promise<void> {
  const talk = await Talk.open(url, way);
  assert.equal(talk.ws.protocol, "chat");
  assert.equal(talk.ws.handshake.extensions.startsWith("permessage-deflate"), way.isDeflating);
  assert.equal(talk.ws.handshake.isSecure, way.isSecure);
  for (const length of LENGTHS) {
    await talk.echo(text(Math.min(length, 400_000)));
    await talk.echo(octets(length));
  }
  await talk.echoStream(["frag", "", "ments ✓"], "fragments ✓");
  await talk.echoStream(
    [octets(200), octets(0), octets(70_000)],
    Buffer.concat([octets(200), octets(70_000)]),
  );
  assert.equal(await talk.ping("ours"), "ours");
  if (traits.mayPing === true) assert.equal(await talk.ask("!ping"), "!pong hello");
  if (traits.mayFragment === true) {
    assert.equal(await talk.ask("!fragments"), "in parts ✓");
    assertSame(await talk.next(), Uint8Array.of(0, 255));
  }
  talk.ws.close(3002, "döne");
  const [code, reason] = traits.closeAnswer ?? [3002, "döne"];
  assert.deepEqual(await talk.closed, { code, reason, wasClean: true });

  const second = await Talk.open(url, way);
  second.ws.send("!close");
  assert.deepEqual(await second.closed, {
    code: 4001,
    reason: "bye ✓",
    wasClean: true,
  });
}

/** One connection, and what came over it. */
class Talk {
  readonly ws: WebSocketConnection;
  readonly closed: Promise<CloseInfo>;
  readonly #pongs: Promise<string>;
  readonly #messages: AsyncIterator<string | Uint8Array>;

  constructor(ws: WebSocketConnection, closed: Promise<CloseInfo>, pongs: Promise<string>) {
    this.ws = ws;
    this.closed = closed;
    this.#pongs = pongs;
    this.#messages = ws[Symbol.asyncIterator]();
  }

  static async open(url: string, { isDeflating }: Way): Promise<Talk> {
    let isClosed = (_info: CloseInfo): void => {};
    let isPonged = (_payload: string): void => {};
    const closed = new Promise<CloseInfo>((resolve) => (isClosed = resolve));
    const pongs = new Promise<string>((resolve) => (isPonged = resolve));
    const options: ConnectOptions = {
      protocols: ["other", "chat"],
      compression: isDeflating ? { threshold: 0 } : false,
      tls: { ca: (await certificate()).cert },
      pong: (_ws, payload) => isPonged(Buffer.from(payload).toString()),
      close: (_ws, code, reason, wasClean) => isClosed({ code, reason, wasClean }),
    };
    return new Talk(await connect(url, options), closed, pongs);
  }

  async next(): Promise<unknown> {
    const { done, value } = await this.#messages.next();
    assert.ok(done !== true, "the connection has ended");
    return value;
  }

  async ask(message: string | Uint8Array): Promise<unknown> {
    this.ws.send(message);
    return this.next();
  }

  async echo(message: string | Uint8Array): Promise<void> {
    assertSame(await this.ask(message), message);
  }

  async echoStream(
    parts: readonly string[] | readonly Uint8Array[],
    whole: string | Uint8Array,
  ): Promise<void> {
    const [back] = await Promise.all([this.next(), this.ws.sendStream(parts)]);
    assertSame(back, whole);
  }

  ping(payload: string): Promise<string> {
    this.ws.ping(payload);
    return this.#pongs;
  }
}

/** Not `deepEqual`, which takes long for a MiB and prints all of it. */
function assertSame(back: unknown, message: string | Uint8Array): void {
  const isSame =
    typeof message === "string"
      ? back === message
      : back instanceof Uint8Array && Buffer.compare(back, message) === 0;
  assert.ok(isSame, `${typeof message} of ${message.length} came back different`);
}

function text(length: number): string {
  return "añ€😀 the quick brown fox ".repeat(length / 16 + 1).slice(0, length);
}

function octets(length: number): Uint8Array {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 7919) >> 3));
}
