import type { Http2Frame as FrameScript } from "../case/http2-script.js";
import { bytesOf } from "../case/payload.js";
import type { Http2Connection, Http2Problem } from "../http2/connection.js";
import type { ReadHead } from "../http2/head-reader.js";
import type { Http2Stream } from "../http2/stream.js";
import { http2Record, type Http2Record } from "../record/http2-record.js";
import type { Http2FrameView } from "../record/wire-log.js";
import { errorName, Flag, FrameType, type Http2Frame } from "../wire/http2/frame.js";
import { recordedProblem, type Http2Sender } from "./http2-session.js";
import { frameView } from "./http2-view.js";

/** Takes the frames of a stream, in order. `view` is the frame as the wire log shows it. */
export type FrameLog = (dir: ">" | "<", view: () => Http2FrameView) => void;

/** A number that no stream of a client reaches: the stream stays idle. */
const IDLE_STREAM = 0x3fff_ffff;

/** GOAWAY of a server that goes on with what comes meanwhile names the highest stream that there can be (RFC 9113 §6.8). */
const LAST_STREAM = Buffer.from([0x7f, 0xff, 0xff, 0xff]);

/** The stream on which a request came, as a case needs it: it sends frames, and keeps what is seen. */
export class IncomingHttp2 implements Http2Sender {
  readonly stream: Http2Stream;
  readonly #connection: Http2Connection;
  readonly #settings: Http2Record["settings"];
  readonly #early: readonly Http2FrameView[];
  readonly #provokers: Set<IncomingHttp2>;
  #log: FrameLog | null = null;
  readonly #asked = { settings: 0, pings: 0 };
  readonly #acknowledged = { settings: 0, pings: 0 };
  /** What was asked and not yet acknowledged. */
  #waitingPings: string[] = [];
  #goaway: string | undefined;
  #problem: Http2Problem | undefined;
  #isKnownReset = false;
  #behindReset = 0;

  /**
   * `early`: the frames of the request. `settings`: what the client's SETTINGS said so far. `provokers`: the streams of the
   * connection whose case provokes an error.
   */
  constructor(
    stream: Http2Stream,
    connection: Http2Connection,
    early: readonly Http2FrameView[],
    settings: Http2Record["settings"],
    provokers: Set<IncomingHttp2>,
  ) {
    this.stream = stream;
    this.#provokers = provokers;
    this.#connection = connection;
    this.#early = early;
    this.#settings = settings;
  }

  /** From now on `log` gets the frames of the stream, and first those of the request. */
  follow(log: FrameLog): void {
    for (const view of this.#early) log("<", () => view);
    this.#log = log;
  }

  /** Sends a frame of a script. */
  send({ type, flags = 0, on, payload }: FrameScript): void {
    const stream = on === "stream" ? this.stream.id : on === "idle" ? IDLE_STREAM : 0;
    const octets = Buffer.from(bytesOf(payload));
    // The tester's own view of the window follows what it says.
    if (type === FrameType.windowUpdate && on === "stream")
      return this.#connection.makeRoom(this.stream, octets.readUInt32BE());
    if (type === FrameType.rstStream && on === "stream")
      return this.stream.sendReset(errorName(octets.readUInt32BE()));
    if (type === FrameType.goaway) octets.set(LAST_STREAM);
    if (type === FrameType.ping) {
      this.#asked.pings++;
      this.#waitingPings.push(octets.toString("latin1"));
    }
    if (type === FrameType.settings && (flags & Flag.ack) === 0) this.#asked.settings++;
    this.#connection.write({ type, flags, stream, payload: octets });
  }

  /** The case provokes an error, with which HTTP/2 lets the client end the whole connection (RFC 9113 §5.4.2). */
  provokes(): void {
    this.#provokers.add(this);
  }

  get #isBesideProvoker(): boolean {
    return this.#provokers.size > (this.#provokers.has(this) ? 1 : 0);
  }

  /** A frame of this stream, or of the whole connection. `isLogged`: it belongs in the log of this stream. */
  saw(dir: ">" | "<", frame: Http2Frame, head: ReadHead | undefined, isLogged: boolean): void {
    if (isLogged) this.#log?.(dir, () => frameView(frame, head));
    if (dir === ">") return;
    const { type, flags, stream, payload } = frame;
    const isAck = (flags & Flag.ack) !== 0;
    if (type === FrameType.goaway && payload.length >= 8)
      this.#goaway = errorName(Buffer.from(payload).readUInt32BE(4));
    if (type === FrameType.ping && isAck) this.#pingAcknowledged(Buffer.from(payload).toString("latin1"));
    if (type === FrameType.settings && isAck && this.#acknowledged.settings < this.#asked.settings)
      this.#acknowledged.settings++;
    const carries = type === FrameType.data || type === FrameType.headers;
    if (carries && stream !== 0 && this.#isKnownReset) this.#behindReset++;
  }

  /** The tester gave up the connection. `isAlone`: nothing else was on it that can have been the reason. */
  broke(problem: Http2Problem, isAlone: boolean): void {
    const { because, code } = problem;
    this.#problem = isAlone ? problem : { because, code };
  }

  /** A client that acknowledges a PING behind RST_STREAM has seen that as well. */
  #pingAcknowledged(octets: string): void {
    const at = this.#waitingPings.indexOf(octets);
    if (at < 0) return;
    this.#waitingPings.splice(at, 1);
    this.#acknowledged.pings++;
    this.#isKnownReset ||= this.stream.isReset;
  }

  /** What was seen of HTTP/2 so far. */
  get record(): Http2Record {
    const { ending, isReset } = this.stream;
    const seen = http2Record({
      settings: this.#settings,
      asked: this.#asked,
      acknowledged: this.#acknowledged,
      ending,
      goaway: this.#goaway,
      problem: this.#problem === undefined ? undefined : recordedProblem(this.#problem),
    });
    return {
      ...seen,
      ...(isReset && this.#asked.pings > 0 ? { behindReset: this.#behindReset } : {}),
      ...(ending?.by === "connection" && this.#isBesideProvoker ? { endedBeside: true } : {}),
    };
  }
}
