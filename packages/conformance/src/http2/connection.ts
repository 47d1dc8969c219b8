import type { Transport, TransportEvents } from "../net/transport.js";
import {
  DEFAULT_FRAME_SIZE,
  DEFAULT_WINDOW,
  encodeHttp2Frame,
  encodeHttp2Header,
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
  typeName,
  type Http2Frame,
} from "../wire/http2/frame.js";
import { Beginning } from "./beginning.js";
import { fault, frameFault, LARGEST_WINDOW, settingFault } from "./frame-faults.js";
import { HeadReader, type ReadHead } from "./head-reader.js";
import type { Http2Problem } from "./problem.js";
import { Http2Stream, type StreamCarrier } from "./stream.js";

export type { Http2Problem } from "./problem.js";

export interface Http2Events {
  /** A frame in either direction, in order. Of a head that was read whole, `head` has the fields. */
  frame(dir: ">" | "<", frame: Http2Frame, head?: ReadHead): void;
  /** The peer's SETTINGS have come, and hold from now on. */
  settings(settings: readonly (readonly [id: number, value: number])[]): void;
  /** The peer has taken the tester's SETTINGS: what it sent before has come as well. */
  acknowledged?(): void;
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
 * So many frames more may come than those that bring or make room for octets of a stream, before a connection is given up:
 * SETTINGS, PING, PRIORITY, empty DATA, heads, unknown types.
 */
const IDLE_FRAMES = 10_000;
/** Frames that each DATA frame of the tester may be answered with: WINDOW_UPDATE for the stream and the connection. */
const FRAMES_FOR_DATA = 3;
/** Answers to PING and SETTINGS that may wait until the peer reads them. */
const ANSWERS_WAITING = 1000;
/** Streams that a client may have open at the same time, unless the tester's settings say otherwise. */
const OPEN_STREAMS = 100;
/** Heads of one stream: informational answers, the answer, and trailers. */
const MOST_HEADS = 100;
/** A payload that is longer is not copied behind its header: it is a write of its own. */
const LONGEST_COPY = 1024;

/**
 * The tester's end of an HTTP/2 connection (RFC 9113): frames, settings, flow control, and streams as transports. It goes on as
 * long as the RFC lets it, and can write any frame (`write`).
 */
export class Http2Connection implements TransportEvents, StreamCarrier {
  readonly carrier: Transport;
  readonly updatesWindows: boolean;
  /** The end of a stream does not end the connection. */
  isKept = false;
  readonly #options: Http2Options;
  readonly #events: Http2Events;
  readonly #beginning: Beginning;
  readonly #reader = new Http2FrameReader(DEFAULT_FRAME_SIZE);
  readonly #heads = new HeadReader();
  /** By number. */
  readonly #streams = new Map<number, Http2Stream>();
  /** Those that have no number yet. */
  readonly #unnumbered = new Set<Http2Stream>();
  #nextId = 1;
  /** The last stream that the peer has opened. */
  #lastPeerId = 0;
  #isOver = false;
  #hasSettings = false;
  #idleFrames = 0;
  #answersWaiting = 0;
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
    this.#beginning = new Beginning(options.role);
    this.updatesWindows = options.updatesWindows;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isShared(): boolean {
    return this.#options.isShared === true;
  }

