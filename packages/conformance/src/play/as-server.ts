import type { Case } from "../case/case.js";
import type { CaseRecord, HandshakeRecord, Profile } from "../record/record.js";
import type { WireEntry } from "../record/wire-log.js";
import { answerOffers } from "../wire/deflate-negotiation.js";
import { answerFor, answerText } from "../wire/answer-script.js";
import { openingRequest, type RefusedRequest } from "../wire/check-request.js";
import { encodeOpening, type RequestHead } from "../wire/http1.js";
import { close } from "../case/steps.js";
import { sendScripted, type SendingAnswer } from "./scripted-answer.js";
import { writeAnswer, type Written } from "../wire/written-answer.js";
import type { Timer } from "../time/clock.js";
import { neverOpened, playOpened, type Agreement, type CasePlay } from "./opened.js";
import type { IncomingRequest } from "../tester/read-request.js";
import { refuse, SERVER_NAME, type Refusal } from "../tester/refusal.js";
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
  for (const read of incoming.reads) recorder.octets("<", read);
  const answer = decide(play);
  if ("status" in answer) {
    return { events: IGNORE_EVENTS, record: Promise.resolve(turnAway(play, recorder, answer)) };
  }
  return runScript(play, recorder, answer);
}

function runScript(asked: ServerPlay, recorder: Recorder, agreed: Agreement): ServerPlayed {
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
    const running = playOpened(play, { role: "server", transport, recorder, opened, done });
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
      const text = handshake.response ?? "";
      const onBegin = (): void => {
        isAnswering = true;
      };
      const onEnd = (): void => {
        isAnswered = true;
        if (mayBegin) start();
      };
      if (script !== undefined) {
        const { connection } = running;
        sending = sendScripted({ ...play, script, text, connection, onBegin, onEnd });
        return;
      }
      onBegin();
      const octets = Buffer.from(text, "latin1");
      recorder.octets(">", octets);
      transport.write(octets);
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

function decide({ case: played, incoming, profile, url }: ServerPlay): Agreement | Rejection {
  const { checked, head, text: request } = incoming;
  if (checked.kind === "plain") return { status: 400, sentence: "the request does not ask for a WebSocket" };
  const opening = openingRequest(checked, profile);
  if (opening === undefined) return checked as RefusedRequest;
  const script = played.answer === undefined ? undefined : answerFor(played.answer, head);
  if (script !== undefined) {
    const handshake = { opened: true, request, response: answerText(script, head) || null, ...given(url) };
    return { handshake, deflate: null, extension: null };
  }
  const taken = negotiate(played, opening.offers, profile);
  if (taken !== null && "problem" in taken) {
    return { status: 400, sentence: taken.problem, requirement: taken.requirement };
  }
  const extension = taken?.answer ?? null;
  const original = profile === "autobahn";
  const response = encodeOpening({ key: opening.key, server: SERVER_NAME, extension, original });
  return {
    handshake: { opened: true, request, response, ...given(url) },
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
  const octets = refuse(play.transport, rejection);
  recorder.octets(">", octets);
  const handshake: HandshakeRecord = {
    opened: false,
    request: play.incoming.text,
    response: Buffer.from(octets).toString("latin1"),
    problem: sentence,
    ...given(play.url),
    ...(requirement === undefined ? {} : { requirement }),
  };
  const close = { droppedByTester: true, notCleanReason: sentence, tcp: "ended-by-tester" as const };
  const opened = { handshake, deflate: null, extension: null };
  return neverOpened(play, { role: "server", recorder, opened }, close);
}
