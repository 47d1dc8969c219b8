import { randomBytes } from "node:crypto";
import type { EarlierRequest } from "../case/handshake.js";
import { BODY_KEPT, type EarlierExchange, type HandshakeRecord } from "../record/record.js";
import { SUITE_VERSION } from "../version.js";
import type { Asked } from "../wire/check-response.js";
import { BodyReader } from "../wire/http-body.js";
import {
  encodeRequest,
  headerValues,
  HeadReader,
  parseRequest,
  parseResponse,
  type HandshakeRequest,
  type ResponseHead,
} from "../wire/http1.js";
import { encodeScript } from "../wire/request-script.js";
import type { Timer } from "../time/clock.js";
import type { Target } from "../net/target.js";
import type { TransportEvents } from "../net/transport.js";
import { openOverHttp2 } from "./open-http2.js";
import {
  BODY_MS,
  checked,
  elements,
  HEAD_KEPT,
  opened,
  type DialledContext,
  type Opened,
} from "./opening.js";
import { mayFollow, readEarlier, whyNotAnswered } from "./earlier-request.js";
import { SendQueue } from "./send-queue.js";

/**
 * The opening handshake of a client (RFC 6455 §4.1): sends the request, reads the answer and checks it. `onAnswer` is
 * called once, also if the handshake failed.
 */
export function openAsClient(context: DialledContext): void {
  if (context.dialled.http2 !== undefined) return openOverHttp2(context, context.dialled.http2);
  const { dialled, recorder, clock, script } = context;
  const own = requestOf(context);
  const { writes } = own;
  const queue = new SendQueue(dialled.transport, clock, (octets, queued) =>
    recorder.octets(">", octets, queued),
  );
  const send = (): void => {
    for (const octets of writes) queue.send(octets, writes.length === 1 ? {} : { sync: true });
  };
  if (script?.before !== undefined) return openBehind(context, own, script.before, queue, send);
  const opening = readAnswer(context, own);
  dialled.attach(opening);
  send();
  if (script?.endless !== undefined) pour(script.endless, { dialled, recorder, mayGoOn: opening.isWaiting });
}

/** Has a request answered that comes before, and then opens the connection if the server lets it. */
function openBehind(
  context: DialledContext,
  own: OwnRequest,
  before: EarlierRequest,
  queue: SendQueue,
  send: () => void,
): void {
  const { dialled, timeoutMs, onAnswer } = context;
  const first = encodeScript({ lines: before.lines }, usualOf(context, newKey()));
  const isAtOnce = before.next === "at-once";
  let events = readEarlier(context, first.head.slice(0, HEAD_KEPT), ({ exchange, rest }) => {
    if (mayFollow(exchange, before)) {
      const opening = readAnswer(context, own, exchange);
      events = opening;
      if (!isAtOnce) send();
      if (rest.length > 0) opening.take(rest);
      return;
    }
    const { end } = exchange;
    const noAnswer = end === "closed" || end === "reset" || end === "late" ? { noAnswer: end } : {};
    const request = isAtOnce ? own.request : null;
    const problem = whyNotAnswered(exchange, timeoutMs);
    const handshake = { opened: false, request, response: null, problem, ...noAnswer, before: exchange };
    events = onAnswer(opened(handshake, rest, end === "late"));
  });
  dialled.attach({
    received: (chunk) => events.received(chunk),
    ended: (reset) => events.ended(reset),
  });
  if (isAtOnce) queue.send(Buffer.concat([...first.writes, ...own.writes]));
  else for (const octets of first.writes) queue.send(octets);
}

interface Opening extends TransportEvents {
  /** Takes octets that were recorded before. */
  readonly take: (octets: Uint8Array) => void;
  /** Whether the answer is still to come. */
  readonly isWaiting: () => boolean;
}

