import { bytesOf, type Payload } from "../case/payload.js";
import type { OpeningExpectation } from "../case/handshake.js";
import type { CaseRecord } from "../record/record.js";
import type { WireEntry } from "../record/wire-log.js";
import { dial, DialError } from "../net/dial.js";
import { gatherCrowd } from "../tester/crowd.js";
import { dialPeer, type Dialled } from "../tester/dial-peer.js";
import { Http2Others } from "../tester/http2-others.js";
import type { Http2Session } from "../tester/http2-session.js";
import { openAsClient, usualRequest } from "../tester/open.js";
import type { Opened } from "../tester/opening.js";
import { opensAsUsual } from "../tester/probe.js";
import { neverOpened, playOpened, type CasePlay } from "./opened.js";
import { Recorder } from "../record/recorder.js";
import type { Target } from "../net/target.js";
import { IGNORE_EVENTS, type TransportEvents } from "../net/transport.js";

export interface ClientPlay extends CasePlay {
  readonly target: Target;
  /** Gets every entry of the wire log, with microseconds since the case began. */
  readonly wire: (at: number, entry: WireEntry) => void;
  /** Aborted: the case is given up, and the promise rejects. */
  readonly signal: AbortSignal;
}

/**
 * Plays one case against a server: dials, opens, runs the script, and resolves with the record once TCP has ended.
 * Rejects with a DialError if there is no connection, or if the signal is aborted.
 */
export async function playAsClient(play: ClientPlay): Promise<CaseRecord> {
  let isOver = false;
  const recorder = new Recorder(play.clock, (at, entry) => {
    // What happens after the case has ended or was given up is not part of the run: over HTTP/2, GOAWAY and the answer to it.
    if (!isOver && !play.signal.aborted) play.wire(at, entry);
  });
  for (const where of play.case.request?.brokenOff ?? []) await breakOff(play, recorder, where);
  const { crowd: size } = play.case.request ?? {};
  const { target, clock, timeouts, signal } = play;
  const script = play.case.http2;
  const dialled = await dialPeer(target, clock, timeouts.connectMs, signal, recorder, script);
  const watched = { ...play, onOver: () => (isOver = true) };
  if (dialled.http2 !== undefined) return await overHttp2(watched, recorder, dialled, dialled.http2);
  if (size === undefined) return await onConnection(watched, recorder, dialled);
  return await inCrowd(watched, recorder, dialled, size);
}

/** `onOver` is called in the turn in which the case ends. */
interface WatchedPlay extends ClientPlay {
  readonly onOver: () => void;
}

/** On a stream of HTTP/2, with the other streams that the case has. */
async function overHttp2(
  play: WatchedPlay,
  recorder: Recorder,
  dialled: Dialled,
  http2: Http2Session,
): Promise<CaseRecord> {
  const script = play.case.http2?.others;
  if (script === undefined) {
    const record = await onConnection(play, recorder, dialled);
    return { ...record, http2: http2.record };
  }
  const onAbort = (): void => http2.drop();
  play.signal.addEventListener("abort", onAbort);
  try {
    const others = new Http2Others(http2, script, play);
    await others.begin();
    // The case goes on behind the end of its own stream.
    const record = await onConnection({ ...play, onOver: () => undefined }, recorder, dialled);
    const found = await others.finish();
    return { ...record, http2: { ...http2.record, others: found } };
  } finally {
    play.onOver();
    play.signal.removeEventListener("abort", onAbort);
    http2.letGo();
  }
}

/** The opening handshake of the case and many others, all in one turn of the event loop. */
async function inCrowd(
  play: WatchedPlay,
  recorder: Recorder,
  dialled: Dialled,
  size: number,
): Promise<CaseRecord> {
  const others = await gatherCrowd(play, size);
  recorder.note(`the same request goes out on ${size} other connections`);
  try {
    const played = onConnection(play, recorder, dialled);
    others.ask();
    const [record, crowd] = await Promise.all([played, others.ended()]);
    return { ...record, handshake: { ...record.handshake, crowd } };
  } finally {
    others.drop();
  }
}

/** A connection that the tester drops inside its opening handshake. */
async function breakOff(play: ClientPlay, recorder: Recorder, where: number | Payload): Promise<void> {
  const { target, clock, timeouts, signal } = play;
  const { transport } = await dial(target, clock, timeouts.connectMs, signal);
  const octets = typeof where === "number" ? usualRequest(target).subarray(0, where) : bytesOf(where);
  recorder.octets(">", octets);
  await new Promise<void>((resolve) => {
    transport.write(octets, resolve);
  });
  recorder.note("the tester drops this connection");
  transport.destroy();
}

function onConnection(play: WatchedPlay, recorder: Recorder, dialled: Dialled): Promise<CaseRecord> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      dialled.transport.destroy();
      reject(new DialError("the run was interrupted"));
    };
    play.signal.addEventListener("abort", onAbort);
    const done = (record: CaseRecord): void => {
      play.signal.removeEventListener("abort", onAbort);
      play.onOver();
      resolve(record);
    };
    openAsClient({
      target: play.target,
      dialled,
      recorder,
      clock: play.clock,
      timeoutMs: play.timeouts.openMs,
      offers: play.case.deflate?.offers ?? [],
      profile: play.profile,
      ...(play.case.request === undefined ? {} : { script: play.case.request }),
      end: endOf(play),
      onAnswer: (opened) =>
        opened.handshake.opened
          ? runScript(play, recorder, dialled, opened, done)
          : giveUp(play, recorder, dialled, opened, done),
    });
  });
}

function endOf({ case: played }: ClientPlay): OpeningExpectation["end"] {
  return played.expect.opening?.end ?? "opened";
}

function giveUp(
  play: ClientPlay,
  recorder: Recorder,
  dialled: Dialled,
  opened: Opened,
  done: (record: CaseRecord) => void,
): TransportEvents {
  const mustOpen = endOf(play) === "opened";
  if (opened.timedOut) {
    recorder.fired(mustOpen ? "open-timeout" : "answer-timeout", play.timeouts.openMs / 1000);
  }
  dialled.transport.destroy();
  const close = {
    openTimeout: opened.timedOut,
    droppedByTester: true,
    notCleanReason: opened.handshake.problem ?? null,
    tcp: "ended-by-tester" as const,
  };
  const record = neverOpened(play, { role: "client", recorder, opened }, close);
  const { request, http2, expect } = play.case;
  const isUsual =
    request === undefined && Object.keys(http2 ?? {}).length === 0 && expect.negotiation === undefined;
  if (isUsual || !mustOpen) done(record);
  else {
    void opensAsUsual(play).then((usualOpens) =>
      done({ ...record, handshake: { ...record.handshake, usualOpens } }),
    );
  }
  return IGNORE_EVENTS;
}

function runScript(
  play: ClientPlay,
  recorder: Recorder,
  { transport, http2 }: Dialled,
  opened: Opened,
  done: (record: CaseRecord) => void,
): TransportEvents {
  const { connection, events, start } = playOpened(play, {
    role: "client",
    transport,
    recorder,
    opened,
    ...(http2 === undefined ? {} : { http2 }),
    done,
  });
  start();
  if (opened.rest.length > 0) connection.receive(opened.rest);
  return events;
}
