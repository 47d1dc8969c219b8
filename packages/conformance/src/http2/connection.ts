import type { Transport, TransportEvents } from "../net/transport.js";
import {
  DEFAULT_FRAME_SIZE,
  DEFAULT_WINDOW,
  encodeHttp2Frame,
  errorCode,
  errorName,
  Flag,
  FrameType,
  goawayPayload,
  Http2FrameReader,
  numberPayload,
  PREFACE,
  Setting,
  settingsPayload,
  type Http2Frame,
} from "../wire/http2/frame.js";
import { HeadReader, type ReadHead } from "./head-reader.js";
import { Http2Stream, type StreamCarrier } from "./stream.js";

/** What is wrong with the HTTP/2 of a peer, in a clause, and the error code with which the connection ends. */
export interface Http2Problem {
  readonly because: string;
  readonly code: number;
  /** Id of the requirement that it breaks; absent if it breaks none. */
  readonly requirement?: string;
}

export interface Http2Events {
  /** A frame in either direction, in order. Of a head that was read whole, `head` has the fields. */
  frame(dir: ">" | "<", frame: Http2Frame, head?: ReadHead): void;
  /** The peer's SETTINGS have come, and hold from now on. */
  settings(settings: readonly (readonly [id: number, value: number])[]): void;
  /** A client opens a stream: only where the tester is the server. */
  request?(stream: Http2Stream, head: ReadHead): void;
  /** A stream is over for both sides: the connection does not know it any more. */
  released?(id: number): void;
  /** The connection is over: TCP has ended, or the peer broke HTTP/2. Nothing follows. */
  ended(reset: boolean, problem?: Http2Problem): void;
}

export interface Http2Options {
  readonly role: "client" | "server";
  /** What the tester's first SETTINGS say, in this order. */
  readonly settings: readonly (readonly [id: number, value: number])[];
  /** Whether the tester makes room again for what it has read. Otherwise the script says when. */
  readonly updatesWindows: boolean;
  /** On a stream it makes room for so many octets at a time, whenever its window is used up; with 0 never. */
  readonly streamRoom?: number;
  /** Whether the connection goes on when the tester is done with a stream. Default false. */
  readonly isShared?: boolean;
}

/** The window of a whole connection is made this large once, and kept so. */
const CONNECTION_WINDOW = 1 << 24;

/**
 * Frames of a peer that bring nothing (SETTINGS, PING, empty DATA, unknown types) before a connection is given up. Each
 * frame with octets of a message makes room for one more, and so does each that the tester answers with.
 */
const IDLE_FRAMES = 10_000;

/** The requirement that a peer breaks where the code of the error says enough. */
const BROKEN_WITH: Readonly<Record<string, string>> = {
  FRAME_SIZE_ERROR: "9113-4.2-1",
  COMPRESSION_ERROR: "9113-4.3-2",
  FLOW_CONTROL_ERROR: "9113-6.9.1-1",
};

/** Frames that each DATA frame of the tester may be answered with: WINDOW_UPDATE for the stream and the connection. */
const FRAMES_FOR_DATA = 3;

/**
 * The tester's end of an HTTP/2 connection (RFC 9113): frames, settings, flow control, and streams as transports. It is
 * lenient about what it reads, as far as the connection can still be understood, and can write any frame (`write`).
 */
export class Http2Connection implements TransportEvents, StreamCarrier {
  readonly carrier: Transport;
  /** The end of a stream does not end the connection. */
  isKept = false;
  readonly #options: Http2Options;
  readonly #events: Http2Events;
  readonly #reader = new Http2FrameReader(DEFAULT_FRAME_SIZE);
  readonly #heads = new HeadReader();
  readonly #streams = new Map<number, Http2Stream>();
  #nextId = 1;
  /** The highest number of a stream that the peer has opened. */
  #lastOfPeer = 0;
  #isOver = false;
  #idleFrames = 0;
  /** The preface of a client, as far as it is still to come. */
  #preface: Uint8Array = new Uint8Array(0);
  /** What the peer lets the tester send: on the whole connection, on a new stream, and in a frame. */
  #sendWindow = DEFAULT_WINDOW;
  #streamWindow = DEFAULT_WINDOW;
  #frameSize = DEFAULT_FRAME_SIZE;
  /** What the tester lets the peer send: on the whole connection, and on a new stream. */
  #receiveWindow = DEFAULT_WINDOW;
  #announcedWindow = DEFAULT_WINDOW;
  /** Octets that have been read and for which no room was made yet. */
  #consumed = 0;

