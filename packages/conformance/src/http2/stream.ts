import type { Transport } from "../net/transport.js";
import {
  errorCode,
  errorName,
  Flag,
  FrameType,
  numberPayload,
  type Http2Frame,
} from "../wire/http2/frame.js";
import { encodeFields, type Field } from "../wire/http2/hpack.js";
import type { ReadHead } from "./head-reader.js";

/** What a stream reports. Nothing follows `ended`. */
export interface StreamEvents {
  /** A head has come: of an answer, an informational one before it, or trailers. */
  head(head: ReadHead): void;
  /** The chunk is only valid during the call. */
  received(chunk: Uint8Array): void;
  /**
   * END_STREAM has come, RST_STREAM (`reset`), or the connection has ended; nothing more comes. `problem`: the tester has
   * ended it, and why, in a clause.
   */
  ended(reset: boolean, problem?: string): void;
}

/** How the peer ended a stream. */
export type StreamEnd =
  | { readonly by: "end-stream" }
  | { readonly by: "rst-stream"; readonly code: string }
  | { readonly by: "connection"; readonly reset: boolean; readonly goaway?: string };

/** How octets are cut into DATA frames. */
export interface DataCut {
  /** At most so many octets in a frame. */
  readonly size?: number;
  /** So many octets of padding behind those of a frame, 0 to 255. */
  readonly padding?: number;
  /** An empty DATA frame before each other. */
  readonly empty?: boolean;
}

/** How a head becomes frames. By default it is one HEADERS frame. */
export interface HeadShape {
  /** HEADERS and CONTINUATION have at most so many octets of it each, 1 or more. */
  readonly cut?: number;
  /** So many octets of padding in HEADERS, 1 to 255. */
  readonly padding?: number;
  /** HEADERS has the fields of a priority (RFC 9113 §6.2). */
  readonly priority?: boolean;
}

/** How long the connection stays open after the tester has closed its direction, and how much it reads meanwhile. */
const LINGER_MS = 1000;
const LINGER_OCTETS = 1 << 20;

/** At most so many octets that were held back are handed on in one turn of the event loop. */
const TURN_OCTETS = 65_536;

/** What a stream needs of its connection. */
export interface StreamCarrier {
  readonly carrier: Transport;
  /** Nothing can be sent any more. */
  readonly isOver: boolean;
  /** Octets that the peer lets the tester send on the whole connection, and in one frame. */
  readonly sendWindow: number;
  readonly frameSize: number;
  /** Octets that the peer may send on a stream before the tester makes room, and whether it makes any by itself. */
  readonly announcedWindow: number;
  readonly updatesWindows: boolean;
  /** Lets the peer send so many octets more on a stream. */
  makeRoom(stream: Http2Stream, octets: number): void;
  /** Gives a stream its number, and hands it what comes for it. */
  register(stream: Http2Stream): number;
  /** Octets for which room is made whenever a window is used up, with 0 never; undefined for the usual way. */
  readonly streamRoom: number | undefined;
  /** Other streams may be on the connection, which goes on without this one. */
  readonly isShared: boolean;
  /** The stream is over for both sides. */
  release(id: number): void;
  /** The tester is done with a stream: unless others share the connection, it ends as well, and TCP behind what was sent. */
  leave(id: number): void;
  /** So many octets have gone out. */
  spend(octets: number): void;
  write(frame: Http2Frame, done?: () => void, head?: ReadHead): void;
}

interface Waiting {
  octets: Uint8Array;
  readonly done: (() => void) | undefined;
  /** Behind it nothing comes from the tester. */
  readonly endsStream: boolean;
}

/** Writes are joined up to so many octets. */
const LONGEST_JOIN = 16_384;

/** Octets of small frames are kept together in blocks of this size. */
const BLOCK = 4096;

/** Octets that have come and were not handed on. */
interface Kept {
  readonly block: Buffer;
  length: number;
  /** What they took of the window, with padding. */
  counted: number;
}

/** What has come and was not handed on, in order. */
type Report = Kept | ((events: StreamEvents) => void);

