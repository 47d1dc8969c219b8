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
  /** END_STREAM has come, RST_STREAM (`reset`), or the connection has ended; nothing more comes. */
  ended(reset: boolean): void;
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

/** How long the connection stays open after the tester has closed its direction. */
const LINGER_MS = 1000;

/** What a stream needs of its connection. */
export interface StreamCarrier {
  readonly carrier: Transport;
  /** Nothing can be sent any more. */
  readonly isOver: boolean;
  /** Octets that the peer lets the tester send on the whole connection, and in one frame. */
  readonly sendWindow: number;
  readonly frameSize: number;
  /** Octets that the peer may send on a stream before the tester makes room. */
  readonly announcedWindow: number;
  /** Gives a stream its number, and hands it what comes for it. */
  register(stream: Http2Stream): number;
  /** Other streams may be on the connection, which goes on without this one. */
  readonly isShared: boolean;
  /** The stream is over for both sides. */
  release(id: number): void;
  /** The tester is done with a stream: unless others share the connection, it ends as well, and TCP behind what was sent. */
  leave(id: number): void;
  /** So many octets have gone out. */
  spend(octets: number): void;
  /** Lets the peer send so many octets more. */
  makeRoom(stream: Http2Stream, octets: number): void;
  write(frame: Http2Frame, done?: () => void): void;
}

interface Waiting {
  octets: Uint8Array;
  readonly done: (() => void) | undefined;
  /** Behind it nothing comes from the tester. */
  readonly endsStream: boolean;
}

