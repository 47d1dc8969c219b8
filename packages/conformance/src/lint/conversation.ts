import { VIOLATIONS, type ViolationName } from "../record/violation.js";
import { checkRequest } from "../wire/check-request.js";
import { checkResponse, isProblem, type Agreement } from "../wire/check-response.js";
import { EXTENSION_NAME } from "../wire/deflate-parameters.js";
import { parseExtensions } from "../wire/extension-header.js";
import {
  headerValues,
  HeadReader,
  parseRequest,
  parseResponse,
  type RequestHead,
  type ResponseHead,
} from "../wire/http1.js";
import { Direction, type DirectionWatcher, type Side } from "./direction.js";
import type { Place } from "./tcp-stream.js";

/** What a connection turned out to be. */
export type ConversationKind =
  /** The opening handshake was answered with 101. */
  | "open"
  /** It was answered with another status. */
  | "refused"
  /** It was never answered, as far as the capture goes. */
  | "unanswered"
  | "tls"
  /** HTTP/2, whose streams are not read. */
  | "http2"
  /** No opening handshake was seen. */
  | "other";

/** Something that one side did wrong: a requirement, and what it did in a clause. */
export interface Offence {
  readonly side: Side;
  readonly requirement: string;
  readonly because: string;
}

/** Wants to know what was said on the connection, and not only what is wrong with it. */
export interface ConversationWatcher {
  /** A request that asks for WebSocket; `text`: its head as it was sent. */
  request(head: RequestHead, text: string): void;
  /** The answer to it. */
  answer(head: ResponseHead, text: string): void;
  /** For the frames of one side. */
  direction(side: Side): DirectionWatcher;
}

/** Octets of each side that may wait until the other side has said what they mean. */
const HELD_OCTETS = 1024 * 1024;
/** Requests without an answer, as pipelining may leave them. */
const PENDING_REQUESTS = 100;

/** The longest method, and a blank. */
const METHOD = /^[A-Z]{3,16} /;

interface Pending {
  readonly head: RequestHead;
  readonly isOpening: boolean;
  /** The key of an opening handshake, if it has one of the right form. */
  readonly key: string | undefined;
}

/**
 * One TCP connection: finds the opening handshake in its HTTP, checks request and answer, and lints the frames of both
 * directions behind it. HTTP before it is passed over as far as its lengths are given.
 */
export class Conversation {
  readonly #offend: (offence: Offence, place: Place) => void;
  readonly #watcher: ConversationWatcher | undefined;
  #kind: ConversationKind = "other";
  /** Nothing more is read. */
  #isOver = false;
  readonly #heads: Readonly<Record<Side, HttpHeads>>;
  readonly #pending: Pending[] = [];
  /** Octets behind a request that asks for WebSocket, until it is answered; and an answer that was captured first. */
  readonly #held: Readonly<Record<Side, Held>> = { client: new Held(), server: new Held() };
  #isHolding = false;
  #directions: Readonly<Record<Side, Direction>> | null = null;
  #place: Place = { packet: 0, atNanos: null };
  readonly notes: string[] = [];
  /** The target of the opening handshake. */
  target: string | null = null;
  /** The status of its answer. */
  status: number | null = null;
  /** The extension that was agreed on, as the answer writes it. */
  extension: string | null = null;
  /** The key of the opening handshake, if it has one of the right form. */
  key: string | undefined;

