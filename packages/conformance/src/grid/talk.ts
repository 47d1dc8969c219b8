import { isControl, Opcode } from "../case/opcode.js";
import { Conversation, type ConversationKind, type Offence } from "../lint/conversation.js";
import type { Side } from "../lint/direction.js";
import type { EventView } from "../record/record.js";
import type { FrameView } from "../record/wire-log.js";
import { cut, escapeText } from "../report/escape.js";
import { hexBytes } from "../report/payload-text.js";
import { wireLine } from "../report/text.js";
import type { Clock } from "../time/clock.js";
import { splitClose } from "../wire/close-payload.js";
import type { RequestHead, ResponseHead } from "../wire/http1.js";
import { otherSide, type Witness } from "./proxy.js";

/** What one side did on an open connection, or how it ended TCP. */
export type Seen = {
  readonly side: Side;
  /** Since the client was started, in milliseconds that the two programs could use (see time/peer-time). */
  readonly atMs: number;
} & (
  | {
      readonly type: "message";
      readonly event: Extract<EventView, { type: "message" }>;
      readonly frames: number;
      readonly isCompressed: boolean;
      /** The other side was in the middle of a fragmented message. */
      readonly isAhead: boolean;
    }
  /** The payload in hexadecimal. */
  | { readonly type: "ping" | "pong"; readonly payload: string }
  | { readonly type: "close"; readonly code: number | null; readonly reason: string }
  | { readonly type: "end"; readonly isReset: boolean }
);

export type SeenEnd = Extract<Seen, { type: "close" | "end" }>;

/** One connection between a client and a server, as a passive proxy saw it. */
export interface Talk {
  readonly kind: ConversationKind;
  /** The request that asks for WebSocket, and its answer; the last ones if there were several. */
  readonly request: RequestHead | null;
  readonly answer: ResponseHead | null;
  /** When they were seen, as `atMs`. */
  readonly requestAtMs: number;
  readonly answerAtMs: number;
  /** How many octets and frames each side sent. */
  readonly octets: Readonly<Record<Side, number>>;
  readonly frames: Readonly<Record<Side, number>>;
  /** The extension that was agreed on. */
  readonly extension: string | null;
  /** In the order in which the proxy saw it. */
  readonly seen: readonly Seen[];
  /** What the linter found, each requirement once for each side. */
  readonly offences: readonly Offence[];
  /** Why something was not read, in a clause; null if everything was. */
  readonly unread: string | null;
  /** The log: heads line by line, frames, ends. Safe to show. */
  readonly lines: readonly string[];
}

/** No scenario has more events than a hundred; a peer that floods the other one is not read to its end. */
const MOST_SEEN = 1000;
/** Lines of the log that are kept, from its beginning and from its end. */
const FIRST_LINES = 12;
const LAST_LINES = 12;
const LINE_CHARACTERS = 160;
/** Lines of heads in the log. */
const HEAD_LINES = 48;
/** The first line of a head, and what is about WebSocket. */
const OPENING_LINE = /^[<>] (GET |HTTP\/|sec-websocket-(?!key|accept|version))/i;

/** Reads along on one connection. Keeps no payload beyond its first octets. */
export class TalkLog implements Witness {
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  readonly #conversation: Conversation;
  #request: RequestHead | null = null;
  #answer: ResponseHead | null = null;
  #requestAtMs = 0;
  #answerAtMs = 0;
  readonly #seen: Seen[] = [];
  readonly #offences = new Map<string, Offence>();
  readonly #heads: string[] = [];
  readonly #lines = new LogLines();
  readonly #ended = new Set<Side>();
  readonly #octets: Record<Side, number> = { client: 0, server: 0 };
  readonly #frames: Record<Side, number> = { client: 0, server: 0 };
  /** It has begun a fragmented message, whose last frame is still to come. */
  readonly #isAmid: Record<Side, boolean> = { client: false, server: false };
  #unread: string | null = null;
  #talk: Talk | null = null;
  readonly #beganAt: number;
  #latestMs = 0;

