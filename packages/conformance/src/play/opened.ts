import type { Case } from "../case/case.js";
import type { CaseRecord, CloseRecord, HandshakeRecord, Profile, TrafficRecord } from "../record/record.js";
import type { DeflateParameters } from "../wire/deflate-parameters.js";
import type { Clock } from "../time/clock.js";
import { NOTHING_CLOSED } from "../record/close-record.js";
import type { TesterOptions } from "../tester/tester-options.js";
import type { CompressedStreams } from "./compressed-streams.js";
import { TesterConnection } from "../tester/connection.js";
import { DeflateCodec } from "../tester/deflate-codec.js";
import type { LoadFacts } from "./load.js";
import { PeerPings } from "./peer-pings.js";
import type { Http2Sender } from "../tester/http2-session.js";
import { Play } from "./play.js";
import type { Recorder } from "../record/recorder.js";
import type { Timeouts } from "../tester/timeouts.js";
import type { Transport, TransportEvents } from "../net/transport.js";

/** How all cases of a run are played, in both roles of the tester. */
export interface PlaySettings {
  readonly profile: Profile;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly testerOptions?: TesterOptions;
  /** How many messages load cases send. */
  readonly messages: "full" | "enough";
  /** In how many seconds the peer sends a Ping on a connection that is idle; absent if nobody knows. */
  readonly keepaliveSeconds?: number;
  /** Compressed messages that cases share. */
  readonly streams: CompressedStreams;
}

/** How one case is played. */
export interface CasePlay extends PlaySettings {
  readonly case: Case;
  /** Called when the case has ended: was another case in flight at the same time? */
  readonly wasConcurrent: () => boolean;
}

/** The result of the opening handshake. */
export interface Agreement {
  readonly handshake: HandshakeRecord;
  /** The agreed parameters of permessage-deflate, and the extension as the answer writes it; null for none. */
  readonly deflate: DeflateParameters | null;
  readonly extension: string | null;
}

export interface OpenedPlay {
  readonly connection: TesterConnection;
  /** Takes what the transport reports from now on. */
  readonly events: TransportEvents;
  /** Runs the script, unless the connection has already ended. */
  readonly start: () => void;
}

export interface OpenedContext {
  readonly role: "client" | "server";
  readonly transport: Transport;
  readonly recorder: Recorder;
  readonly opened: Agreement;
  /** The connection of HTTP/2 of which the transport is a stream; absent over HTTP/1.1. */
  readonly http2?: Http2Sender;
  /** The case is over: TCP has ended. Called once. */
  readonly done: (record: CaseRecord) => void;
}

/** Plays a case on a connection whose opening handshake has succeeded. */
export function playOpened(play: CasePlay, context: OpenedContext): OpenedPlay {
  const { role, transport, recorder, opened, done } = context;
  const openedAt = recorder.elapsed;
  let script: Play | null = null;
  const pings = new PeerPings(() => (recorder.elapsed - openedAt) / 1000);
  const codec = opened.deflate === null ? null : new DeflateCodec(opened.deflate, role, play.profile);
  const connection: TesterConnection = new TesterConnection({
    ...play,
    role,
    transport,
    recorder,
    inflater: codec?.inflater ?? null,
    onWrite: () => script?.load.onProgress(),
    readerFor: (opcode) => script?.load.readerFor(opcode) ?? null,
    onTaken: (opcode) => script?.load.onTaken(opcode),
    onEvent: (event) => script?.onEvent(event),
    ...(play.case.keepalive === true ? { onPing: (payload) => pings.add(payload) } : {}),
    onState: () => {
      script?.onState();
      if (connection.state !== "closed") return;
      codec?.close();
      const close = connection.closeRecord;
      const durationMs = (recorder.elapsed - openedAt) / 1000;
      const illegal = undeclared(play.case, connection.sentIllegally);
      const load = script?.load.facts;
      const record = caseRecord(play, {
        role,
        recorder,
        opened,
        close,
        durationMs,
        undeclared: illegal,
        load,
      });
      done(play.case.keepalive === true ? { ...record, pings: pings.record } : record);
    },
  });
  return {
    connection,
    events: {
      received: (chunk) => {
        script?.load.onProgress();
        connection.receive(chunk);
      },
      ended: (reset, problem) => connection.end(reset, problem),
    },
    start: () => {
      if (connection.state === "closed") return;
      const { http2 } = context;
      script = new Play({
        ...play,
        connection,
        recorder,
        codec,
        pings,
        ...(http2 === undefined ? {} : { http2 }),
      });
      script.start();
    },
  };
}

/** The record of a case whose connection never opened. */
export function neverOpened(
  play: CasePlay,
  context: Pick<OpenedContext, "role" | "recorder" | "opened">,
  close: Partial<CloseRecord>,
): CaseRecord {
  return caseRecord(play, {
    ...context,
    close: { ...NOTHING_CLOSED, ...close },
    durationMs: context.recorder.elapsed / 1000,
    undeclared: [],
  });
}

interface CaseFacts extends Pick<OpenedContext, "role" | "recorder" | "opened"> {
  readonly close: CloseRecord;
  readonly durationMs: number;
  readonly undeclared: readonly string[];
  readonly load?: LoadFacts | undefined;
}

function caseRecord(play: CasePlay, facts: CaseFacts): CaseRecord {
  const { role, recorder, load } = facts;
  const { handshake, extension } = facts.opened;
  return {
    profile: play.profile,
    role,
    startedAt: recorder.startedAt,
    durationMs: facts.durationMs,
    handshake,
    events: recorder.events,
    eventCount: recorder.eventCount,
    violations: recorder.violations,
    close: facts.close,
    ...recorder.statistics(),
    ...(play.case.deflate === undefined ? {} : { extension }),
    ...(load?.loop === undefined ? {} : { loop: load.loop }),
    ...(load?.traffic === undefined ? {} : { traffic: traffic(load.traffic, role, handshake) }),
    timers: recorder.timers,
    ...(recorder.timers.length === 0 ? {} : { limits: recorder.limits, lostMs: recorder.lostMs }),
    undeclared: facts.undeclared,
    concurrent: play.wasConcurrent(),
  };
}

/** A client sends the request, a server the response. */
function traffic(
  counts: Omit<TrafficRecord, "handshake">,
  role: "client" | "server",
  { request, response }: HandshakeRecord,
): TrafficRecord {
  const [sent, received] = role === "client" ? [request, response] : [response, request];
  return { ...counts, handshake: { received: received?.length ?? 0, sent: sent?.length ?? 0 } };
}

/** The illegal things that were sent and that the case does not declare: a fault of the suite, never of the peer. */
export function undeclared(played: Case, found: ReadonlySet<string>): readonly string[] {
  const declared = new Set<string>(played.illegal ?? []);
  return [...found].filter((name) => !declared.has(name));
}
