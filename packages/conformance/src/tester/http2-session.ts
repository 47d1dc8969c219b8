import type { Http2Frame as FrameScript, Http2Request, Http2Script } from "../case/http2-script.js";
import { bytesOf } from "../case/payload.js";
import { Http2Connection, type Http2Problem } from "../http2/connection.js";
import type { Http2Stream } from "../http2/stream.js";
import type { SocketConnection } from "../net/dial.js";
import { http2Record, RECORDED_SETTINGS, type Http2Record } from "../record/http2-record.js";
import type { Recorder } from "../record/recorder.js";
import { errorName, Flag, FrameType, Setting, type Http2Frame } from "../wire/http2/frame.js";
import { frameView } from "./http2-view.js";

/** Octets that the peer may send on a stream before the tester makes room again. */
const STREAM_WINDOW = 1 << 20;

/** A number that no stream of a case reaches: the stream stays idle. */
const IDLE_STREAM = 0x3fff_ffff;

/** Sends the frames of HTTP/2 that a script has. */
export interface Http2Sender {
  send(frame: FrameScript): void;
}

/** A connection of HTTP/2 to a server, and the stream of the case on it. */
export class Http2Session implements Http2Sender {
  readonly stream: Http2Stream;
  readonly #connection: Http2Connection;
  readonly #script: Http2Script;
  readonly #settings: (readonly (readonly [id: number, value: number])[])[] = [];
  readonly #asked = { settings: 0, pings: 0 };
  readonly #acknowledged = { settings: 0, pings: 0 };
  #waiting: (() => void)[] = [];
  /** The server has acknowledged the tester's first SETTINGS: what it says first has come. */
  #isKnown = false;
  #problem: Http2Problem | undefined;
  #goaway: string | undefined;

  constructor(dialled: SocketConnection, recorder: Recorder, script: Http2Script = {}) {
    this.#script = script;
    const { room, settings = [], data } = script;
    this.#connection = new Http2Connection(
      dialled.transport,
      {
        role: "client",
        settings: [
          [Setting.enablePush, 0],
          [Setting.initialWindowSize, room === undefined ? STREAM_WINDOW : 0],
          ...settings,
        ],
        updatesWindows: true,
        ...(room === undefined ? {} : { streamRoom: room }),
      },
      {
        frame: (dir, frame, head) => {
          recorder.http2(dir, () => frameView(frame, head));
          this.#count(dir, frame);
        },
        settings: (announced) => this.#take(announced),
        // It has answered the tester's first octets, and may say more than once what it takes until then.
        acknowledged: () => this.#known(),
        ended: (_, problem) => {
          this.#problem = problem;
          if (problem !== undefined) recorder.note(problemSentence(problem));
        },
      },
    );
    this.stream = this.#connection.stream();
    if (data !== undefined) this.stream.cut = data;
    dialled.attach(this.#connection);
    this.#connection.start();
    for (const frame of script.before ?? []) this.send(frame);
  }

  /** What the case asks for, instead of the usual request. */
  get request(): Http2Request {
    return this.#script.request ?? {};
  }

  /** What is wrong with the server's HTTP/2; undefined if nothing was found. */
  get problem(): Http2Problem | undefined {
    return this.#problem;
  }

  /** How many streams the server lets the tester have open at a time (RFC 9113 §5.1.2). */
  get mostStreams(): number {
    const announced = this.#settings.flat().findLast(([id]) => id === Setting.maxConcurrentStreams);
    return announced?.[1] ?? Infinity;
  }

  /** Whether the server has said that it takes extended CONNECT (RFC 8441 §3); any value but 0 is read so. */
  get takesConnect(): boolean {
    return this.#settings.flat().some(([id, value]) => id === Setting.enableConnectProtocol && value !== 0);
  }

  /** Whether the server's first SETTINGS have come. */
  get hasSettings(): boolean {
    return this.#settings.length > 0;
  }

  /**
   * Calls back once it is known whether the server takes extended CONNECT: when its SETTINGS say so, or when it has
   * acknowledged those of the tester and has not said so until then.
   */
  whenKnown(callback: () => void): void {
    if (this.#isKnown) callback();
    else this.#waiting.push(callback);
  }

  /** Another stream on the same connection, which has no number until it sends its head. */
  another(): Http2Stream {
    return this.#connection.stream();
  }

  /** Sends a frame of a script. */
  send({ type, flags = 0, on, payload }: FrameScript): void {
    const stream = on === "stream" ? this.stream.id : on === "idle" ? IDLE_STREAM : 0;
    const octets = bytesOf(payload);
    // The tester's own view of the windows follows what it says.
    if (type === FrameType.windowUpdate && on !== "idle") {
      const room = Buffer.from(octets).readUInt32BE();
      return this.#connection.makeRoom(on === "stream" ? this.stream : null, room);
    }
    if (type === FrameType.rstStream && on === "stream") {
      return this.stream.sendReset(errorName(Buffer.from(octets).readUInt32BE()));
    }
    if (type === FrameType.settings && (flags & Flag.ack) === 0) this.#connection.announce(octets);
    this.#connection.write({ type, flags, stream, payload: octets });
  }

  /** From now on the end of a stream does not end the connection. */
  keep(): void {
    this.#connection.isKept = true;
  }

  /** Ends a connection that was kept. */
  letGo(): void {
    this.#connection.isKept = false;
    this.#connection.end();
  }

  /** Drops the connection, kept or not. */
  drop(): void {
    this.#connection.isKept = false;
    this.#connection.carrier.destroy();
  }

  /** What was seen of HTTP/2 so far. */
  get record(): Http2Record {
    return http2Record({
      settings: this.#settings,
      asked: this.#asked,
      acknowledged: this.#acknowledged,
      ending: this.stream.ending,
      goaway: this.#goaway,
      problem: this.#problem === undefined ? undefined : recordedProblem(this.#problem),
    });
  }

  #take(announced: readonly (readonly [id: number, value: number])[]): void {
    if (this.#settings.length < RECORDED_SETTINGS) this.#settings.push(announced.slice(0, RECORDED_SETTINGS));
    if (this.takesConnect) this.#known();
  }

  #known(): void {
    if (this.#isKnown) return;
    this.#isKnown = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
  }

  #count(dir: ">" | "<", { type, flags, payload }: Http2Frame): void {
    const isAck = (flags & Flag.ack) !== 0;
    if (type === FrameType.goaway && dir === "<" && payload.length >= 8)
      this.#goaway = errorName(Buffer.from(payload).readUInt32BE(4));
    const what = type === FrameType.settings ? "settings" : type === FrameType.ping ? "pings" : null;
    if (what === null) return;
    if (dir === ">" && !isAck) this.#asked[what]++;
    if (dir === "<" && isAck) this.#acknowledged[what]++;
  }
}

/** A problem as a record has it, with its code by name. */
export function recordedProblem({
  because,
  code,
  requirement,
}: Http2Problem): NonNullable<Http2Record["problem"]> {
  return { because, code: errorName(code), ...(requirement === undefined ? {} : { requirement }) };
}

/** What is wrong with the server's HTTP/2, in a sentence. */
export function problemSentence({ because, said }: Http2Problem): string {
  return `the peer ${said === undefined ? "broke" : "does not speak"} HTTP/2: ${because}`;
}