  /** `startedAtMs`: `usableMs` of the moment from which times are counted. */
  constructor(clock: Clock, startedAtMs: number) {
    this.#clock = clock;
    this.#startedAtMs = startedAtMs;
    this.#beganAt = clock.now();
    this.#conversation = new Conversation((offence) => this.#offend(offence), {
      request: (head, text) => {
        this.#request = head;
        this.#requestAtMs = this.#now();
        this.#head("client", text);
      },
      answer: (head, text) => {
        this.#answer = head;
        this.#answerAtMs = this.#now();
        this.#head("server", text);
      },
      direction: (side) => {
        const messages = new Messages();
        return {
          frame: (frame) => {
            messages.frame(frame);
            this.#frame(side, frame);
          },
          message: (event) => {
            if (event.type !== "message") return;
            const isAhead = this.#isAmid[otherSide(side)];
            this.#add({ side, atMs: this.#now(), type: "message", event, isAhead, ...messages.take() });
          },
        };
      },
    });
  }

  octets(side: Side, octets: Buffer): void {
    if (this.#talk !== null) return;
    this.#octets[side] += octets.length;
    this.#conversation.octets(side, octets, { packet: 0, atNanos: null });
  }

  ended(side: Side, isReset: boolean): void {
    if (this.#ended.has(side) || this.#talk !== null) return;
    this.#ended.add(side);
    this.#line(side, isReset ? "resets TCP" : "closes TCP");
    this.#add({ side, atMs: this.#now(), type: "end", isReset });
  }

  /** What was seen until now. What comes later is not of interest. Gives zlib's memory back. */
  finish(): Talk {
    this.#talk ??= this.#finished();
    return this.#talk;
  }

  #finished(): Talk {
    const conversation = this.#conversation;
    const stopped = (["client", "server"] as const)
      .map((side) => conversation.direction(side)?.stopped ?? null)
      .find((why) => why !== null);
    const [note = stopped ?? null] = conversation.notes;
    conversation.end();
    return {
      kind: conversation.kind,
      request: this.#request,
      answer: this.#answer,
      requestAtMs: this.#requestAtMs,
      answerAtMs: this.#answerAtMs,
      extension: conversation.extension,
      octets: this.#octets,
      frames: this.#frames,
      seen: this.#seen,
      offences: [...this.#offences.values()],
      unread: this.#unread ?? note,
      lines: [...this.#headLines(), ...this.#lines.all()],
    };
  }

  /** What a busy machine took is known a moment later only, so this time could go back. */
  #now(): number {
    this.#latestMs = Math.max(this.#latestMs, usableMs(this.#clock) - this.#startedAtMs);
    return this.#latestMs;
  }

  #offend(offence: Offence): void {
    const key = `${offence.side} ${offence.requirement}`;
    if (this.#offences.has(key)) return;
    this.#offences.set(key, offence);
    this.#lines.add(`! ${escapeText(offence.because)} (${offence.requirement})`);
  }

  #head(side: Side, text: string): void {
    for (const line of text.trimEnd().split(/\r?\n/)) {
      if (this.#heads.length < HEAD_LINES) this.#heads.push(shortLine(`${sign(side)} ${escapeText(line)}`));
    }
  }

  /** Of an opening handshake with which nothing is wrong, only what it agreed on is worth a line. */
  #headLines(): readonly string[] {
    if (this.#conversation.kind !== "open" || this.#offences.size > 0) return this.#heads;
    return this.#heads.filter((line) => OPENING_LINE.test(line));
  }

  #frame(side: Side, frame: FrameView): void {
    this.#lines.add(`${wireLine({ dir: sign(side), frame })}${this.#at()}`);
    const { opcode, payload, fin } = frame;
    this.#frames[side]++;
    if (!isControl(opcode)) this.#isAmid[side] = !fin;
    const [atMs, octets] = [this.#now(), hexBytes(payload)];
    if (opcode === Opcode.close) {
      const { code, reason } = splitClose(octets);
      this.#add({ side, atMs, type: "close", code, reason: reason ?? "" });
    } else if (opcode === Opcode.ping || opcode === Opcode.pong) {
      this.#add({ side, atMs, type: opcode === Opcode.ping ? "ping" : "pong", payload });
    }
  }

  #add(seen: Seen): void {
    if (this.#seen.length < MOST_SEEN) this.#seen.push(seen);
    else this.#unread ??= `there were more than ${MOST_SEEN} messages and control frames`;
  }

  #line(side: Side, what: string): void {
    this.#lines.add(`${sign(side)} ${what}${this.#at()}`);
  }

  /** By the clock, since the client has connected. */
  #at(): string {
    return ` at ${Math.round((this.#clock.now() - this.#beganAt) / 1000)} ms`;
  }
}

/** Milliseconds as the programs could use them: what a busy machine took from them is left out. */
export function usableMs(clock: Clock): number {
  return clock.now() / 1000 - clock.lostMs();
}

/** The message that a side sends now: of how many frames it is made, and whether it is compressed (RFC 7692 §6). */
class Messages {
  #frames = 0;
  #isCompressed = false;

  frame({ opcode, rsv }: FrameView): void {
    if (isControl(opcode)) return;
    if (opcode !== Opcode.continuation) {
      this.#frames = 0;
      this.#isCompressed = (rsv & 4) !== 0;
    }
    this.#frames++;
  }

  take(): { readonly frames: number; readonly isCompressed: boolean } {
    return { frames: this.#frames, isCompressed: this.#isCompressed };
  }
}

/** The first lines and the last ones. */
class LogLines {
  readonly #first: string[] = [];
  #last: string[] = [];
  #left = 0;

  add(line: string): void {
    const short = shortLine(line);
    if (this.#first.length < FIRST_LINES) this.#first.push(short);
    else this.#last.push(short);
    if (this.#last.length <= LAST_LINES) return;
    this.#last.shift();
    this.#left++;
  }

  all(): readonly string[] {
    const gap = this.#left === 0 ? [] : [`= ${this.#left} lines are left out`];
    return [...this.#first, ...gap, ...this.#last];
  }
}

function shortLine(line: string): string {
  return cut(line, LINE_CHARACTERS);
}

function sign(side: Side): ">" | "<" {
  return side === "client" ? ">" : "<";
}

/** How a side ended the connection, in words that follow its name. */
export function endText(seen: SeenEnd): string {
  if (seen.type === "close") return `closed ${closeText(seen)}`;
  return seen.isReset ? "reset TCP" : "closed TCP without a Close frame";
}

/** `with 1000`, `with 3001 and the reason "done"`, `without a code`. */
export function closeText({
  code,
  reason,
}: {
  readonly code: number | null;
  readonly reason: string;
}): string {
  if (code === null) return "without a code";
  return `with ${code}${reason === "" ? "" : ` and the reason "${escapeText(reason)}"`}`;
}