  constructor(offend: (offence: Offence, place: Place) => void, watcher?: ConversationWatcher) {
    this.#offend = offend;
    this.#watcher = watcher;
    this.#heads = {
      client: new HttpHeads((text, rest) => this.#request(text, rest)),
      server: new HttpHeads((text, rest) => this.#answer(text, rest)),
    };
  }

  get kind(): ConversationKind {
    return this.#kind;
  }

  /** Complete frames of one side, the masking keys of its frames, and why it was not read to its end. */
  direction(side: Side): Pick<Direction, "frames" | "maskingKeys" | "stopped"> | null {
    return this.#directions?.[side] ?? null;
  }

  octets(side: Side, octets: Buffer, place: Place): void {
    if (this.#isOver) return;
    this.#place = place;
    if (this.#directions !== null) return this.#directions[side].push(octets);
    if (side === "client" ? this.#isHolding : this.#isTooEarly) return this.#hold(side, octets);
    this.#http(side, octets);
    if (side === "client") this.#release("server");
  }

  /** Octets of one side were not captured. */
  gap(side: Side, missing: number, { packet }: Place): void {
    if (this.#isOver) return;
    const what = `${missing} octets of the ${side} are missing before packet ${packet}`;
    if (this.#directions !== null) this.#stop(side, what);
    else if (this.#kind === "other") this.#giveUp(null);
    else this.#giveUp(what);
  }

  /** The connection is over, or the capture is. */
  end(): void {
    this.#isOver = true;
    for (const held of Object.values(this.#held)) held.take();
    for (const direction of Object.values(this.#directions ?? {})) direction.close();
  }

  /** There is no request yet to which an answer could belong. */
  get #isTooEarly(): boolean {
    return this.#pending.length === 0 && this.#heads.server.isBetween;
  }

  #http(side: Side, octets: Buffer): void {
    const heads = this.#heads[side];
    if (side === "client" && heads.isFresh && !this.#isHttp(octets)) return;
    const problem = heads.push(octets);
    if (problem !== null) this.#giveUp(this.#kind === "other" ? null : `the ${side} ${problem}`);
  }

  /** The first octets of a client say what it speaks. */
  #isHttp(octets: Buffer): boolean {
    // A handshake record of TLS (RFC 8446 §5.1).
    if (octets.readUInt8(0) === 0x16 && (octets.length < 2 || octets.readUInt8(1) === 0x03)) {
      this.#kind = "tls";
      this.#giveUp(null);
      return false;
    }
    const begin = octets.toString("latin1", 0, 17);
    // The preface of a client that begins with HTTP/2 (RFC 9113 §3.4).
    if (begin.startsWith("PRI * HTTP/2.0")) {
      this.#kind = "http2";
      this.#giveUp(null);
      return false;
    }
    if (METHOD.test(begin) || (octets.length < 17 && /^[A-Z]+$/.test(begin))) return true;
    this.#giveUp(null);
    return false;
  }

  /** A whole request head. Returns how many octets of a body follow; null if nobody knows. */
  #request(text: string, rest: Buffer): number | null {
    const head = parseRequest(text);
    const checked = checkRequest(head, { lenient: false });
    const isOpening = checked.kind !== "plain" && asksForWebSocket(head);
    if (this.#pending.length >= PENDING_REQUESTS) return null;
    if (isOpening) {
      this.#kind = "unanswered";
      this.target = head.target;
      this.#watcher?.request(head, text);
      if (checked.kind === "refused") this.#offence("client", checked.requirement, checked.sentence);
    }
    const key = checked.kind === "opening" ? checked.key : undefined;
    this.#pending.push({ head, isOpening, key });
    if (!isOpening) return bodyOctets(head);
    this.key = key;
    this.#isHolding = true;
    if (rest.length > 0) this.#hold("client", rest);
    return STOP;
  }

  /** A whole head of an answer. */
  #answer(text: string, rest: Buffer): number | null {
    const head = parseResponse(text);
    if (head.status >= 100 && head.status < 200 && head.status !== 101) return 0;
    const request = this.#pending.shift();
    if (request === undefined) return null;
    if (!request.isOpening) return hasNoBody(head, request.head) ? 0 : bodyOctets(head);
    this.status = head.status;
    this.#watcher?.answer(head, text);
    if (head.status === 101) {
      this.#open(head, request, rest);
      return STOP;
    }
    // Another request may follow, such as one with a password.
    this.#kind = "refused";
    this.#isHolding = false;
    this.#heads.client.resume();
    this.#release("client");
    return hasNoBody(head, request.head) ? 0 : bodyOctets(head);
  }

  #open(head: ResponseHead, request: Pending, rest: Buffer): void {
    this.#kind = "open";
    const agreed = this.#agree(head, request);
    if (agreed === null) return this.#giveUp(null);
    this.extension = agreed.extension;
    const direction = (side: Side): Direction => {
      const watcher = this.#watcher?.direction(side);
      return new Direction({
        side,
        agreed: agreed.deflate,
        violation: (name) => this.#violation(side, name),
        ...(watcher === undefined ? {} : { watcher }),
      });
    };
    this.#directions = { client: direction("client"), server: direction("server") };
    if (rest.length > 0) this.octets("server", rest, this.#place);
    this.#release("client");
  }

  /** What was agreed on; null if frames cannot be understood. */
  #agree(head: ResponseHead, { head: asked, key }: Pending): Agreement | null {
    const offers = headerValues(asked, "sec-websocket-extensions");
    const answers = headerValues(head, "sec-websocket-extensions");
    const foreign = foreignExtension(offers, answers);
    if (foreign !== null) {
      this.notes.push(
        `the extension ${foreign} was agreed on, which is not known here: no frame was checked`,
      );
      return null;
    }
    // Without a usable key nobody can say which answer belongs to it.
    if (key === undefined && answers.length === 0) return PLAIN;
    const subprotocols = headerValues(asked, "sec-websocket-protocol").flatMap((value) =>
      value.split(",").map((name) => name.trim()),
    );
    const checked = checkResponse(head, { key: key ?? "", subprotocols, extensions: offers, lenient: false });
    if (!isProblem(checked)) return checked;
    if (checked.requirement !== undefined && key !== undefined)
      this.#offence("server", checked.requirement, checked.sentence);
    if (answers.length === 0) return PLAIN;
    this.notes.push("nobody knows which extension was agreed on: no frame was checked");
    return null;
  }

  #violation(side: Side, name: ViolationName): void {
    const { requirement, sentence } = VIOLATIONS[name];
    this.#offence(side, requirement, `the ${side} ${sentence}`);
  }

  #offence(side: Side, requirement: string, because: string): void {
    this.#offend({ side, requirement, because }, this.#place);
  }

  #hold(side: Side, octets: Buffer): void {
    const held = this.#held[side];
    if (held.add(octets, this.#place)) return;
    this.#giveUp(side === "client" ? "the answer to the opening handshake was not captured" : null);
  }

  #release(side: Side): void {
    for (const { octets, place } of this.#held[side].take()) this.octets(side, octets, place);
  }

  #stop(side: Side, because: string): void {
    this.#directions?.[side].stop(because);
    this.notes.push(`${because}: what it sent after that was not checked`);
  }

  #giveUp(because: string | null): void {
    if (because !== null) this.notes.push(`${because}: the connection was not checked any further`);
    this.end();
  }
}

/** Octets that wait, and where they were. */
class Held {
  #pieces: { readonly octets: Buffer; readonly place: Place }[] = [];
  #octets = 0;

  /** False if there are too many. */
  add(octets: Buffer, place: Place): boolean {
    this.#pieces.push({ octets: Buffer.from(octets), place });
    this.#octets += octets.length;
    return this.#octets <= HELD_OCTETS;
  }

  take(): readonly { readonly octets: Buffer; readonly place: Place }[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#octets = 0;
    return pieces;
  }
}

const PLAIN: Agreement = { deflate: null, extension: null };

/** No further head is wanted. */
const STOP = -1;

/** The heads of one side's HTTP messages, and how far it is to the next one. */
class HttpHeads {
  readonly #onHead: (text: string, rest: Buffer) => number | null;
  #reader: HeadReader | null = null;
  #bodyLeft = 0;
  #isStopped = false;
  isFresh = true;

  /** Neither inside a head nor inside a body. */
  get isBetween(): boolean {
    return this.#reader === null && this.#bodyLeft === 0;
  }

  /** Looks for heads again. */
  resume(): void {
    this.#isStopped = false;
  }

  /** `onHead` returns the octets of the body, null if they are not known, or `STOP`. */
  constructor(onHead: (text: string, rest: Buffer) => number | null) {
    this.#onHead = onHead;
  }

  /** Returns why it cannot go on, in words that follow the name of the side; null if it can. */
  push(octets: Buffer): string | null {
    this.isFresh = false;
    let left: Uint8Array = octets;
    while (left.length > 0 && !this.#isStopped) {
      if (this.#bodyLeft > 0) {
        const passed = Math.min(this.#bodyLeft, left.length);
        this.#bodyLeft -= passed;
        left = left.subarray(passed);
        continue;
      }
      this.#reader ??= new HeadReader();
      const read = this.#reader.push(left);
      if (read === "more") return null;
      if (read === "too-long") return "sent a head that is too long";
      this.#reader = null;
      const body = this.#onHead(read.head, Buffer.from(read.rest));
      if (body === null) return "sent HTTP whose end is not given";
      if (body === STOP) {
        this.#isStopped = true;
        return null;
      }
      this.#bodyLeft = body;
      left = read.rest;
    }
    return null;
  }
}

function asksForWebSocket(head: RequestHead): boolean {
  const names = headerValues(head, "upgrade").flatMap((value) => value.toLowerCase().split(","));
  return (
    names.some((name) => name.trim() === "websocket") || headerValues(head, "sec-websocket-key").length > 0
  );
}

/** An extension that both sides agreed on, but that is not permessage-deflate; null if there is none. */
function foreignExtension(offers: readonly string[], answers: readonly string[]): string | null {
  const offered = new Set((parseExtensions(offers) ?? []).map(({ name }) => name));
  const accepted = parseExtensions(answers) ?? [];
  return accepted.find(({ name }) => name !== EXTENSION_NAME && offered.has(name))?.name ?? null;
}

/** Octets of a body; null if no length says it (RFC 9112 §6.3). */
function bodyOctets(head: RequestHead | ResponseHead): number | null {
  if (headerValues(head, "transfer-encoding").length > 0) return null;
  const [length] = headerValues(head, "content-length");
  if (length === undefined) return "method" in head ? 0 : null;
  return /^\d{1,15}$/.test(length) ? Number(length) : null;
}

function hasNoBody({ status }: ResponseHead, { method }: RequestHead): boolean {
  return method === "HEAD" || status === 204 || status === 304;
}