  constructor(carrier: Transport, options: Http2Options, events: Http2Events) {
    this.carrier = carrier;
    this.#options = options;
    this.#events = events;
    if (options.role === "server") this.#preface = PREFACE;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isShared(): boolean {
    return this.#options.isShared === true;
  }

  /** Octets that the peer lets the tester send on the whole connection. */
  get sendWindow(): number {
    return this.#sendWindow;
  }

  /** Octets of DATA that the peer takes in one frame. */
  get frameSize(): number {
    return this.#frameSize;
  }

  /** Sends what comes first: a client's preface, the settings, and a window for the whole connection. */
  start(): void {
    const { role, settings, updatesWindows } = this.#options;
    if (role === "client") {
      this.carrier.write(PREFACE);
      // The server reads them before any head that a client sends behind them.
      this.#applySettings();
    }
    this.write({ type: FrameType.settings, flags: 0, stream: 0, payload: settingsPayload(settings) });
    if (!updatesWindows) return;
    this.makeRoom(null, CONNECTION_WINDOW - DEFAULT_WINDOW);
  }

  /** Writes any frame. `done` is called when the system has taken it. */
  write(frame: Http2Frame, done?: () => void): void {
    if (this.#isOver) return done?.();
    this.#events.frame(">", frame);
    if (frame.type === FrameType.headers) this.#idleFrames = Math.max(0, this.#idleFrames - 1);
    this.carrier.write(encodeHttp2Frame(frame), done);
  }

  /** A new stream, which has no number until it sends its head. */
  stream(): Http2Stream {
    return new Http2Stream(this);
  }

  /** Gives a stream of the tester its number, and takes what comes for it from now on. */
  register(stream: Http2Stream): number {
    const id = this.#nextId;
    this.#nextId += 2;
    this.#streams.set(id, stream);
    this.#open(stream);
    return id;
  }

  /** The stream is over for both sides. */
  release(id: number): void {
    if (this.#streams.delete(id)) this.#events.released?.(id);
  }

  /** The tester is done with a stream. */
  leave(id: number): void {
    if (this.isShared) this.release(id);
    else this.end();
  }

  /** So many octets may not be sent by others any more. The peer will make room for them. */
  spend(octets: number): void {
    this.#sendWindow -= octets;
    if (octets > 0) this.#idleFrames = Math.max(0, this.#idleFrames - FRAMES_FOR_DATA);
  }

  /** Ends the connection because of what the peer does: a clause, and the name of an error code. */
  giveUp(because: string, code: string): void {
    this.#fail(because, code);
  }

  get announcedWindow(): number {
    return this.#announcedWindow;
  }

  /** Lets the peer send so many octets more: on a stream, or without one on the whole connection. */
  makeRoom(stream: Http2Stream | null, octets: number): void {
    if (stream === null) this.#receiveWindow += octets;
    else stream.receiveWindow += octets;
    const payload = numberPayload(octets);
    this.write({ type: FrameType.windowUpdate, flags: 0, stream: stream?.id ?? 0, payload });
  }

  /** The payload of SETTINGS that the tester sends in the middle of the connection: they hold at once, whenever the peer reads them. */
  announce(payload: Uint8Array): void {
    this.#applySettings(settingsOf(payload));
  }

  /** Says goodbye and closes TCP behind it. */
  end(code = "NO_ERROR"): void {
    if (this.isKept) return;
    if (!this.#isOver) this.#goAway(errorCode(code));
    this.carrier.end();
  }

  received(chunk: Uint8Array): void {
    if (this.#isOver) return;
    const rest = this.#withoutPreface(chunk);
    if (rest === null)
      return this.#fail("the client does not begin with the preface of HTTP/2", "PROTOCOL_ERROR");
    const tooLong = this.#reader.push(rest, (frame) => {
      if (!this.#isOver) this.#take(frame);
    });
    if (tooLong === null) return;
    this.#fail(
      `a frame has ${tooLong} octets, more than the ${DEFAULT_FRAME_SIZE} that may be sent`,
      "FRAME_SIZE_ERROR",
    );
  }

  ended(reset: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endStreams(reset);
    this.#events.ended(reset);
  }

  #take(frame: Http2Frame): void {
    const { type, flags, stream, payload } = frame;
    if (!this.#mayGoOn(frame)) return;
    if (this.#heads.isOpen && (type !== FrameType.continuation || stream !== this.#heads.stream)) {
      return this.#fail("a head is interrupted by another frame", "PROTOCOL_ERROR", "9113-4.3-1");
    }
    switch (type) {
      case FrameType.headers:
      case FrameType.continuation:
        return this.#takeHead(frame);
      case FrameType.pushPromise:
        return this.#fail("it pushes, which the tester's settings forbid", "PROTOCOL_ERROR", "9113-6.6-1");
    }
    this.#events.frame("<", frame);
    switch (type) {
      case FrameType.data:
        return this.#takeData(frame);
      case FrameType.rstStream:
        if (payload.length !== 4) return this.#fail("RST_STREAM has not 4 octets", "FRAME_SIZE_ERROR");
        return this.#streams.get(stream)?.wasReset(numberAt(payload, 0));
      case FrameType.settings:
        return this.#takeSettings(flags, payload);
      case FrameType.ping:
        if (payload.length !== 8) return this.#fail("PING has not 8 octets", "FRAME_SIZE_ERROR");
        if ((flags & Flag.ack) === 0) this.write({ ...frame, flags: Flag.ack, payload: payload.slice() });
        return;
      case FrameType.goaway:
        if (payload.length < 8) return this.#fail("GOAWAY is too short", "FRAME_SIZE_ERROR");
        return this.#takeGoaway(numberAt(payload, 0), numberAt(payload, 4));
      case FrameType.windowUpdate:
        if (payload.length !== 4) return this.#fail("WINDOW_UPDATE has not 4 octets", "FRAME_SIZE_ERROR");
        return this.#takeRoom(stream, numberAt(payload, 0));
    }
  }

  /** A peer that sends frames which bring nothing does not keep the tester busy for ever. */
  #mayGoOn({ type, payload }: Http2Frame): boolean {
    if (type === FrameType.data && payload.length > 0) this.#idleFrames = Math.max(0, this.#idleFrames - 1);
    else if (++this.#idleFrames > IDLE_FRAMES) {
      this.#fail(`it sent ${IDLE_FRAMES} frames that bring nothing`, "ENHANCE_YOUR_CALM");
      return false;
    }
    return true;
  }

  #takeHead(frame: Http2Frame): void {
    const read = this.#heads.push(frame);
    if (typeof read === "string") {
      this.#events.frame("<", frame);
      return this.#fail(read, "COMPRESSION_ERROR");
    }
    this.#events.frame("<", frame, read ?? undefined);
    if (read === null) return;
    const known = this.#streams.get(read.stream);
    if (known !== undefined) {
      known.gotHead(read);
      return this.#drip(known);
    }
    // Behind a stream that is over only trailers can come.
    if (this.#options.role !== "server" || read.stream % 2 === 0 || read.stream <= this.#lastOfPeer) return;
    this.#lastOfPeer = read.stream;
    const stream = new Http2Stream(this, read.stream);
    this.#streams.set(read.stream, stream);
    this.#open(stream);
    this.#events.request?.(stream, read);
    stream.gotHead(read);
  }

  #takeData({ flags, stream: id, payload }: Http2Frame): void {
    let octets = payload;
    if ((flags & Flag.padded) !== 0) {
      const padding = payload[0] ?? Infinity;
      if (padding >= payload.length)
        return this.#fail("DATA has more padding than octets", "PROTOCOL_ERROR", "9113-6.1-1");
      octets = payload.subarray(1, payload.length - padding);
    }
    const stream = this.#streams.get(id);
    this.#receiveWindow -= payload.length;
    if (stream !== undefined) stream.receiveWindow -= payload.length;
    if (this.#receiveWindow < 0 || (stream?.receiveWindow ?? 0) < 0) {
      return this.#fail("it sent more DATA than the window has room for", "FLOW_CONTROL_ERROR");
    }
    // The tester reads at once, and who holds the reading holds TCP. Octets of a stream that is over count as well
    // (RFC 9113 §6.9).
    if (this.#options.updatesWindows) this.#giveBack(stream, payload.length);
    stream?.gotData(octets, (flags & Flag.endStream) !== 0);
  }

  #giveBack(stream: Http2Stream | undefined, octets: number): void {
    this.#consumed += octets;
    if (this.#consumed >= CONNECTION_WINDOW / 2) {
      this.makeRoom(null, this.#consumed);
      this.#consumed = 0;
    }
    if (stream === undefined) return;
    if ((stream.room ?? this.#options.streamRoom) !== undefined) return this.#drip(stream);
    const room = stream.takeRoom(octets);
    if (room > 0) this.makeRoom(stream, room);
  }

  /** Gives a stream whose window is used up a little room. */
  #drip(stream: Http2Stream): void {
    const { room = this.#options.streamRoom ?? 0 } = stream;
    if (room > 0 && stream.receiveWindow <= 0) this.makeRoom(stream, room);
  }

  #open(stream: Http2Stream): void {
    stream.sendWindow = this.#streamWindow;
    stream.receiveWindow = this.#announcedWindow;
  }

  /** The tester's own settings hold from now on. */
  #applySettings(settings = this.#options.settings): void {
    for (const [id, value] of settings) {
      if (id !== Setting.initialWindowSize) continue;
      for (const stream of this.#streams.values()) stream.receiveWindow += value - this.#announcedWindow;
      this.#announcedWindow = value;
    }
  }

  #takeSettings(flags: number, payload: Uint8Array): void {
    if ((flags & Flag.ack) !== 0) {
      if (this.#options.role === "server") this.#applySettings();
      return;
    }
    if (payload.length % 6 !== 0) return this.#fail("SETTINGS are cut", "FRAME_SIZE_ERROR");
    const settings = settingsOf(payload);
    for (const [id, value] of settings) {
      if (id === Setting.maxFrameSize) this.#frameSize = Math.min(value, CONNECTION_WINDOW);
      if (id !== Setting.initialWindowSize) continue;
      // What has been sent already stays sent: a window can fall below 0 (RFC 9113 §6.9.2).
      for (const stream of this.#streams.values()) stream.sendWindow += value - this.#streamWindow;
      this.#streamWindow = value;
    }
    this.write({ type: FrameType.settings, flags: Flag.ack, stream: 0, payload: new Uint8Array(0) });
    this.#events.settings(settings);
    this.#pump();
  }

  #takeGoaway(lastStream: number, code: number): void {
    const last = lastStream & 0x7fff_ffff;
    for (const [id, stream] of this.#streams) {
      if (id % 2 === (this.#options.role === "client" ? 1 : 0) && id > last)
        stream.wasReset(errorCode("REFUSED_STREAM"));
    }
    if (code !== 0) for (const stream of this.#streams.values()) stream.noteGoaway(errorName(code));
  }

  #takeRoom(id: number, room: number): void {
    const octets = room & 0x7fff_ffff;
    const stream = this.#streams.get(id);
    if (id === 0) this.#sendWindow += octets;
    else if (stream !== undefined) stream.sendWindow += octets;
    if (Math.max(this.#sendWindow, stream?.sendWindow ?? 0) > 0x7fff_ffff) {
      return this.#fail("a window has more than 2^31 - 1 octets", "FLOW_CONTROL_ERROR", "9113-6.9.1-2");
    }
    this.#pump();
  }

  #pump(): void {
    for (const stream of this.#streams.values()) stream.pump();
  }

  #goAway(code: number): void {
    const payload = goawayPayload(this.#lastOfPeer, code);
    this.write({ type: FrameType.goaway, flags: 0, stream: 0, payload });
  }

  /** Null if the client begins with something else. */
  #withoutPreface(chunk: Uint8Array): Uint8Array | null {
    const length = Math.min(this.#preface.length, chunk.length);
    for (let at = 0; at < length; at++) if (chunk[at] !== this.#preface[at]) return null;
    this.#preface = this.#preface.subarray(length);
    return chunk.subarray(length);
  }

  #fail(because: string, code: string, requirement = BROKEN_WITH[code]): void {
    if (this.#isOver) return;
    this.#goAway(errorCode(code));
    this.#isOver = true;
    this.carrier.end();
    this.#endStreams(false);
    const broken = requirement === undefined ? {} : { requirement };
    this.#events.ended(false, { because, code: errorCode(code), ...broken });
  }

  #endStreams(reset: boolean): void {
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    for (const stream of streams) stream.lost(reset);
  }
}

function settingsOf(payload: Uint8Array): readonly (readonly [id: number, value: number])[] {
  const settings: (readonly [number, number])[] = [];
  for (let at = 0; at + 6 <= payload.length; at += 6) {
    settings.push([((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0), numberAt(payload, at + 2)]);
  }
  return settings;
}

function numberAt(octets: Uint8Array, at: number): number {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength).getUint32(at);
}