/**
 * A stream of HTTP/2 as a transport: DATA is its octets, END_STREAM its end, RST_STREAM its reset (RFC 8441 §5). Who holds the
 * reading keeps what comes, at most a window of it, and makes no room: nothing else on the connection waits for that.
 */
export class Http2Stream implements Transport {
  readonly isStream = true;
  readonly connection: StreamCarrier;
  /** How octets become DATA frames. */
  cut: DataCut = {};
  /** In place of the connection's `streamRoom`. */
  room: number | undefined = undefined;
  /** Octets that the peer lets the tester send on this stream. */
  sendWindow = 0;
  /** How the peer ended the stream; null if it has not. */
  ending: StreamEnd | null = null;
  /** Octets that the peer may still send. */
  receiveWindow = 0;
  #id: number;
  #events: StreamEvents | null = null;
  #isHeld = false;
  /** In order; what waits for the next turn, for reading to go on, or for somebody who reads. */
  #reports: Report[] = [];
  #waiting: Waiting[] = [];
  /** What waits goes out when the code that runs now is done. */
  #isDue = false;
  #isFinishing = false;
  #hasFinished = false;
  /** The tester, or one side, has given the stream up. */
  #isReset = false;
  #hasReset = false;
  #heads = 0;
  #goaway: string | undefined;
  /** Octets that were read and for which no room was made yet. */
  #unannounced = 0;

  constructor(connection: StreamCarrier, id = 0) {
    this.connection = connection;
    this.#id = id;
  }

  /** 0 before its head is sent. */
  get id(): number {
    return this.#id;
  }

  /** Whether the tester has reset it. */
  get isReset(): boolean {
    return this.#isReset;
  }

  get isWithoutRoom(): boolean {
    return this.#waiting.length > 0;
  }

  get isWholeLost(): boolean {
    return this.ending?.by === "connection";
  }

  /** The peer has ended its direction, and the stream is not over. */
  get hasEnded(): boolean {
    return this.ending !== null;
  }

  /** From now on `events` gets what happens, and first what came before. */
  attach(events: StreamEvents): void {
    this.#events = events;
    this.#tell();
  }

