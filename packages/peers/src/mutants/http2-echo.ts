import type { Socket } from "node:net";

import { decodeFields, encodeFields } from "../http2/fields.js";
import type { Field } from "../http2/fields.js";
import {
  ACK,
  CONTINUATION,
  DATA,
  ENABLE_CONNECT_PROTOCOL,
  encodeHttp2,
  END_HEADERS,
  END_STREAM,
  FLOW_CONTROL_ERROR,
  GOAWAY,
  HAS_PRIORITY,
  HEADERS,
  Http2Reader,
  INITIAL_WINDOW_SIZE,
  LARGEST_WINDOW,
  NO_ERROR,
  numbers,
  PADDED,
  PING,
  PREFACE,
  PRIORITY,
  PROTOCOL_ERROR,
  PUSH_PROMISE,
  RST_STREAM,
  SETTINGS,
  settingsOf,
  WINDOW_UPDATE,
} from "../http2/frames.js";
import type { Http2Frame } from "../http2/frames.js";
import type { FaultName } from "./faults.js";
import type { Http2FaultName } from "./http2-faults.js";
import { readHttp2Request } from "./http2-request.js";
import { MutantStream } from "./http2-stream.js";
import type { StreamHost } from "./http2-stream.js";
import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";
import { echoStrictly } from "./strict-echo.js";

/**
 * An echo server over HTTP/2 (RFC 8441, RFC 9113), with prior knowledge or over TLS with ALPN, that is correct except for
 * one fault; without one it is correct.
 */
export function http2Mutant(fault?: Http2FaultName): Mutant {
  const name = fault === undefined ? "http2" : `http2-${fault}`;
  return tcpMutant(name, (socket) => new Http2Server(socket, name, fault), { alpn: ["h2"] });
}

/** What the echo itself gets wrong. */
const ECHO_FAULTS: Readonly<Partial<Record<Http2FaultName, FaultName>>> = {
  "unmasked-accepted": "unmasked-accepted",
  "cut-frames-lost": "cut-frames-lost",
};

const WINDOW = 65_535;

class Http2Server implements StreamHost {
  readonly fault: Http2FaultName | undefined;
  connectionWindow = WINDOW;
  readonly #socket: Socket;
  readonly #name: string;
  readonly #reader = new Http2Reader();
  readonly #streams = new Map<number, MutantStream>();
  #initialWindow = WINDOW;
  #preface = PREFACE.length;
  #settings = 0;
  #latest: MutantStream | null = null;
  /** A head that goes on in CONTINUATION. */
  #head: { readonly stream: number; readonly ends: boolean; readonly pieces: Buffer[] } | null = null;
  #isOver = false;

