import { connect, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";

import { decodeFields, encodeFields, type Field } from "../http2/fields.js";
import {
  ACK,
  CANCEL,
  CONTINUATION,
  DATA,
  ENABLE_CONNECT_PROTOCOL,
  END_HEADERS,
  END_STREAM,
  FLOW_CONTROL_ERROR,
  encodeHttp2,
  GOAWAY,
  HEADERS,
  Http2Reader,
  INITIAL_WINDOW_SIZE,
  LARGEST_WINDOW,
  numbers,
  PADDED,
  PING,
  PREFACE,
  PROTOCOL_ERROR,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
  type Http2Frame,
} from "../http2/frames.js";
import { ignore } from "../listen.js";
import type { Http2ClientFaultName } from "./http2-faults.js";

/** A window at the beginning (RFC 9113 §6.9.2). */
const DEFAULT_WINDOW = 65_535;

/** Octets that the server may send on a stream, and on the whole connection; room is made when half of it is used. */
const STREAM_ROOM = 1 << 20;
const CONNECTION_ROOM = 1 << 24;

/** Octets of DATA in a frame that every peer takes. */
const FRAME_SIZE = 16_384;

/** A client's end of a connection of HTTP/2 made of a socket: extended CONNECT, flow control, and one fault or none. */
export class ClientSession {
  readonly #socket: Socket;
  readonly fault: Http2ClientFaultName | undefined;
  readonly #streams = new Map<number, ClientStream>();
  #nextId = 1;
  #window = DEFAULT_WINDOW;
  #streamWindow = DEFAULT_WINDOW;
  #isGoing = false;
  #head: Buffer = Buffer.alloc(0);
  #endsStream = false;
  /** Octets that were read and for which no room was made. */
  #used = 0;
  #whenKnown: ((takesConnect: boolean) => void)[] = [];
  #takesConnect: boolean | undefined;

  constructor(url: URL, fault: Http2ClientFaultName | undefined, ca?: string) {
    this.fault = fault;
    const { hostname, port, protocol } = url;
    const address = { host: hostname, port: Number(port), noDelay: true };
    const trusted = ca === undefined ? {} : { ca };
    this.#socket =
      protocol === "wss:" ? connectTls({ ...address, ...trusted, ALPNProtocols: ["h2"] }) : connect(address);
    const reader = new Http2Reader();
    this.#socket.on("error", ignore);
    this.#socket.on("data", (chunk: Buffer) => {
      reader.push(chunk, (frame) => this.#take(frame));
    });
    this.#socket.on("close", () => this.#over());
    this.#socket.write(PREFACE);
    const settings = Buffer.concat([Buffer.from([0, INITIAL_WINDOW_SIZE]), numbers(STREAM_ROOM)]);
    this.send(SETTINGS, 0, 0, settings);
    this.send(WINDOW_UPDATE, 0, 0, numbers(CONNECTION_ROOM - DEFAULT_WINDOW));
  }

  /** New streams can be opened on it. */
  get isUsable(): boolean {
    return !this.#socket.destroyed && !this.#isGoing;
  }

  /** Whether the server takes extended CONNECT; false if it said nothing before the connection was gone. */
  async takesConnect(): Promise<boolean> {
    if (this.fault === "connects-unasked") return true;
    return (
      this.#takesConnect ??
      (await new Promise((resolve) => {
        this.#whenKnown.push(resolve);
      }))
    );
  }

  /** Opens a stream. `onAnswer` gets the fields of each head. */
  open(fields: readonly Field[], onAnswer: (fields: readonly Field[]) => void): ClientStream {
    const stream = new ClientStream(this, this.#nextId, this.#streamWindow, onAnswer);
    this.#streams.set(this.#nextId, stream);
    this.#nextId += 2;
    this.send(HEADERS, END_HEADERS, stream.id, encodeFields(fields));
    return stream;
  }

  send(type: number, flags: number, stream: number, payload: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(encodeHttp2(type, flags, stream, payload));
  }

  /** How many octets may go out on the whole connection. */
  get window(): number {
    return this.#window;
  }

  spend(octets: number): void {
    this.#window -= octets;
  }

  release(id: number): void {
    this.#streams.delete(id);
  }

  close(): void {
    this.send(GOAWAY, 0, 0, numbers(0, 0));
    this.#socket.destroy();
  }

  #take(frame: Http2Frame): void {
    const { type, flags, stream, payload } = frame;
    switch (type) {
      case DATA:
        return this.#takeData(frame);
      case HEADERS:
        if (this.fault === "padded-head-fails" && (flags & PADDED) !== 0) return this.close();
        this.#endsStream = (flags & END_STREAM) !== 0;
        return this.#takeHead(stream, flags, unpadded(frame));
      case CONTINUATION:
        if (this.fault === "continuation-lost") return;
        return this.#takeHead(stream, flags, Buffer.concat([this.#head, payload]));
      case RST_STREAM:
        return this.#streams.get(stream)?.wasReset();
      case SETTINGS:
        if ((flags & ACK) === 0) this.#takeSettings(payload);
        return;
      case PING:
        if ((flags & ACK) === 0 && this.fault !== "ping-unanswered") this.send(PING, ACK, 0, payload);
        return;
      case GOAWAY:
        return this.#takeGoaway();
      case WINDOW_UPDATE:
        return this.#takeRoom(stream, payload.readUInt32BE(0) & LARGEST_WINDOW);
      default:
        if (this.fault === "unknown-frames-fail") this.close();
    }
  }

  /** `head`: what has come of it so far. */
  #takeHead(stream: number, flags: number, head: Buffer): void {
    this.#head = head;
    if ((flags & END_HEADERS) === 0) return;
    this.#streams.get(stream)?.answered(decodeFields(head) ?? [], this.#endsStream);
  }

  #takeData(frame: Http2Frame): void {
    const { flags, stream: id, payload } = frame;
    const stream = this.#streams.get(id);
    const octets = this.fault === "padding-kept" ? payload : unpadded(frame);
    this.#used += payload.length;
    if (this.#used >= CONNECTION_ROOM / 2) {
      this.send(WINDOW_UPDATE, 0, 0, numbers(this.#used));
      this.#used = 0;
    }
    stream?.makeRoom(payload.length);
    if (this.fault === "empty-data-ends" && payload.length === 0) stream?.takeEnd();
    else stream?.gotData(octets, (flags & END_STREAM) !== 0);
  }

  #takeSettings(payload: Buffer): void {
    let takesConnect = false;
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      const id = payload.readUInt16BE(at);
      const value = payload.readUInt32BE(at + 2);
      if (id === ENABLE_CONNECT_PROTOCOL) takesConnect = value === 1;
      if (id !== INITIAL_WINDOW_SIZE) continue;
      for (const stream of this.#streams.values()) stream.room(value - this.#streamWindow);
      this.#streamWindow = value;
    }
    if (this.fault !== "settings-unanswered") this.send(SETTINGS, ACK, 0, Buffer.alloc(0));
    this.#takesConnect ??= takesConnect;
    for (const resolve of this.#whenKnown.splice(0)) resolve(this.#takesConnect);
  }

  #takeGoaway(): void {
    this.#isGoing = true;
    if (this.fault === "goaway-ends-streams") this.#socket.destroy();
  }

  #takeRoom(id: number, octets: number): void {
    if (id === 0) {
      this.#window += octets;
      for (const stream of this.#streams.values()) stream.room(0);
    } else if (this.fault === "room-ignored") return;
    else if (octets > 0 || this.fault === "empty-room-overlooked") this.#streams.get(id)?.room(octets);
    else this.#streams.get(id)?.fail(PROTOCOL_ERROR);
  }

  #over(): void {
    for (const resolve of this.#whenKnown.splice(0)) resolve(false);
    for (const stream of this.#streams.values()) stream.wasReset();
  }
}