  /** Sends a head: of a request, which gives the stream its number, or of an answer. */
  sendHead(fields: readonly Field[], endsStream = false, shape: HeadShape = {}): void {
    if (this.#id === 0) this.#id = this.connection.register(this);
    if (endsStream) this.#isFinishing = this.#hasFinished = true;
    const head: ReadHead = { stream: this.#id, fields, endsStream };
    for (const frame of headFrames(encodeFields(fields), endsStream, shape)) {
      const isLast = (frame.flags & Flag.endHeaders) !== 0;
      this.connection.write({ ...frame, stream: this.#id }, undefined, isLast ? head : undefined);
    }
    this.#releaseIfOver();
  }

  /**
   * What is written in one go shares DATA frames: thousands of tiny frames in a burst are what peers defend themselves against
   * (RFC 9113 §10.5).
   */
  write(octets: Uint8Array, done?: () => void): void {
    if (this.#isClosed) return done?.();
    this.#waiting.push({ octets, done, endsStream: false });
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.pump();
    });
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#tell();
  }

  finish(): void {
    if (this.#isClosed) return;
    this.#isFinishing = true;
    this.#waiting.push({ octets: new Uint8Array(0), done: undefined, endsStream: true });
    this.pump();
  }

  end(): void {
    this.finish();
    if (this.ending !== null || this.#hasReset || this.#id === 0) return this.#over();
    // This must not keep the process alive: what the peer does meanwhile does not matter.
    const timer = setTimeout(() => this.#over(), LINGER_MS).unref();
    const over = (): void => {
      clearTimeout(timer);
      this.#over();
    };
    let late = 0;
    this.attach({
      head: () => undefined,
      received: ({ length }) => {
        late += length;
        if (late > LINGER_OCTETS) over();
      },
      ended: over,
    });
    this.hold(false);
  }

  reset(): void {
    this.sendReset("CANCEL");
    this.#over();
  }

  destroy(): void {
    if (this.ending === null) this.sendReset("CANCEL");
    this.#over();
  }

  /** Gives up the stream; the connection goes on. */
  sendReset(code: string): void {
    if (this.#hasReset || this.#id === 0) return;
    this.pump();
    this.#hasReset = this.#isReset = true;
    this.#giveUp();
    const payload = numberPayload(errorCode(code));
    this.connection.write({ type: FrameType.rstStream, flags: 0, stream: this.#id, payload });
    this.connection.release(this.#id);
  }

  /** Sends what the windows of the peer have room for. */
  pump(): void {
    while (this.#waiting.length > 0) {
      const room = Math.min(this.sendWindow, this.connection.sendWindow);
      const { size = Infinity, padding = 0, empty = false } = this.cut;
      const overhead = padding > 0 ? padding + 1 : 0;
      const most = Math.min(room, this.connection.frameSize) - overhead;
      if (size === Infinity) this.#join(most);
      const [next] = this.#waiting;
      if (next === undefined) return;
      const length = Math.min(next.octets.length, size, most);
      if (length <= 0 && next.octets.length > 0) return;
      const isLast = length >= next.octets.length;
      const piece = next.octets.subarray(0, Math.max(0, length));
      if (isLast) this.#waiting.shift();
      else next.octets = next.octets.subarray(length);
      if (empty && piece.length > 0) this.#data(new Uint8Array(0), 0, false);
      this.#data(
        piece,
        piece.length === 0 ? 0 : padding,
        isLast && next.endsStream,
        isLast ? next.done : undefined,
      );
    }
  }

  /** Makes one of the first writes that wait, of those that fit into a frame of so many octets. */
  #join(most: number): void {
    let count = 0;
    let length = 0;
    for (const { octets, endsStream } of this.#waiting) {
      length += octets.length;
      if (endsStream || length > Math.min(most, LONGEST_JOIN)) break;
      count++;
    }
    if (count < 2) return;
    const joined = this.#waiting.splice(0, count);
    const done = (): void => {
      for (const write of joined) write.done?.();
    };
    const octets = Buffer.concat(joined.map((write) => write.octets));
    this.#waiting.unshift({ octets, done, endsStream: false });
  }

  #data(octets: Uint8Array, padding: number, endsStream: boolean, done?: () => void): void {
    if (endsStream) this.#hasFinished = true;
    const isPadded = padding > 0;
    const payload = isPadded
      ? Buffer.concat([Buffer.from([padding]), octets, Buffer.alloc(padding)])
      : octets;
    this.sendWindow -= payload.length;
    this.connection.spend(payload.length);
    const flags = (endsStream ? Flag.endStream : 0) | (isPadded ? Flag.padded : 0);
    this.connection.write({ type: FrameType.data, flags, stream: this.#id, payload }, done);
    if (endsStream) this.#releaseIfOver();
  }

  get #isClosed(): boolean {
    return this.#id === 0 || this.#isFinishing || this.#hasReset || this.connection.isOver;
  }

  // What the connection reports.

  /** How many heads have come: of answers, informational ones too, and trailers. */
  get heads(): number {
    return this.#heads;
  }

  gotHead(head: ReadHead): void {
    this.#heads++;
    this.#report((events) => events.head(head));
    if (head.endsStream) this.#ended({ by: "end-stream" });
    else this.#makeRoom();
  }

  /** `counted`: octets of the window that they took, with padding. */
  gotData(octets: Uint8Array, counted: number, endsStream: boolean): void {
    if (this.#isPassing) this.#read(this.#events, octets, counted);
    else if (counted > 0) this.#keep(octets, counted);
    if (endsStream) this.#ended({ by: "end-stream" });
  }

  wasReset(code: number): void {
    this.#hasReset = true;
    this.connection.release(this.#id);
    this.#ended({ by: "rst-stream", code: errorName(code) });
    this.#giveUp();
  }

  noteGoaway(code: string): void {
    this.#goaway = code;
  }

  /** The connection is over. `problem`: why the tester ended it. */
  lost(reset: boolean, problem?: string): void {
    const goaway = this.#goaway === undefined ? {} : { goaway: this.#goaway };
    this.#ended({ by: "connection", reset, ...goaway }, problem);
    this.#giveUp();
  }

  #ended(end: StreamEnd, problem?: string): void {
    if (this.ending !== null) return;
    this.ending = end;
    const isReset = end.by === "rst-stream" || (end.by === "connection" && end.reset);
    this.#report((events) => events.ended(isReset, problem));
    this.#releaseIfOver();
  }

  /** Both directions have ended. */
  #releaseIfOver(): void {
    if (this.#hasFinished && this.ending !== null) this.connection.release(this.#id);
  }

  #read(events: StreamEvents | null, octets: Uint8Array, counted: number): void {
    if (octets.length > 0) events?.received(octets);
    this.#unannounced += counted;
    this.#makeRoom();
  }

  /** Lets the peer send again what was read, once that is worth a frame, or as little as the case says. */
  #makeRoom(): void {
    const isOver = this.ending !== null || this.#hasReset;
    if (isOver || !this.connection.updatesWindows) return;
    const { room = this.connection.streamRoom } = this;
    if (room !== undefined) {
      if (room > 0 && this.receiveWindow <= 0) this.connection.makeRoom(this, room);
      return;
    }
    const read = this.#unannounced;
    if (read === 0 || read < this.connection.announcedWindow / 2) return;
    this.#unannounced = 0;
    this.connection.makeRoom(this, read);
  }

  #report(tell: (events: StreamEvents) => void): void {
    if (this.#isPassing && this.#events !== null) tell(this.#events);
    else this.#reports.push(tell);
  }

  #keep(octets: Uint8Array, counted: number): void {
    const last = this.#reports.at(-1);
    let kept: Kept | undefined = typeof last === "function" ? undefined : last;
    if (kept === undefined || kept.length + octets.length > kept.block.length) {
      kept = { block: Buffer.allocUnsafeSlow(Math.max(BLOCK, octets.length)), length: 0, counted: 0 };
      this.#reports.push(kept);
    }
    kept.block.set(octets, kept.length);
    kept.length += octets.length;
    kept.counted += counted;
  }

  /** Whether what comes is handed on at once. */
  get #isPassing(): boolean {
    return this.#events !== null && !this.#isHeld && this.#reports.length === 0;
  }

  /** Hands on what waits; the rest in later turns of the event loop. */
  #tell(): void {
    let told = 0;
    for (let next = this.#reports[0]; next !== undefined; next = this.#reports[0]) {
      if (this.#events === null || this.#isHeld) return;
      if (told > TURN_OCTETS) return void setImmediate(() => this.#tell());
      this.#reports.shift();
      if (typeof next === "function") next(this.#events);
      else {
        told += next.length;
        this.#read(this.#events, next.block.subarray(0, next.length), next.counted);
      }
    }
  }

  /** Nothing more goes out, and nobody waits for it. */
  #giveUp(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { done } of waiting) done?.();
  }

  #over(): void {
    const isOpen = this.ending === null || (this.ending.by === "end-stream" && !this.#hasFinished);
    if (this.connection.isShared && isOpen) this.sendReset("CANCEL");
    this.connection.leave(this.#id);
  }
}

/** The frames of a head (RFC 9113 §6.2, §6.10). */
function headFrames(
  block: Uint8Array,
  endsStream: boolean,
  { cut = Infinity, padding = 0, priority = false }: HeadShape,
): readonly Omit<Http2Frame, "stream">[] {
  const size = Math.min(cut, Math.max(1, block.length));
  const pieces = Array.from({ length: Math.max(1, Math.ceil(block.length / size)) }, (_, at) =>
    block.subarray(at * size, (at + 1) * size),
  );
  return pieces.map((piece, at) => {
    const isFirst = at === 0;
    const last = at === pieces.length - 1 ? Flag.endHeaders : 0;
    if (!isFirst) return { type: FrameType.continuation, flags: last, payload: piece };
    const flags =
      last |
      (endsStream ? Flag.endStream : 0) |
      (padding > 0 ? Flag.padded : 0) |
      (priority ? Flag.priority : 0);
    const payload = Buffer.concat([
      Buffer.from(padding > 0 ? [padding] : []),
      // Depends on the whole connection, with the usual weight.
      Buffer.from(priority ? [0, 0, 0, 0, 15] : []),
      piece,
      Buffer.alloc(padding),
    ]);
    return { type: FrameType.headers, flags, payload };
  });
}