/** Reads the answer to the request of the case; `earlier`: what came before it on this connection. */
function readAnswer(
  context: DialledContext,
  { request, asked }: OwnRequest,
  earlier?: EarlierExchange,
): Opening {
  const { recorder, clock } = context;
  const before = earlier === undefined ? {} : { before: earlier };
  const { end = "opened", script } = context;
  // Behind another request, and beside others, a 101 is right or wrong like any other.
  const isUsual = script?.before?.next === "when-answered" || script?.crowd !== undefined;
  const acceptsAny = end !== "opened" && !isUsual;
  const reader = new HeadReader({ anyLineEnd: !asked.lenient });
  let next: TransportEvents | null = null;
  let body: RefusedAnswer | null = null;
  const finish = (opened: Opened): void => {
    timer.cancel();
    body?.timer.cancel();
    next = context.onAnswer({ ...opened, handshake: { ...opened.handshake, ...before } });
  };
  const finishRefused = ({ opened, reader: octets }: RefusedAnswer, by: "length" | "tcp" | "time"): void => {
    const { text } = octets;
    const bodyEnd = octets.endOf(by);
    finish({
      ...opened,
      handshake: { ...opened.handshake, ...(text === "" ? {} : { body: text }), bodyEnd },
    });
  };
  const refuse = (answer: Opened, head: ResponseHead): void => {
    timer.cancel();
    const waiting = clock.deadline(Math.min(BODY_MS, context.timeoutMs), () => {
      if (next === null && body !== null) finishRefused(body, "time");
    });
    // The answer to HEAD has no body, whatever length it names (RFC 9110 §9.3.2).
    const isBare = request?.startsWith("HEAD ") === true;
    body = { opened: answer, reader: new BodyReader(head, BODY_KEPT, isBare), timer: waiting };
    if (body.reader.push(answer.rest)) finishRefused(body, "length");
  };
  const fail = (problem: string, noAnswer?: HandshakeRecord["noAnswer"]): void => {
    const soFar = reader.soFar.slice(0, HEAD_KEPT);
    const response = soFar === "" ? null : soFar;
    const why = noAnswer === undefined ? {} : { noAnswer };
    const handshake = { opened: false, request, response, problem, ...why };
    finish(opened(handshake, new Uint8Array(0), noAnswer === "late"));
  };
  const timer = clock.deadline(context.timeoutMs, () => {
    if (next === null)
      fail(`the peer did not answer the opening handshake within ${context.timeoutMs} ms`, "late");
  });

  const take = (chunk: Uint8Array): void => {
    if (next !== null) return next.received(chunk);
    if (body !== null) {
      if (body.reader.push(chunk)) finishRefused(body, "length");
      return;
    }
    const read = reader.push(reader.soFar === "" && earlier !== undefined ? withoutEmptyLines(chunk) : chunk);
    const foreign = foreignProtocol(reader.soFar);
    if (foreign !== null) fail(foreign);
    else if (read === "too-long") fail("the head of the answer to the opening handshake is too long");
    else if (read !== "more") {
      const head = parseResponse(read.head);
      const answer = checked(request, asked, head, read, acceptsAny);
      if (head.status === 0 || head.status === 101) finish(answer);
      else refuse(answer, head);
    }
  };
  return {
    take,
    isWaiting: () => next === null && body === null,
    received: (chunk) => {
      recorder.octets("<", chunk);
      take(chunk);
    },
    ended: (reset) => {
      if (next !== null) return next.ended(reset);
      if (body !== null) return finishRefused(body, "tcp");
      const noAnswer = reset ? "reset" : "closed";
      fail(`the peer ${noAnswer} the connection instead of answering the opening handshake`, noAnswer);
    },
  };
}

/** An empty line behind a body is no part of it, and harms nobody who waits for the next answer. */
function withoutEmptyLines(octets: Uint8Array): Uint8Array {
  const start = octets.findIndex((octet) => octet !== 0x0d && octet !== 0x0a);
  return octets.subarray(start < 0 ? octets.length : start);
}

/** Octets in one write of a head without an end. */
const POURED_OCTETS = 65_536;

/** Goes on with the last line of a head, as fast as the system takes it. */
function pour(
  left: number,
  to: Pick<DialledContext, "dialled" | "recorder"> & { readonly mayGoOn: () => boolean },
): void {
  if (left <= 0 || !to.mayGoOn()) return;
  const octets = Buffer.alloc(Math.min(left, POURED_OCTETS), "x");
  to.recorder.octets(">", octets);
  to.dialled.transport.write(octets, () => pour(left - octets.length, to));
}

interface OwnRequest {
  /** The head, for the record; null if there is none. */
  readonly request: string | null;
  readonly writes: readonly Uint8Array[];
  readonly asked: Asked;
}

/** The octets of a usual request without extensions. */
export function usualRequest(target: Target): Uint8Array {
  return Buffer.from(encodeRequest(usualOf({ target }, newKey())), "latin1");
}

function usualOf(
  { target, offers = [], profile }: Pick<DialledContext, "target" | "offers" | "profile">,
  key: string,
): HandshakeRequest {
  const userAgent = `wireproof/${SUITE_VERSION}`;
  return { ...target, key, userAgent, extensions: offers, original: profile === "autobahn" };
}

function newKey(): string {
  return randomBytes(16).toString("base64");
}

/** The usual request, or what the case writes instead of it. */
function requestOf(context: DialledContext): OwnRequest {
  const { target, offers = [], script } = context;
  const key = script?.key ?? newKey();
  const lenient = context.profile === "autobahn";
  const usual = usualOf(context, key);
  if (script === undefined) {
    const request = encodeRequest(usual);
    const asked: Asked = { key, subprotocols: target.subprotocols, extensions: offers, lenient };
    return { request, writes: [Buffer.from(request, "latin1")], asked };
  }
  const { head, writes } = encodeScript(script, usual);
  const said = parseRequest(head);
  const asked: Asked = {
    key: headerValues(said, "sec-websocket-key")[0] ?? "",
    subprotocols: elements(headerValues(said, "sec-websocket-protocol")),
    extensions: elements(headerValues(said, "sec-websocket-extensions")),
    lenient,
  };
  return { request: head === "" ? null : head.slice(0, HEAD_KEPT), writes, asked };
}

/** Recognizes by the first octets that an answer can never become HTTP. */
function foreignProtocol(soFar: string): string | null {
  if (/^[\x14-\x17]\x03/.test(soFar)) return "the answer is TLS, not HTTP: is the peer a wss:// server?";
  const start = soFar.slice(0, 5);
  if (start === "HTTP/".slice(0, start.length)) return null;
  const what = soFar.startsWith("SSH-") ? "an SSH server listens there" : `it begins "${printable(soFar)}"`;
  return `the answer to the opening handshake is not HTTP: ${what}`;
}

/** The beginning of something unknown, with a dot for every octet that is no printable character of ASCII. */
function printable(text: string): string {
  return text.slice(0, 40).replaceAll(/[^\x20-\x7e]/g, ".");
}

/** An answer that refuses, and the part of its body that has come so far. */
interface RefusedAnswer {
  readonly opened: Opened;
  readonly reader: BodyReader;
  readonly timer: Timer;
}