  constructor(socket: Socket, name: string, fault: Http2FaultName | undefined) {
    this.#socket = socket;
    this.#name = name;
    this.fault = fault;
    const announced = [[ENABLE_CONNECT_PROTOCOL, fault === "setting-2" ? 2 : 1]] as const;
    this.write(encodeHttp2(SETTINGS, 0, 0, settingsOf(...announced)));
    this.write(encodeHttp2(WINDOW_UPDATE, 0, 0, numbers(LARGEST_WINDOW - WINDOW)));
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.once("close", () => {
      for (const stream of this.#streams.values()) stream.destroy();
    });
  }

  write(frame: Buffer): void {
    if (!this.#isOver && this.#socket.writable) this.#socket.write(frame);
  }

  targetOf(stream: MutantStream): MutantStream {
    return this.fault === "streams-mixed" ? (this.#latest ?? stream) : stream;
  }

  forget(id: number): void {
    this.#streams.delete(id);
  }

  #has(fault: Http2FaultName): boolean {
    return this.fault === fault;
  }

  #read(chunk: Buffer): void {
    const skipped = Math.min(this.#preface, chunk.length);
    this.#preface -= skipped;
    this.#reader.push(chunk.subarray(skipped), (frame) => {
      if (!this.#isOver) this.#take(frame);
    });
  }

  #take(frame: Http2Frame): void {
    const { type, flags, stream, payload } = frame;
    switch (type) {
      case DATA:
        return this.#takeData(frame);
      case HEADERS:
        return this.#takeHead(frame);
      case CONTINUATION:
        if (this.#has("continuation-refused")) return this.#end(PROTOCOL_ERROR);
        this.#head?.pieces.push(payload);
        return this.#endHead(flags);
      case PRIORITY:
        if (this.#has("priority-refused")) this.#end(PROTOCOL_ERROR);
        return;
      case RST_STREAM:
        this.#streams.get(stream)?.destroy();
        if (this.#has("reset-ends-connection")) this.#end(PROTOCOL_ERROR);
        return;
      case SETTINGS:
        if ((flags & ACK) === 0) this.#takeSettings(payload);
        return;
      case PING:
        if ((flags & ACK) === 0 && !this.#has("ping-unanswered"))
          this.write(encodeHttp2(PING, ACK, 0, payload));
        return;
      case GOAWAY:
        if (this.#has("goaway-ends")) this.#end(NO_ERROR);
        return;
      case WINDOW_UPDATE:
        return this.#takeRoom(stream, payload.readUInt32BE() & LARGEST_WINDOW);
      default:
        if (stream === 0 && this.#has("unknown-frame-refused")) this.#end(PROTOCOL_ERROR);
        if (this.#has("unknown-frame-resets")) this.#streams.get(stream)?.reset(PROTOCOL_ERROR);
    }
  }

  #takeData({ flags, stream: id, payload }: Http2Frame): void {
    const stream = this.#streams.get(id);
    const padding = (flags & PADDED) !== 0 && !this.#has("padding-is-data") ? payload.readUInt8(0) + 1 : 0;
    const octets = padding === 0 ? payload : payload.subarray(1, payload.length - padding + 1);
    if (stream === undefined) return;
    if (payload.length > 0) this.write(encodeHttp2(WINDOW_UPDATE, 0, id, numbers(payload.length)));
    if (this.#has("pushes")) this.#push(id);
    if (octets.length > 0) stream.receive(octets);
    const isEnd = (flags & END_STREAM) !== 0 && !this.#has("end-ignored");
    if (isEnd || (payload.length === 0 && this.#has("empty-data-ends"))) stream.receive(null);
  }

  #push(id: number): void {
    const promised = encodeFields([
      [":method", "GET"],
      [":scheme", "http"],
      [":path", "/"],
    ]);
    this.write(encodeHttp2(PUSH_PROMISE, END_HEADERS, id, Buffer.concat([numbers(2), promised])));
  }

  #takeHead({ flags, stream, payload }: Http2Frame): void {
    const isPadded = (flags & PADDED) !== 0;
    const isPrioritized = (flags & HAS_PRIORITY) !== 0;
    if (isPadded && this.#has("padded-head-refused")) return this.#end(PROTOCOL_ERROR);
    if (isPrioritized && this.#has("head-priority-refused")) return this.#end(PROTOCOL_ERROR);
    const start = (isPadded ? 1 : 0) + (isPrioritized ? 5 : 0);
    const end = payload.length - (isPadded ? payload.readUInt8(0) : 0);
    this.#head = { stream, ends: (flags & END_STREAM) !== 0, pieces: [payload.subarray(start, end)] };
    this.#endHead(flags);
  }

  #endHead(flags: number): void {
    const head = this.#head;
    if (head === null || (flags & END_HEADERS) === 0) return;
    this.#head = null;
    const fields = decodeFields(Buffer.concat(head.pieces));
    if (fields === null) return this.#end(PROTOCOL_ERROR);
    this.#answer(head.stream, fields, head.ends);
  }

  #answer(id: number, fields: readonly Field[], ends: boolean): void {
    const request = readHttp2Request(fields, this.fault);
    if (request.kind === "malformed") {
      return this.write(encodeHttp2(RST_STREAM, 0, id, numbers(PROTOCOL_ERROR)));
    }
    const server: Field = ["server", this.#name];
    if (request.kind === "refused") {
      const block = encodeFields([[":status", String(request.status)], ...request.fields, server]);
      return this.write(encodeHttp2(HEADERS, END_HEADERS | END_STREAM, id, block));
    }
    if (ends && this.#has("ended-request-ends-connection")) return this.#end(PROTOCOL_ERROR);
    const status: Field = [":status", this.#has("answers-101") ? "101" : "200"];
    const block = encodeFields([status, ...this.#stray(), ...request.fields, server]);
    this.write(encodeHttp2(HEADERS, END_HEADERS, id, block));
    if (this.#has("setting-lowered")) {
      this.write(encodeHttp2(SETTINGS, 0, 0, settingsOf([ENABLE_CONNECT_PROTOCOL, 0])));
    }
    const stream = new MutantStream(id, this.#initialWindow, this);
    this.#streams.set(id, stream);
    this.#latest = stream;
    const echoFault = this.fault === undefined ? undefined : ECHO_FAULTS[this.fault];
    echoStrictly(stream, Buffer.alloc(0), { fault: echoFault });
    if (ends) stream.receive(null);
  }

  /** Fields that do not belong in an answer, by a fault. */
  #stray(): readonly Field[] {
    if (this.#has("answer-connection")) return [["connection", "upgrade"]];
    if (this.#has("answer-capitals")) return [["X-Capital", "1"]];
    return this.#has("answer-pseudo") ? [[":protocol", "websocket"]] : [];
  }

  #takeSettings(payload: Buffer): void {
    this.#settings++;
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      const id = payload.readUInt16BE(at);
      const value = payload.readUInt32BE(at + 2);
      if (id > 0x1_00 && this.#has("unknown-setting-refused")) return this.#end(PROTOCOL_ERROR);
      if (id !== INITIAL_WINDOW_SIZE) continue;
      if (value > LARGEST_WINDOW && !this.#has("initial-window-unchecked"))
        return this.#end(FLOW_CONTROL_ERROR);
      const difference = this.#has("settings-window-ignored") ? 0 : value - this.#initialWindow;
      this.#initialWindow = value;
      for (const stream of this.#streams.values()) stream.window += difference;
    }
    if (this.#settings === 1 || !this.#has("settings-unanswered")) {
      this.write(encodeHttp2(SETTINGS, ACK, 0, Buffer.alloc(0)));
    }
    this.#pump();
  }

  #takeRoom(id: number, octets: number): void {
    const stream = this.#streams.get(id);
    if (octets === 0) {
      if (id === 0 && !this.#has("no-room-on-connection")) this.#end(PROTOCOL_ERROR);
      if (!this.#has("no-room-on-stream")) stream?.reset(PROTOCOL_ERROR);
      return;
    }
    if (id === 0) this.connectionWindow += octets;
    else if (stream !== undefined) stream.window += octets;
    if (this.connectionWindow > LARGEST_WINDOW && !this.#has("connection-window-overflows")) {
      return this.#end(FLOW_CONTROL_ERROR);
    }
    if (stream !== undefined && stream.window > LARGEST_WINDOW && !this.#has("stream-window-overflows")) {
      return stream.reset(FLOW_CONTROL_ERROR);
    }
    this.#pump();
  }

  #pump(): void {
    for (const stream of this.#streams.values()) stream.pump();
  }

  /** Ends the connection. */
  #end(code: number): void {
    this.write(encodeHttp2(GOAWAY, 0, 0, numbers(0, code)));
    this.#isOver = true;
    this.#socket.end();
    for (const stream of this.#streams.values()) stream.destroy();
  }
}