/** A stream of HTTP/2 as a transport: DATA is its octets, END_STREAM its end, RST_STREAM its reset (RFC 8441 §5). */
export class Http2Stream implements Transport {
  readonly isStream = true;
  readonly connection: StreamCarrier;
  /** How octets become DATA frames. */
  cut: DataCut = {};
  /** The tester makes room for so many octets whenever the window is used up, with 0 never; undefined for the usual way. */
  room: number | undefined = undefined;
  /** Octets that the peer lets the tester send on this stream. */
  sendWindow = 0;
  /** How the peer ended the stream; null if it has not. */
  ending: StreamEnd | null = null;
  #id: number;
  #events: StreamEvents | null = null;
  #early: ((events: StreamEvents) => void)[] = [];
  #waiting: Waiting[] = [];
  #hasEnded = false;
  #hasReset = false;
  /** What comes is kept, and no room is made for more. */
  #isHeld = false;
  #goaway: string | undefined;
  /** Octets that the peer may still send, and those that were read and for which no room was made yet. */
  receiveWindow = 0;
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
    return this.#hasReset;
  }

  /** From now on `events` gets what happens, and first what came before. */
  attach(events: StreamEvents): void {
    this.#events = events;
    this.#deliver();
  }

  /** Sends a head: of a request, which gives the stream its number, or of an answer. */
  sendHead(fields: readonly Field[], endsStream = false, shape: HeadShape = {}): void {
    if (this.#id === 0) this.#id = this.connection.register(this);
    if (endsStream) this.#hasEnded = true;
    for (const frame of headFrames(encodeFields(fields), endsStream, shape))
      this.connection.write({ ...frame, stream: this.#id });
  }

  write(octets: Uint8Array, done?: () => void): void {
    if (this.#isClosed) return done?.();
    this.#waiting.push({ octets, done, endsStream: false });
    this.pump();
  }

  /** Holds TCP, or on a shared connection this stream alone: then the peer may send what its window has room for. */
  hold(isHeld: boolean): void {
    if (!this.connection.isShared) return this.connection.carrier.hold(isHeld);
    this.#isHeld = isHeld;
    if (isHeld) return;
    this.#deliver();
    const room = this.takeRoom(0);
    if (room > 0 && this.ending === null) this.connection.makeRoom(this, room);
  }

  finish(): void {
    if (this.#isClosed) return;
    this.#waiting.push({ octets: new Uint8Array(0), done: undefined, endsStream: true });
    this.pump();
  }

  end(): void {
    this.hold(false);
    this.finish();
    if (this.ending !== null) return this.#over();
    // This must not keep the process alive: what the peer does meanwhile does not matter.
    const timer = setTimeout(() => this.#over(), LINGER_MS).unref();
    this.attach({
      head: () => undefined,
      received: () => undefined,
      ended: () => {
        clearTimeout(timer);
        this.#over();
      },
    });
  }

  reset(): void {
    this.sendReset("CANCEL");
    this.#over();
  }

  destroy(): void {
    if (this.#id !== 0 && this.ending === null) this.sendReset("CANCEL");
    this.#over();
  }

  /** Gives up the stream; the connection goes on. */
  sendReset(code: string): void {
    if (this.#hasReset || this.#id === 0) return;
    this.#hasReset = true;
    this.#giveUp();
    const payload = numberPayload(errorCode(code));
    this.connection.write({ type: FrameType.rstStream, flags: 0, stream: this.#id, payload });
    this.connection.release(this.#id);
  }

  /** Sends what the windows of the peer have room for. */
  pump(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const room = Math.min(this.sendWindow, this.connection.sendWindow);
      const { size = Infinity, padding = 0, empty = false } = this.cut;
      const overhead = padding > 0 ? padding + 1 : 0;
      const most = Math.min(room, this.connection.frameSize) - overhead;
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

  #data(octets: Uint8Array, padding: number, endsStream: boolean, done?: () => void): void {
    if (endsStream) this.#hasEnded = true;
    const isPadded = padding > 0;
    const payload = isPadded
      ? Buffer.concat([Buffer.from([padding]), octets, Buffer.alloc(padding)])
      : octets;
    this.sendWindow -= payload.length;
    this.connection.spend(payload.length);
    const flags = (endsStream ? Flag.endStream : 0) | (isPadded ? Flag.padded : 0);
    this.connection.write({ type: FrameType.data, flags, stream: this.#id, payload }, done);
  }

  get #isClosed(): boolean {
    return this.#hasEnded || this.#hasReset || this.connection.isOver;
  }

  // What the connection reports.

  gotHead(head: ReadHead): void {
    this.#report((events) => events.head(head));
    if (head.endsStream) this.#ended({ by: "end-stream" });
  }

  gotData(octets: Uint8Array, endsStream: boolean): void {
    if (octets.length > 0) {
      if (this.#events === null || this.#isHeld) {
        const kept = Uint8Array.from(octets);
        this.#early.push((events) => events.received(kept));
      } else this.#events.received(octets);
    }
    if (endsStream) this.#ended({ by: "end-stream" });
  }

  wasReset(code: number): void {
    this.#giveUp();
    this.connection.release(this.#id);
    this.#ended({ by: "rst-stream", code: errorName(code) });
  }

  noteGoaway(code: string): void {
    this.#goaway = code;
  }

  lost(reset: boolean): void {
    this.#giveUp();
    const goaway = this.#goaway === undefined ? {} : { goaway: this.#goaway };
    this.#ended({ by: "connection", reset, ...goaway });
  }

  /** So many octets have been read: how many the peer may send again, once that is worth a frame. */
  takeRoom(octets: number): number {
    this.#unannounced += octets;
    if (this.#isHeld || this.#unannounced < this.connection.announcedWindow / 2) return 0;
    const room = this.#unannounced;
    this.#unannounced = 0;
    return room;
  }

  #ended(end: StreamEnd): void {
    if (this.ending !== null) return;
    this.ending = end;
    const isReset = end.by === "rst-stream" || (end.by === "connection" && end.reset);
    this.#report((events) => events.ended(isReset));
  }

  #report(report: (events: StreamEvents) => void): void {
    this.#early.push(report);
    this.#deliver();
  }

  /** Each report goes to whoever takes them then: one can bring about another taker. */
  #deliver(): void {
    while (this.#events !== null && !this.#isHeld) {
      const report = this.#early.shift();
      if (report === undefined) return;
      report(this.#events);
    }
  }

  /** Nothing more goes out, and nobody waits for it. */
  #giveUp(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { done } of waiting) done?.();
  }

  #over(): void {
    const isOpen = this.ending === null || (this.ending.by === "end-stream" && !this.#hasEnded);
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
