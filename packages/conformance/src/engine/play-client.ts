import type { Case } from "../case/case.js";
import type {
  CaseRecord,
  CloseRecord,
  HandshakeRecord,
  Profile,
  TrafficRecord,
  WireEntry,
} from "../report/event.js";
import type { Clock } from "./clock.js";
import { NOTHING_CLOSED } from "./close-record.js";
import type { CompressedStreams } from "./compressed-streams.js";
import { TesterConnection } from "./connection.js";
import { DeflateCodec } from "./deflate-codec.js";
import { dial, DialError, type Dialled } from "./dial.js";
import { openAsClient, type Opened } from "./open.js";
import type { LoadFacts } from "./load-play.js";
import { Play } from "./play.js";
import { Recorder } from "./recorder.js";
import { undeclared } from "./undeclared.js";
import type { Target } from "./target.js";
import type { Timeouts } from "./timeouts.js";
import type { TransportEvents } from "./transport.js";

export interface ClientPlay {
  readonly case: Case;
  readonly target: Target;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  /** Gets every entry of the wire log, with microseconds since the case began. */
  readonly wire: (at: number, entry: WireEntry) => void;
  /** How many messages load cases send. */
  readonly messages: "full" | "enough";
  /** Compressed messages that cases share. */
  readonly streams: CompressedStreams;
  /** Asked when the case has ended. */
  readonly wasConcurrent: () => boolean;
  /** Gives the case up: the promise rejects. */
  readonly signal: AbortSignal;
}

/**
 * Plays one case against a server: dials, opens, runs the script, and resolves with the record once TCP is gone.
 * Rejects with a DialError if there is no connection, or if the signal is aborted.
 */
export async function playAsClient(play: ClientPlay): Promise<CaseRecord> {
  const recorder = new Recorder(play.clock, (at, entry) => {
    // What still arrives on a connection that was given up is no part of the run.
    if (!play.signal.aborted) play.wire(at, entry);
  });
  const dialled = await dial(play.target, play.timeouts.connectMs, play.signal);
  return await onConnection(play, recorder, dialled);
}

function onConnection(play: ClientPlay, recorder: Recorder, dialled: Dialled): Promise<CaseRecord> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      dialled.transport.destroy();
      reject(new DialError("the run was interrupted"));
    };
    play.signal.addEventListener("abort", onAbort);
    const done = (record: CaseRecord): void => {
      play.signal.removeEventListener("abort", onAbort);
      resolve(record);
    };
    openAsClient({
      target: play.target,
      dialled,
      recorder,
      clock: play.clock,
      timeoutMs: play.timeouts.openMs,
      offers: play.case.deflate?.offers ?? [],
      lenient: play.profile === "autobahn",
      onAnswer: (opened) =>
        opened.handshake.opened
          ? runScript(play, recorder, dialled, opened, done)
          : giveUp(play, recorder, dialled, opened, done),
    });
  });
}

function giveUp(
  play: ClientPlay,
  recorder: Recorder,
  dialled: Dialled,
  opened: Opened,
  done: (record: CaseRecord) => void,
): TransportEvents {
  if (opened.timedOut) recorder.fired("open-timeout");
  const close: CloseRecord = {
    ...NOTHING_CLOSED,
    openTimeout: opened.timedOut,
    droppedByTester: true,
    notCleanReason: opened.handshake.problem ?? null,
    tcp: "ended-by-tester",
  };
  dialled.transport.destroy();
  done(record(play, recorder, { opened, close, durationMs: recorder.elapsed / 1000, undeclared: [] }));
  return { received: () => undefined, ended: () => undefined };
}

function runScript(
  play: ClientPlay,
  recorder: Recorder,
  dialled: Dialled,
  opened: Opened,
  done: (record: CaseRecord) => void,
): TransportEvents {
  const openedAt = recorder.elapsed;
  let script: Play | null = null;
  const codec = opened.deflate === null ? null : new DeflateCodec(opened.deflate, "client", play.profile);
  const connection: TesterConnection = new TesterConnection({
    ...play,
    role: "client",
    transport: dialled.transport,
    recorder,
    inflater: codec?.inflater ?? null,
    onWrite: () => script?.load.onProgress(),
    readerFor: (opcode) => script?.load.readerFor(opcode) ?? null,
    onTaken: (opcode) => script?.load.onTaken(opcode),
    onEvent: (event) => script?.onEvent(event),
    onState: () => {
      script?.onState();
      if (connection.state !== "closed") return;
      codec?.close();
      const close = connection.closeRecord;
      const durationMs = (recorder.elapsed - openedAt) / 1000;
      const illegal = undeclared(play.case, connection.sentIllegally);
      done(
        record(play, recorder, { opened, close, durationMs, undeclared: illegal, load: script?.load.facts }),
      );
    },
  });
  script = new Play({ ...play, connection, recorder, codec });
  script.start();
  if (opened.rest.length > 0) connection.receive(opened.rest);
  return {
    received: (chunk) => {
      script?.load.onProgress();
      connection.receive(chunk);
    },
    ended: (reset) => connection.end(reset),
  };
}

function record(
  play: ClientPlay,
  recorder: Recorder,
  end: {
    opened: Opened;
    close: CloseRecord;
    durationMs: number;
    undeclared: readonly string[];
    load?: LoadFacts | undefined;
  },
): CaseRecord {
  const { handshake, extension } = end.opened;
  return {
    profile: play.profile,
    role: "client",
    startedAt: recorder.startedAt,
    durationMs: end.durationMs,
    handshake,
    events: recorder.events,
    eventCount: recorder.eventCount,
    violations: recorder.violations,
    close: end.close,
    ...recorder.statistics(),
    ...(play.case.deflate === undefined ? {} : { extension }),
    ...(end.load?.loop === undefined ? {} : { loop: end.load.loop }),
    ...(end.load?.traffic === undefined ? {} : { traffic: traffic(end.load.traffic, handshake) }),
    timers: recorder.timers,
    undeclared: end.undeclared,
    concurrent: play.wasConcurrent(),
  };
}

function traffic(counts: Omit<TrafficRecord, "handshake">, handshake: HandshakeRecord): TrafficRecord {
  const { request, response } = handshake;
  return { ...counts, handshake: { received: response?.length ?? 0, sent: request?.length ?? 0 } };
}
