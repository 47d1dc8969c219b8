import type { Case } from "../case/case.js";
import type { Http2Script } from "../case/http2-script.js";
import type { Http2Stream } from "../http2/stream.js";
import type { CaseRecord, HandshakeRecord, Profile } from "../record/record.js";
import type { WireEntry } from "../record/wire-log.js";
import { answerOffers } from "../wire/deflate-negotiation.js";
import { answerFor, answerText } from "../wire/answer-script.js";
import { openingRequest, type RefusedRequest } from "../wire/check-request.js";
import type { RequestHead } from "../wire/http1.js";
import { close } from "../case/steps.js";
import { sendScripted, type SendingAnswer } from "./scripted-answer.js";
import { writeAnswer, type Written } from "../wire/written-answer.js";
import type { Timer } from "../time/clock.js";
import { neverOpened, playOpened, type Agreement, type CasePlay } from "./opened.js";
import type { IncomingRequest } from "../tester/read-request.js";
import { answerOverHttp2, openingAnswer, type Answer } from "../tester/answering.js";
import { refuse, type Refusal } from "../tester/refusal.js";
import { Recorder } from "../record/recorder.js";
import { IGNORE_EVENTS, type Transport, type TransportEvents } from "../net/transport.js";

export interface ServerPlay extends CasePlay {
  readonly transport: Transport;
  readonly incoming: IncomingRequest;
  /** Gets every entry of the wire log, with microseconds since the case began. */
  readonly wire: (at: number, entry: WireEntry) => void;
  /** Settles when the script may begin. */
  readonly admitted: Promise<void>;
  /** The URL that the client got, if the case is about that. */
  readonly url?: string;
  /** Aborted: the case is given up. */
  readonly signal: AbortSignal;
}

/**
 * If the first frames go out together with the answer to the opening handshake, the answer waits until the script
 * begins. For load cases that can take long, and a client does not wait for ever: after this time the answer goes out
 * alone.
 */
const ANSWER_WAIT_MS = 1000;

export interface ServerPlayed {
  /** Takes what the transport reports from now on. */
  readonly events: TransportEvents;
  /** Resolves once TCP has ended; with null if the case was given up. */
  readonly record: Promise<CaseRecord | null>;
}

/**
 * Plays one case against a client that has asked for it: answers the request, and runs the script once it may begin.
 * Under `autobahn` the answer and the first frames go out in one write: the transport of the original joins all writes
 * of one turn of its event loop. Under `modern` they do so only in cases that are about it.
 */
export function playAsServer(play: ServerPlay): ServerPlayed {
  const { incoming, signal } = play;
  const recorder = new Recorder(play.clock, (at, entry) => {
    if (!signal.aborted) play.wire(at, entry);
  });
  incoming.http2?.follow((dir, view) => recorder.http2(dir, view));
  for (const read of incoming.reads) recorder.octets("<", read);
  const decided = decide(play);
  if ("status" in decided) {
    const record = Promise.resolve(turnAway(play, recorder, decided));
    return { events: IGNORE_EVENTS, record: withHttp2(record, incoming) };
  }
  const { events, record } = runScript(play, recorder, decided);
  return { events, record: withHttp2(record, incoming) };
}

/** What was seen of HTTP/2, where the connection is a stream of it. */
async function withHttp2(
  record: Promise<CaseRecord | null>,
  { http2 }: IncomingRequest,
): Promise<CaseRecord | null> {
  const ended = await record;
  return ended === null || http2 === undefined ? ended : { ...ended, http2: http2.record };
}

/** What was agreed on, and the answer that says so; a scripted answer has its own way out. */
interface Agreed extends Agreement {
  readonly answer: Answer | null;
}

