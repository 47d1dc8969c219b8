import assert from "node:assert/strict";
import { Http2Connection, type Http2Events, type Http2Problem } from "../../src/http2/connection.js";
import type { Http2Options } from "../../src/http2/connection.js";
import type { ReadHead } from "../../src/http2/head-reader.js";
import type { Http2Stream, StreamEvents } from "../../src/http2/stream.js";
import {
  encodeHttp2Frame,
  Flag,
  FrameType,
  Http2FrameReader,
  PREFACE,
  numberPayload,
  settingsPayload,
  typeName,
  type Http2Frame,
} from "../../src/wire/http2/frame.js";
import { encodeFields, type Field } from "../../src/wire/http2/hpack.js";
import { FakeTransport } from "../support/fake-transport.js";

/** The tester's connection on a transport that the test holds in its hands; the test is the peer. */
export class Wired {
  readonly transport: FakeTransport = new FakeTransport();
  readonly connection: Http2Connection;
  /** Why the connection has ended; null if it has not. */
  end: { readonly reset: boolean; readonly problem: Http2Problem | undefined } | null = null;
  readonly requests: { readonly stream: Http2Stream; readonly head: ReadHead }[] = [];
  acknowledged = 0;
  #read = 0;

  constructor(options: Partial<Http2Options> = {}, events: Partial<Http2Events> = {}) {
    this.connection = new Http2Connection(
      this.transport,
      { role: "client", settings: [], updatesWindows: true, ...options },
      {
        frame: () => undefined,
        settings: () => undefined,
        acknowledged: () => this.acknowledged++,
        request: (stream, head) => this.requests.push({ stream, head }),
        ended: (reset, problem) => {
          assert.equal(this.end, null, "it ends once");
          this.end = { reset, problem };
        },
        ...events,
      },
    );
    this.connection.start();
  }

  /** The peer sends octets. */
  octets(...octets: readonly Uint8Array[]): this {
    this.connection.received(Buffer.concat(octets));
    return this;
  }

  /** The peer sends a frame. */
  frame(type: number, payload: Uint8Array = new Uint8Array(0), stream = 0, flags = 0): this {
    return this.octets(encodeHttp2Frame({ type, flags, stream, payload }));
  }

  settings(...settings: readonly (readonly [number, number])[]): this {
    return this.frame(FrameType.settings, settingsPayload(settings));
  }

  head(stream: number, fields: readonly Field[], flags: number = Flag.endHeaders): this {
    return this.frame(FrameType.headers, encodeFields(fields), stream, flags);
  }

  data(stream: number, octets: Uint8Array | string, flags = 0): this {
    return this.frame(FrameType.data, Buffer.from(octets as string, "latin1"), stream, flags);
  }

  room(stream: number, octets: number): this {
    return this.frame(FrameType.windowUpdate, numberPayload(octets), stream);
  }

  /** What the tester has written since the last call, frame by frame; a client's preface is left out. */
  sent(): readonly Http2Frame[] {
    this.connection.flush();
    const { octets } = this.transport;
    const hasPreface = Buffer.from(octets.subarray(0, PREFACE.length)).equals(PREFACE);
    const frames: Http2Frame[] = [];
    new Http2FrameReader(2 ** 24).push(octets.subarray(hasPreface ? PREFACE.length : 0), (frame) =>
      frames.push({ ...frame, payload: Buffer.from(frame.payload) }),
    );
    const fresh = frames.slice(this.#read);
    this.#read = frames.length;
    return fresh;
  }

  /** The same in words: `DATA 1 5 END_STREAM`. */
  sentText(): readonly string[] {
    return this.sent().map(({ type, stream, payload, flags }) => {
      const isEnd = type <= FrameType.headers && (flags & Flag.endStream) !== 0;
      const isAck = (type === FrameType.settings || type === FrameType.ping) && (flags & Flag.ack) !== 0;
      return `${typeName(type)} ${stream} ${payload.length}${isEnd ? " END_STREAM" : ""}${isAck ? " ACK" : ""}`;
    });
  }

  /** Octets of DATA that the tester has sent since the last call of `sent`. */
  sentData(): number {
    const isData = ({ type }: Http2Frame): boolean => type === FrameType.data;
    return this.sent()
      .filter(isData)
      .reduce((sum, { payload }) => sum + payload.length, 0);
  }

  assertFails(because: RegExp, code: string): void {
    assert.match(this.end?.problem?.because ?? "no problem", because);
    const goaway = this.sent().findLast(({ type }) => type === FrameType.goaway);
    assert.equal(Buffer.from(goaway?.payload ?? []).readUInt32BE(4), CODES.indexOf(code), code);
    assert.equal(this.transport.ended, 1);
    assert.ok(this.connection.isOver);
  }
}

const CODES = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
];

/** What a stream has told. */
export class Told implements StreamEvents {
  readonly lines: string[] = [];
  readonly #chunks: Uint8Array[] = [];

  /** All octets so far. */
  get octets(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  head({ fields }: ReadHead): void {
    this.lines.push(`head ${fields.map((field) => field.join("=")).join(" ")}`);
  }

  received(chunk: Uint8Array): void {
    this.#chunks.push(Uint8Array.from(chunk));
    this.lines.push(`octets ${chunk.length}`);
  }

  ended(reset: boolean, problem?: string): void {
    this.lines.push(
      ["ended", ...(reset ? ["reset"] : []), ...(problem === undefined ? [] : [problem])].join(" "),
    );
  }
}

/** A client of the tester whose server has said its settings, and a stream on it that is open. */
export function opened(
  settings: readonly (readonly [number, number])[] = [],
  options: Partial<Http2Options> = {},
): { wired: Wired; stream: Http2Stream; told: Told } {
  const wired = new Wired(options);
  const stream = wired.connection.stream();
  const told = new Told();
  stream.attach(told);
  wired.settings(...settings);
  stream.sendHead([[":method", "CONNECT"]]);
  wired.head(1, [[":status", "200"]]);
  wired.sent();
  told.lines.length = 0;
  return { wired, stream, told };
}
