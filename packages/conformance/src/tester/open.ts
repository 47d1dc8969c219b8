import { randomBytes } from "node:crypto";
import { BODY_KEPT, type HandshakeRecord, type Profile } from "../record/record.js";
import { SUITE_VERSION } from "../version.js";
import { checkResponse, isProblem, type Asked } from "../wire/check-response.js";
import type { DeflateParameters } from "../wire/deflate-parameters.js";
import { BodyReader } from "../wire/http-body.js";
import { encodeRequest, headerValues, HeadReader, parseResponse, type ResponseHead } from "../wire/http1.js";
import type { Clock, Timer } from "../time/clock.js";
import type { SocketConnection } from "../net/dial.js";
import type { Recorder } from "../record/recorder.js";
import type { Target } from "../net/target.js";
import type { TransportEvents } from "../net/transport.js";

/** The record keeps at most this much of an answer. */
const HEAD_KEPT = 16_384;
/** How long to wait for a body whose end the answer does not announce. A missing body loses only an explanation. */
const BODY_MS = 500;

export interface Opened {
  readonly handshake: HandshakeRecord;
  /** Octets after the answer: the first frames. */
  readonly rest: Uint8Array;
  /** The `Server` header. */
  readonly server: string | undefined;
  /** The agreed parameters of permessage-deflate, and the extension as the answer writes it; null for none. */
  readonly deflate: DeflateParameters | null;
  readonly extension: string | null;
  /** The peer did not answer in time. */
  readonly timedOut: boolean;
}

export interface OpenContext {
  readonly target: Target;
  readonly dialled: SocketConnection;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Extension offers; none if absent. */
  readonly offers?: readonly string[];
  /**
   * Under `autobahn` the request is the original's octet for octet, except for `User-Agent`, and parameters in the
   * answer that were not offered are accepted, as there. `modern` if absent.
   */
  readonly profile?: Profile;
  /** Takes the transport over, in the same turn in which the answer was read. */
  readonly onAnswer: (opened: Opened) => TransportEvents;
}

/**
 * The opening handshake of a client (RFC 6455 §4.1): sends the request, reads the answer and checks it. `onAnswer` is
 * called once, also if the handshake failed.
 */
export function openAsClient(context: OpenContext): void {
  const { target, dialled, recorder, clock } = context;
  const key = randomBytes(16).toString("base64");
  const { offers = [] } = context;
  const userAgent = `wireproof/${SUITE_VERSION}`;
  const lenient = context.profile === "autobahn";
  const request = encodeRequest({ ...target, key, userAgent, extensions: offers, original: lenient });
  const asked: Asked = { key, subprotocols: target.subprotocols, extensions: offers, lenient };
  const reader = new HeadReader();
  let next: TransportEvents | null = null;
  let body: RefusedAnswer | null = null;
  const finish = (opened: Opened): void => {
    timer.cancel();
    body?.timer.cancel();
    next = context.onAnswer(opened);
  };
  const finishRefused = ({ opened, reader: octets }: RefusedAnswer): void => {
    const { text } = octets;
    finish(text === "" ? opened : { ...opened, handshake: { ...opened.handshake, body: text } });
  };
  const refuse = (answer: Opened, head: ResponseHead): void => {
    timer.cancel();
    const waiting = clock.deadline(Math.min(BODY_MS, context.timeoutMs), () => {
      if (next === null && body !== null) finishRefused(body);
    });
    body = { opened: answer, reader: new BodyReader(head, BODY_KEPT), timer: waiting };
    if (body.reader.push(answer.rest)) finishRefused(body);
  };
  const fail = (problem: string, timedOut = false): void => {
    const soFar = reader.soFar.slice(0, HEAD_KEPT);
    const response = soFar === "" ? null : soFar;
    finish(opened({ opened: false, request, response, problem }, new Uint8Array(0), timedOut));
  };
  const timer = clock.deadline(context.timeoutMs, () => {
    if (next === null)
      fail(`the peer did not answer the opening handshake within ${context.timeoutMs} ms`, true);
  });

  dialled.attach({
    received: (chunk) => {
      recorder.octets("<", chunk);
      if (next !== null) return next.received(chunk);
      if (body !== null) {
        if (body.reader.push(chunk)) finishRefused(body);
        return;
      }
      const read = reader.push(chunk);
      const foreign = foreignProtocol(reader.soFar);
      if (foreign !== null) fail(foreign);
      else if (read === "too-long") fail("the head of the answer to the opening handshake is too long");
      else if (read !== "more") {
        const head = parseResponse(read.head);
        const answer = judge(request, asked, head, read);
        if (head.status === 0 || head.status === 101) finish(answer);
        else refuse(answer, head);
      }
    },
    ended: (reset) => {
      if (next !== null) return next.ended(reset);
      if (body !== null) return finishRefused(body);
      fail(
        `the peer ${reset ? "reset" : "closed"} the connection instead of answering the opening handshake`,
      );
    },
  });
  const octets = Buffer.from(request, "latin1");
  recorder.octets(">", octets);
  dialled.transport.write(octets);
}

/** Recognizes by the first octets that an answer can never become HTTP. */
function foreignProtocol(soFar: string): string | null {
  if (/^[\x14-\x17]\x03/.test(soFar)) return "the answer is TLS, not HTTP: is the peer a wss:// server?";
  const start = soFar.slice(0, 5);
  if (start !== "HTTP/".slice(0, start.length)) return "the answer to the opening handshake is not HTTP";
  return null;
}

/** An answer that refuses, and the part of its body that has come so far. */
interface RefusedAnswer {
  readonly opened: Opened;
  readonly reader: BodyReader;
  readonly timer: Timer;
}

function judge(
  request: string,
  asked: Asked,
  head: ResponseHead,
  read: { head: string; rest: Uint8Array },
): Opened {
  const found = checkResponse(head, asked);
  const response = read.head.slice(0, HEAD_KEPT);
  const server = headerValues(head, "server")[0];
  const status = head.status === 0 ? {} : { status: head.status };
  if (!isProblem(found)) {
    return { ...opened({ opened: true, request, response, ...status }, read.rest, false), server, ...found };
  }
  const { sentence, requirement } = found;
  const broken = requirement === undefined ? {} : { requirement };
  const handshake = { opened: false, request, response, problem: sentence, ...broken, ...status };
  return { ...opened(handshake, read.rest, false), server };
}

function opened(handshake: HandshakeRecord, rest: Uint8Array, timedOut: boolean): Opened {
  return { handshake, rest, server: undefined, deflate: null, extension: null, timedOut };
}