function runScript(asked: ServerPlay, recorder: Recorder, agreed: Agreed): ServerPlayed {
  const { transport, incoming, signal, clock } = asked;
  const play = { ...asked, case: playable(asked.case, incoming.head) };
  const { answer: script } = play.case;
  const joins = play.profile === "autobahn" || play.case.joinsAnswer === true || script !== undefined;
  // What was not read before the answer began is not known yet.
  const handshake: { -readonly [K in keyof HandshakeRecord]: HandshakeRecord[K] } = { ...agreed.handshake };
  const opened = { ...agreed, handshake };
  let giveUp: () => void = () => undefined;
  let events: TransportEvents = IGNORE_EVENTS;
  const record = new Promise<CaseRecord | null>((resolve) => {
    let answerTimer: Timer | null = null;
    let sending: SendingAnswer | null = null;
    let isAnswering = false;
    let isAnswered = false;
    let mayBegin = false;
    const done = (ended: CaseRecord): void => {
      signal.removeEventListener("abort", giveUp);
      answerTimer?.cancel();
      sending?.cancel();
      resolve(ended);
    };
    /** Octets behind the request, before the answer. */
    const early = (octets: number): void => {
      if (!isAnswering && octets > 0) handshake.early = (handshake.early ?? 0) + octets;
    };
    early(incoming.rest.length);
    const { http2 } = incoming;
    const running = playOpened(play, {
      role: "server",
      transport,
      recorder,
      opened,
      done,
      ...(http2 === undefined ? {} : { http2 }),
    });
    if (http2 !== undefined) shape(http2.stream, play.case.http2);
    if (play.case.expect.http2 === "error") http2?.provokes();
    if (play.case.expect.http2 === "end-stream") running.connection.endAndWait();
    giveUp = () => {
      answerTimer?.cancel();
      sending?.cancel();
      resolve(null);
      running.connection.abandon();
    };
    signal.addEventListener("abort", giveUp);
    const start = once(() => {
      running.start();
      listen();
    });
    const answer = once(() => {
      const onBegin = (): void => {
        isAnswering = true;
      };
      const onEnd = (): void => {
        isAnswered = true;
        if (mayBegin) start();
      };
      if (script !== undefined) {
        const { connection } = running;
        const text = handshake.response ?? "";
        sending = sendScripted({ ...play, script, text, connection, onBegin, onEnd });
        return;
      }
      onBegin();
      agreed.answer?.write(recorder);
      onEnd();
    });
    /** Reads what the client sent after its request without waiting for the answer. */
    const listen = once(() => {
      if (incoming.rest.length > 0) running.connection.receive(incoming.rest);
    });
    const open = (): void => {
      answer();
      listen();
    };
    if (joins) answerTimer = clock.after(ANSWER_WAIT_MS, open);
    else open();
    events = {
      received: (chunk) => {
        recorder.octets("<", chunk);
        early(chunk.length);
        open();
        // What the client wants to be answered comes behind the answer. The case has failed already.
        sending?.hurry();
        running.events.received(chunk);
      },
      ended: (reset) => {
        open();
        running.events.ended(reset);
      },
    };
    const begin = (): void => {
      answerTimer?.cancel();
      if (running.connection.state === "closed") return;
      mayBegin = true;
      // Both in one turn of the event loop, and so in one write.
      answer();
      if (isAnswered) start();
    };
    play.admitted.then(begin, giveUp);
  });
  return { events, record };
}

/** What a case does with the stream from the beginning. */
function shape(stream: Http2Stream, { data, room }: Http2Script = {}): void {
  if (data !== undefined) stream.cut = data;
  stream.room = room;
}

/** What can be played with this client: where a case cannot be tried, and behind its redirects, the connection is closed. */
function playable(played: Case, head: RequestHead): Case {
  const { answer, ...rest } = played;
  if (answer === undefined || answerFor(answer, head) !== undefined) return played;
  return { ...rest, script: [close(1000)] };
}

/** Does something the first time it is called. */
function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}

/** Why a request is refused, and the requirement that it breaks, if any. */
interface Rejection extends Refusal {
  readonly requirement?: string;
}

function decide({ case: played, incoming, profile, url, transport }: ServerPlay): Agreed | Rejection {
  const { checked, head, text: request } = incoming;
  if (checked.kind === "plain") return { status: 400, sentence: "the request does not ask for a WebSocket" };
  const opening = openingRequest(checked, profile);
  if (opening === undefined) return checked as RefusedRequest;
  const script = played.answer === undefined ? undefined : answerFor(played.answer, head);
  if (script !== undefined) {
    const handshake = { opened: true, request, response: answerText(script, head) || null, ...given(url) };
    return { handshake, deflate: null, extension: null, answer: null };
  }
  const taken = negotiate(played, opening.offers, profile);
  if (taken !== null && "problem" in taken) {
    return { status: 400, sentence: taken.problem, requirement: taken.requirement };
  }
  const extension = taken?.answer ?? null;
  const original = profile === "autobahn";
  const own = played.http2?.answer;
  const answer =
    incoming.http2 !== undefined && own !== undefined
      ? answerOverHttp2(incoming.http2.stream, own)
      : openingAnswer(transport, { key: opening.key, extension, original });
  return {
    answer,
    handshake: { opened: true, request, response: answer.text, ...given(url) },
    deflate: taken?.agreed ?? null,
    extension,
  };
}

function given(url: string | undefined): Pick<HandshakeRecord, "url"> {
  return url === undefined ? {} : { url };
}

/** In cases without permessage-deflate the connection has no extension, whatever the client offers. */
function negotiate(
  { deflate }: Case,
  offers: readonly string[],
  profile: Profile,
): ReturnType<typeof answerOffers> | Written {
  if (deflate === undefined) return null;
  const { acceptor } = deflate;
  if (typeof acceptor === "object") return writeAnswer(offers, acceptor);
  return answerOffers(offers, acceptor, { lenient: profile === "autobahn" });
}

function turnAway(play: ServerPlay, recorder: Recorder, rejection: Rejection): CaseRecord {
  const { sentence, requirement } = rejection;
  const response = refuse(play.transport, rejection, recorder);
  const handshake: HandshakeRecord = {
    opened: false,
    request: play.incoming.text,
    response,
    problem: sentence,
    ...given(play.url),
    ...(requirement === undefined ? {} : { requirement }),
  };
  const close = { droppedByTester: true, notCleanReason: sentence, tcp: "ended-by-tester" as const };
  const opened = { handshake, deflate: null, extension: null };
  return neverOpened(play, { role: "server", recorder, opened }, close);
}