  get streamRoom(): number | undefined {
    return this.#options.streamRoom;
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

  /** Writes any frame. `done` is called when the system has taken it. `head`: what it says, if it is a whole head. */
  write(frame: Http2Frame, done?: () => void, head?: ReadHead): void {
    if (this.#isOver) return done?.();
    if (frame.type !== FrameType.data) this.flush();
    this.#events.frame(">", frame, head);
    if (frame.type === FrameType.data) this.#idleFrames -= FRAMES_FOR_DATA;
    if (frame.type === FrameType.headers) {
      this.#idleFrames--;
      this.#nextId = Math.max(this.#nextId, frame.stream + 2);
    }
    if (frame.payload.length <= LONGEST_COPY) return this.carrier.write(encodeHttp2Frame(frame), done);
    this.carrier.write(encodeHttp2Header(frame));
    this.carrier.write(frame.payload, done);
  }

  /** Sends what waits on the streams and has room, so that what is written from now on follows it. */
  flush(): void {
    for (const stream of this.#streams.values()) stream.pump();
  }

  /** A new stream, which has no number until it sends its head. */
  stream(): Http2Stream {
    const stream = new Http2Stream(this);
    this.#unnumbered.add(stream);
    return stream;
  }

  /** Gives a stream of the tester its number, and takes what comes for it from now on. */
  register(stream: Http2Stream): number {
    const id = this.#nextId;
    this.#nextId += 2;
    this.#unnumbered.delete(stream);
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

  /** Ends the connection because of what the peer does: a clause, and the name of an error code. */
  giveUp(because: string, code: string): void {
    this.#fail(fault(because, code));
  }

  /** So many octets may not be sent by others any more. */
  spend(octets: number): void {
    this.#sendWindow -= octets;
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
    const rest = this.#beginning.push(chunk);
    if (rest === null) return this.#fail(this.#beginning.foreign);
    const tooLong = this.#reader.push(rest, (frame) => {
      if (!this.#isOver) this.#take(frame);
    });
    if (tooLong === null) return;
    if (!this.#hasSettings) return this.#fail(this.#beginning.foreign);
    const because = `a frame has ${tooLong} octets, more than the ${DEFAULT_FRAME_SIZE} that may be sent`;
    this.#fail(fault(because, "FRAME_SIZE_ERROR"));
  }

  ended(reset: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endStreams(reset);
    this.#events.ended(reset);
  }

  #take(frame: Http2Frame): void {
    const isHead = frame.type === FrameType.headers || frame.type === FrameType.continuation;
    const found = this.#faultOf(frame);
    if (found !== null || !isHead) this.#events.frame("<", frame);
    if (found !== null) return this.#fail(found);
    if (isHead) return this.#takeHead(frame);
    const { type, flags, stream, payload } = frame;
    switch (type) {
      case FrameType.data:
        return this.#takeData(frame);
      case FrameType.rstStream:
        return this.#streams.get(stream)?.wasReset(numberAt(payload, 0));
      case FrameType.settings:
        return this.#takeSettings(flags, payload);
      case FrameType.ping:
        if ((flags & Flag.ack) === 0) this.#answer({ ...frame, flags: Flag.ack, payload: payload.slice() });
        return;
      case FrameType.goaway:
        return this.#takeGoaway(numberAt(payload, 0), numberAt(payload, 4));
      case FrameType.windowUpdate:
        return this.#takeRoom(stream, numberAt(payload, 0));
    }
  }

  /** Why the connection cannot go on behind this frame. */
  #faultOf(frame: Http2Frame): Http2Problem | null {
    const { type, flags, stream, payload } = frame;
    if (!this.#hasSettings) {
      if (type !== FrameType.settings || (flags & Flag.ack) !== 0)
        return fault(`it begins with ${typeName(type)} instead of SETTINGS`);
      this.#hasSettings = true;
    }
    // A peer that sends frames which bring nothing does not keep the tester busy for ever.
    this.#idleFrames += type === FrameType.data && payload.length > 0 ? -1 : 1;
    if (this.#idleFrames > IDLE_FRAMES)
      return fault(`it sent ${IDLE_FRAMES} frames that bring nothing`, "ENHANCE_YOUR_CALM");
    if (type === FrameType.pushPromise)
      return fault("it pushes, which the tester's settings forbid", "PROTOCOL_ERROR", "9113-6.6-1");
    const found = this.#heads.misplaced(frame) ?? frameFault(frame);
    if (found !== null || !OF_OPEN_STREAMS.has(type) || !this.#isIdle(stream)) return found;
    if (type === FrameType.headers && this.#options.role === "server" && stream % 2 === 1) return null;
    return fault(`${typeName(type)} is on stream ${stream}, which nobody has opened`);
  }

  /** Whether a stream was never used (RFC 9113 §5.1.1). */
  #isIdle(id: number): boolean {
    if (id === 0) return false;
    if (this.#options.role === "client") return id % 2 === 0 || id >= this.#nextId;
    return id % 2 === 0 || id > this.#lastPeerId;
  }

  #takeHead(frame: Http2Frame): void {
    const read = this.#heads.push(frame);
    const isHead = read !== null && "fields" in read;
    this.#events.frame("<", frame, isHead ? read : undefined);
    if (read === null) return;
    if (!isHead) return this.#fail(read);
    const known = this.#streams.get(read.stream);
    if (known?.hasEnded === true) return this.#fail(behindEnd(frame));
    if (known !== undefined && known.heads >= MOST_HEADS)
      return this.#fail(fault(`more than ${MOST_HEADS} heads come on a stream`, "ENHANCE_YOUR_CALM"));
    if (known !== undefined) return known.gotHead(read);
    // Of a stream that is over, which is still on the way.
    if (!this.#isIdle(read.stream)) return;
    this.#lastPeerId = read.stream;
    this.#takeRequest(read);
  }

  #takeRequest(head: ReadHead): void {
    const stream = new Http2Stream(this, head.stream);
    if (this.#streams.size >= this.#mostStreams) return stream.sendReset("REFUSED_STREAM");
    this.#streams.set(head.stream, stream);
    this.#open(stream);
    this.#events.request?.(stream, head);
    stream.gotHead(head);
  }

  get #mostStreams(): number {
    const said = this.#options.settings.find(([id]) => id === Setting.maxConcurrentStreams);
    return Math.min(OPEN_STREAMS, said?.[1] ?? OPEN_STREAMS);
  }

  #takeData(frame: Http2Frame): void {
    const { flags, stream: id, payload } = frame;
    const stream = this.#streams.get(id);
    this.#receiveWindow -= payload.length;
    if (stream !== undefined) stream.receiveWindow -= payload.length;
    if (this.#receiveWindow < 0 || (stream?.receiveWindow ?? 0) < 0) {
      return this.#fail(fault("it sent more DATA than the window has room for", "FLOW_CONTROL_ERROR"));
    }
    if (stream?.hasEnded === true) return this.#fail(behindEnd(frame));
    // Octets of a stream that is over count as well (RFC 9113 §6.9).
    if (this.updatesWindows) this.#giveBack(payload.length);
    const isPadded = (flags & Flag.padded) !== 0;
    const octets = isPadded ? payload.subarray(1, payload.length - (payload[0] ?? 0)) : payload;
    stream?.gotData(octets, payload.length, (flags & Flag.endStream) !== 0);
  }

  #giveBack(octets: number): void {
    this.#consumed += octets;
    if (this.#consumed < CONNECTION_WINDOW / 2) return;
    this.makeRoom(null, this.#consumed);
    this.#consumed = 0;
  }

  /** What every peer has to be told. One that asks again and again and reads no answer does not fill the memory. */
  #answer(frame: Http2Frame): void {
    if (++this.#answersWaiting > ANSWERS_WAITING)
      return this.#fail(
        fault(`it does not read the answers to ${ANSWERS_WAITING} frames`, "ENHANCE_YOUR_CALM"),
      );
    this.write(frame, () => {
      this.#answersWaiting--;
    });
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
    const { role } = this.#options;
    if ((flags & Flag.ack) !== 0) {
      if (role === "server") this.#applySettings();
      return this.#events.acknowledged?.();
    }
    const settings = settingsOf(payload);
    for (const [id, value] of settings) {
      const found = settingFault(id, value, role) ?? this.#applySetting(id, value);
      if (found !== null) return this.#fail(found);
    }
    this.#answer({ type: FrameType.settings, flags: Flag.ack, stream: 0, payload: new Uint8Array(0) });
    this.#events.settings(settings);
    this.flush();
  }

  /** A setting of the peer holds. */
  #applySetting(id: number, value: number): Http2Problem | null {
    if (id === Setting.maxFrameSize) this.#frameSize = value;
    if (id !== Setting.initialWindowSize) return null;
    const more = value - this.#streamWindow;
    this.#streamWindow = value;
    // What has been sent already stays sent: a window can fall below 0 (RFC 9113 §6.9.2).
    for (const stream of this.#streams.values()) {
      stream.sendWindow += more;
      if (stream.sendWindow > LARGEST_WINDOW) return tooMuchRoom();
    }
    return null;
  }

  #takeGoaway(lastStream: number, code: number): void {
    const last = lastStream & 0x7fff_ffff;
    const own = this.#options.role === "client" ? 1 : 0;
    if (code !== 0) for (const stream of this.#allStreams) stream.noteGoaway(errorName(code));
    for (const [id, stream] of this.#streams) {
      if (id % 2 === own && id > last) stream.wasReset(errorCode("REFUSED_STREAM"));
    }
  }

  #takeRoom(id: number, room: number): void {
    const octets = room & 0x7fff_ffff;
    const stream = this.#streams.get(id);
    if (id === 0) this.#sendWindow += octets;
    else if (stream !== undefined) stream.sendWindow += octets;
    if (Math.max(this.#sendWindow, stream?.sendWindow ?? 0) > LARGEST_WINDOW)
      return this.#fail(tooMuchRoom());
    if (id === 0) this.flush();
    else stream?.pump();
  }

  #goAway(code: number): void {
    const payload = goawayPayload(this.#lastPeerId, code);
    this.write({ type: FrameType.goaway, flags: 0, stream: 0, payload });
  }

  #fail(problem: Http2Problem): void {
    if (this.#isOver) return;
    if (problem.said === undefined) this.#goAway(problem.code);
    this.#isOver = true;
    this.carrier.end();
    this.#events.ended(false, problem);
    this.#endStreams(false, problem);
  }

  get #allStreams(): readonly Http2Stream[] {
    return [...this.#streams.values(), ...this.#unnumbered];
  }

  #endStreams(reset: boolean, problem?: Http2Problem): void {
    const streams = this.#allStreams;
    this.#streams.clear();
    this.#unnumbered.clear();
    for (const stream of streams) stream.lost(reset, problem?.because);
  }
}

/** Frames that mean something only once a stream has been opened (RFC 9113 §5.1). PRIORITY may come before. */
const OF_OPEN_STREAMS: ReadonlySet<number> = new Set([
  FrameType.data,
  FrameType.headers,
  FrameType.rstStream,
  FrameType.windowUpdate,
]);

function behindEnd({ type, stream }: Http2Frame): Http2Problem {
  return fault(`${typeName(type)} follows END_STREAM on stream ${stream}`, "STREAM_CLOSED");
}

function tooMuchRoom(): Http2Problem {
  return fault("a window has more than 2^31 - 1 octets", "FLOW_CONTROL_ERROR", "9113-6.9.1-2");
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