/** A stream as what a WebSocket is on: its octets are those of DATA (RFC 8441 §5). */
export class ClientStream extends Duplex {
  readonly id: number;
  readonly #session: ClientSession;
  readonly #onAnswer: (fields: readonly Field[]) => void;
  #window: number;
  #waiting: Buffer = Buffer.alloc(0);
  #whenSent: (() => void) | null = null;
  #used = 0;
  #hasEnded = false;
  #isReset = false;

  constructor(
    session: ClientSession,
    id: number,
    window: number,
    onAnswer: (fields: readonly Field[]) => void,
  ) {
    super({ allowHalfOpen: true });
    this.on("error", ignore);
    this.#session = session;
    this.id = id;
    this.#window = window;
    this.#onAnswer = onAnswer;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#waiting = Buffer.concat([this.#waiting, chunk]);
    this.#whenSent = done;
    this.#pump();
  }

  override _final(done: () => void): void {
    if (this.#session.fault !== "never-ends") this.#session.send(DATA, END_STREAM, this.id, Buffer.alloc(0));
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const isOver = this.#isReset || (this.#hasEnded && this.writableFinished);
    if (!isOver && this.#session.fault !== "never-ends")
      this.#session.send(RST_STREAM, 0, this.id, numbers(CANCEL));
    this.#session.release(this.id);
    done(error);
  }

  answered(fields: readonly Field[], endsStream: boolean): void {
    this.#onAnswer(fields);
    if (endsStream) this.takeEnd();
  }

  gotData(octets: Buffer, endsStream: boolean): void {
    if (this.#hasEnded) return;
    if (octets.length === 1 && this.#session.fault === "one-octet-fails") return this.fail(PROTOCOL_ERROR);
    if (octets.length > 0) this.push(Buffer.from(octets));
    if (endsStream) this.takeEnd();
  }

  /** So many octets of the window were used, padding included. */
  makeRoom(octets: number): void {
    this.#used += octets;
    if (this.#used < STREAM_ROOM / 2) return;
    this.#session.send(WINDOW_UPDATE, 0, this.id, numbers(this.#used));
    this.#used = 0;
  }

  takeEnd(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.push(null);
    // What nobody reads any more ends as well.
    this.resume();
  }

  wasReset(): void {
    if (this.#session.fault === "goes-on-behind-reset") return this.#goOn();
    this.#isReset = true;
    this.destroy();
  }

  /** The window changes by so many octets. */
  room(octets: number): void {
    this.#window += octets;
    if (this.#window > LARGEST_WINDOW && this.#session.fault !== "overflow-overlooked")
      return this.fail(FLOW_CONTROL_ERROR);
    this.#pump();
  }

  /** Resets the stream with an error code. */
  fail(code: number): void {
    this.#isReset = true;
    this.#session.send(RST_STREAM, 0, this.id, numbers(code));
    this.destroy();
  }

  #pump(): void {
    const ignoresWindow = this.#session.fault === "window-ignored";
    while (this.#waiting.length > 0) {
      const room = ignoresWindow ? Infinity : Math.min(this.#window, this.#session.window);
      const length = Math.min(room, this.#waiting.length, FRAME_SIZE);
      if (length <= 0) return;
      const piece = this.#waiting.subarray(0, length);
      this.#waiting = this.#waiting.subarray(length);
      this.#window -= length;
      this.#session.spend(length);
      this.#session.send(DATA, 0, this.id, piece);
    }
    const done = this.#whenSent;
    this.#whenSent = null;
    done?.();
  }

  /** It does not know that the stream is over, and sends a Pong that nobody asked for every now and then. */
  #goOn(): void {
    const going = setInterval(
      () => this.#session.send(DATA, 0, this.id, Buffer.from([0x8a, 0x80, 0, 0, 0, 0])),
      5,
    );
    setTimeout(() => {
      clearInterval(going);
      this.#isReset = true;
      this.destroy();
    }, 2000);
  }
}

/** What padding leaves of a payload. */
function unpadded({ flags, payload }: Http2Frame): Buffer {
  return (flags & PADDED) === 0 ? payload : payload.subarray(1, payload.length - payload.readUInt8(0));
}
