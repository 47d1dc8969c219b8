import type { Case } from "../case/case.js";
import type { CaseRecord } from "../record/record.js";
import type { PeerDown, RunEvent } from "./event.js";
import { refusalText } from "./evidence.js";
import { findPeer } from "./find-peer.js";
import { ABSENT_HINT, refusalHint } from "../judge/hints.js";
import { judgeBoth } from "../judge/judge.js";
import { peerName } from "./peer-name.js";
import type { PeerOptions, Settings } from "./run-options.js";
import { playAsClient, type ClientPlay } from "../play/as-client.js";
import {
  isAnswering,
  whyUnreachable,
  type ProbeContext,
  type ProbeResult,
  type Unreachable,
} from "../tester/probe.js";
import { probeContext } from "./probe-context.js";
import { ProcessWatch } from "./process-watch.js";
import type { Played } from "./unconfirmed.js";
import { schedule, type AttemptOptions } from "./schedule.js";
import type { Target } from "../net/target.js";
import { notPlayed } from "./sanity.js";
import { skippedEvents, withoutSkipped } from "./skipped.js";
import type { Timeouts } from "../tester/timeouts.js";

export interface PeerTest {
  /** Key of the peer in this run. */
  readonly key: string;
  readonly target: Target;
  /** The options of this peer only. */
  readonly peerOptions: PeerOptions;
  /** Its name, if the user gave one. */
  readonly agent?: string;
  readonly url: string;
  /** Names that are already used in this run. */
  readonly names: Set<string>;
  readonly settings: Settings;
  readonly emit: (event: RunEvent) => void;
  readonly whenDrained: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Tests one server with all cases, from the probe to its last repeat. */
export async function testPeer(test: PeerTest): Promise<void> {
  const { settings, signal, peerOptions } = test;
  const context = probeContext(settings, test.target, peerOptions, signal);
  const watch = watchProcess(test, context);
  try {
    await testWatched(test, context, watch);
  } finally {
    watch?.close();
  }
}

async function testWatched(
  test: PeerTest,
  context: ProbeContext,
  watch: ProcessWatch | undefined,
): Promise<void> {
  const { settings, emit, signal, key, url } = test;
  const because = (await watch?.up()) ?? null;
  if (signal.aborted) return;
  if (because !== null) {
    emit({ type: "peer-down", peer: key, url, after: null, because });
    return;
  }
  const several = settings.concurrency > 1 && settings.options.cases.length > 1;
  const { found, target } = await findPeer(context, {
    probesSecond: several,
    fallbackHosts: test.peerOptions.fallbackHosts ?? [],
    retries: settings.retries,
    note: (text) => noteOnce(test, text),
  });
  const here: ProbeContext = { ...context, target };
  if (found.kind === "unreachable") await watch?.connectionLost();
  if (signal.aborted) return;
  if (found.kind === "unreachable") {
    emit({ type: "peer-down", peer: key, url, after: null, because: found.because, ...heardOf(found) });
    return;
  }
  const { isExcluded = () => false, defaultName } = settings.options;
  const agent = peerName({ ...test, ...(defaultName === undefined ? {} : { defaultName }) }, found.server);
  emit({ type: "peer-up", peer: key, agent, url });
  const text = noteOn(found);
  if (text !== null) emit({ type: "note", peer: key, text });
  const wanted = settings.options.cases.filter(({ id }) => !isExcluded(agent, id));
  const { played, skipped } = withoutSkipped(wanted, "server", settings.options.lacks);
  const { profile, clock } = settings;
  const about = { profile, role: "client", startedAt: clock.date() } as const;
  for (const one of skipped) for (const event of skippedEvents(one, key, about)) emit(event);
  const result = await schedule({
    cases: played,
    profile: settings.profile,
    sanityFirst: settings.profile === "modern" && settings.options.sanityFirst !== false,
    timeouts: context.timeouts,
    clock: settings.clock,
    concurrency: found.kind === "open" && !found.takesSeveral ? 1 : settings.concurrency,
    play: (played, order) => playOne({ test, context: here, watch }, played, order),
    report: (played, attempt, result, counts) => reportResult(test, played, attempt, result, counts),
    block: (one, because) => reportBlocked(test, one, because),
    look: (one, limits) => lookAt({ test, context: here, watch }, one, limits),
    note: (said, damaged) =>
      emit({ type: "note", peer: key, text: said, ...(damaged === undefined ? {} : { damaged }) }),
    whyUnreachable: () => whyUnreachable(here),
    signal,
    whenDrained: test.whenDrained,
    ...(watch === undefined ? {} : { process: watch }),
  });
  if (result.down !== undefined) emit({ type: "peer-down", peer: key, url, ...result.down });
}

/** What a peer that cannot be tested said, and what may help. */
function heardOf({ isAbsent, heard }: Unreachable): Pick<PeerDown, "answer" | "hint"> {
  if (heard === undefined) return isAbsent === true ? { hint: ABSENT_HINT } : {};
  const answer = refusalText(heard.handshake, heard.octets);
  const hint = refusalHint(heard.handshake, heard.octets);
  return { ...(answer === undefined ? {} : { answer }), ...(hint === undefined ? {} : { hint }) };
}

/** Emits a note before the peer has a name. The same text is emitted once in a run. */
function noteOnce({ settings, emit }: PeerTest, text: string): void {
  if (settings.reportedNotes.has(text)) return;
  settings.reportedNotes.add(text);
  emit({ type: "note", text });
}

function noteOn(found: ProbeResult): string | null {
  if (found.kind === "refused") return found.because;
  if (found.kind === "open" && !found.takesSeveral) {
    return "the peer accepts only one connection at a time: cases are played one at a time";
  }
  return null;
}

function watchProcess({ settings, ...test }: PeerTest, context: ProbeContext): ProcessWatch | undefined {
  const { process } = settings.options;
  if (process === undefined) return undefined;
  return new ProcessWatch({
    process,
    peer: test.key,
    url: test.url,
    emit: test.emit,
    isAnswering: () => isAnswering(context),
    turn: () => new Promise((resolve) => settings.clock.turn(resolve)),
    signal: test.signal,
  });
}

interface Stage {
  readonly test: PeerTest;
  readonly context: ProbeContext;
  readonly watch: ProcessWatch | undefined;
}

/** A case that is not played has a record, so that it can be judged again like any other. */
function reportBlocked(test: PeerTest, one: Case, because: string): void {
  const { key, emit, settings } = test;
  emit({ type: "case-start", peer: key, case: one.id, attempt: 1 });
  const record = notPlayed(settings.profile, settings.clock.date(), because);
  reportResult(test, one, 1, judged(one, record), true);
}

/** Plays a case of which nothing is reported. */
async function lookAt(stage: Stage, one: Case, limits: Timeouts): Promise<Played> {
  const wasConcurrent = (): boolean => false;
  const record = await play(stage, { case: one, timeouts: limits, wire: () => undefined, wasConcurrent });
  return judged(one, record);
}

async function playOne(
  stage: Stage,
  one: Case,
  { attempt, timeouts: limits, wasConcurrent, onTraffic }: AttemptOptions,
): Promise<Played> {
  const { test, watch } = stage;
  const about = { peer: test.key, case: one.id, attempt };
  watch?.caseStarted(one.id);
  test.emit({ type: "case-start", ...about });
  const playing = play(stage, {
    case: one,
    timeouts: limits,
    wire: (at, entry) => {
      onTraffic();
      test.emit({ type: "wire", ...about, at, entry });
    },
    wasConcurrent,
  });
  return judged(one, await (watch === undefined ? playing : watched(playing, one.id, watch)));
}

function play(
  { test, context }: Stage,
  how: Pick<ClientPlay, "case" | "timeouts" | "wire" | "wasConcurrent">,
): Promise<CaseRecord> {
  const { messages, streams, keepaliveSeconds } = test.settings;
  const pings = keepaliveSeconds === undefined ? {} : { keepaliveSeconds };
  return playAsClient({ ...context, messages, streams, ...pings, ...how });
}

function judged(one: Case, record: CaseRecord): Played {
  const verdicts = judgeBoth(one, record);
  const verdict = verdicts[record.profile];
  if (verdict === undefined) throw new Error(`no verdict for case ${one.id}`);
  return { record, verdict, verdicts };
}

/** Reports show only a result that counts. */
function reportResult(
  { key, emit }: PeerTest,
  one: Case,
  attempt: number,
  { record, verdict, verdicts }: Played,
  counts: boolean,
): void {
  const about = { peer: key, case: one.id, attempt };
  if (counts) emit({ type: "case-end", ...about, record, verdict, verdicts });
  else emit({ type: "case-unconfirmed", ...about, record, verdict });
}

/** Resolves or rejects as the play does, once it is known whether the process still runs. */
async function watched(playing: Promise<CaseRecord>, id: string, watch: ProcessWatch): Promise<CaseRecord> {
  try {
    const record = await playing;
    await watch.caseEnded(id, record);
    return record;
  } catch (error) {
    await watch.caseNotConnected(id);
    throw error;
  }
}
