import type { CaseRecord, HandshakeRecord, WireEntry } from "../record/record.js";
import { answerOffers } from "../wire/deflate-negotiation.js";
import { encodeOpening } from "../wire/http1.js";
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

function runScript(play: ServerPlay, recorder: Recorder, opened: Agreement): ServerPlayed {
  const { transport, incoming, signal, clock } = play;
  const joins = play.profile === "autobahn" || play.case.joinsAnswer === true;
  let giveUp: () => void = () => undefined;
  let events: TransportEvents = IGNORE_EVENTS;
  const record = new Promise<CaseRecord | null>((resolve) => {
    let answerTimer: Timer | null = null;
    const done = (ended: CaseRecord): void => {
      signal.removeEventListener("abort", giveUp);
      answerTimer?.cancel();
      resolve(ended);
    };
    const running = playOpened(play, { role: "server", transport, recorder, opened, done });
    giveUp = () => {
      answerTimer?.cancel();
      resolve(null);
      running.connection.abandon();
    };
    signal.addEventListener("abort", giveUp);
    const answer = once(() => {
      const octets = Buffer.from(opened.handshake.response ?? "", "latin1");
      recorder.octets(">", octets);
      transport.write(octets);
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
        open();
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
      // Both in one turn of the event loop, and so in one write.
      answer();
      running.start();
      listen();
    };
    play.admitted.then(begin, giveUp);
  });
  return { events, record };
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

function decide({ case: played, incoming, profile }: ServerPlay): Agreement | Rejection {
  const { checked, text: request } = incoming;
  if (checked.kind === "refused") return checked;
  if (checked.kind === "plain") return { status: 400, sentence: "the request does not ask for a WebSocket" };
  const { deflate } = played;
  // In other cases the connection has no extension, whatever the client offers.
  const taken =
    deflate === undefined
      ? null
      : answerOffers(checked.offers, deflate.acceptor, { lenient: profile === "autobahn" });
  if (taken !== null && "problem" in taken) {
    return { status: 400, sentence: taken.problem, requirement: taken.requirement };
  }
  const extension = taken?.answer ?? null;
  const original = profile === "autobahn";
  const response = encodeOpening({ key: checked.key, server: SERVER_NAME, extension, original });
  return { handshake: { opened: true, request, response }, deflate: taken?.agreed ?? null, extension };
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
    ...(requirement === undefined ? {} : { requirement }),
  };
  const close = { droppedByTester: true, notCleanReason: sentence, tcp: "ended-by-tester" as const };
  const opened = { handshake, deflate: null, extension: null };
  return neverOpened(play, { role: "server", recorder, opened }, close);
}
