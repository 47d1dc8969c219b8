import { setMaxListeners } from "node:events";
import type { Case } from "../case/case.js";
import { casesFor } from "../case/select.js";
import type { Profile, RunConfig, RunEvent } from "../report/event.js";
import { SUITE_VERSION } from "../version.js";
import type { Patience } from "./arrival.js";
import { caseInfo } from "./case-info.js";
import { Channel } from "./channel.js";
import { CompressedStreams } from "./compressed-streams.js";
import { systemClock, type Clock } from "../time/clock.js";
import { testPeer } from "./peer.js";
import type { PeerOptions } from "./peer-options.js";
import type { PeerProcess } from "./peer-process.js";
import { target, type Target, type TargetOptions } from "./target.js";
import { Tally } from "./tally.js";

export interface RunOptions {
  /** Peers to test, one after the other: ws:// or wss://. */
  readonly urls: readonly string[];
  /** Names of the peers in reports, by position. Otherwise the `Server` header, else the URL. */
  readonly agents?: readonly string[];
  /** The name of a server that does not say one in a `Server` header; its URL if absent. */
  readonly unnamed?: string;
  /** What holds for one server only, by position. */
  readonly peers?: readonly PeerOptions[];
  /** Cases that are not played with a server, by its name in reports. */
  readonly isExcluded?: (agent: string, caseId: string) => boolean;
  /** What is played, in catalogue order; cases that can be asked of clients only are passed over. */
  readonly cases: readonly Case[];
  /** Name of the set that the cases were taken from, for the record. */
  readonly set?: string;
  /** How cases are played and judged; `modern` if absent. */
  readonly profile?: Profile;
  /** Cases in flight at the same time, 1 to 256; 32 if absent. */
  readonly concurrency?: number;
  /** Factor for every deadline; 1 if absent. */
  readonly timeoutScale?: number;
  /**
   * Seconds without a single octet after which a load case (sections 9, 12, 13) is too slow to judge under `modern`; 10
   * if absent, and three times as many when it is played again alone. Not scaled.
   */
  readonly loadSilenceSeconds?: number;
  /**
   * How many messages load cases (sections 9.7, 9.8, 12, 13) send: `full`, the 1,000 of the original, or `enough` to
   * exercise what the case is about. If absent, `full` under `autobahn` and `enough` under `modern`.
   */
  readonly messages?: "full" | "enough";
  /** How often peers that are not there yet are tried again, all together; once if absent. */
  readonly patience?: Readonly<Patience>;
  /** Accept any certificate. */
  readonly insecure?: boolean;
  /** Certificates to trust instead of the usual ones, and the name of the file they are from. */
  readonly ca?: { readonly file: string; readonly pem: string };
  /** Name for SNI and for the check of the certificate. */
  readonly servername?: string;
  readonly origin?: string;
  /** Further header lines, `Name: value`. */
  readonly headers?: readonly string[];
  readonly subprotocols?: readonly string[];
  /**
   * The process of the peers, if it is to be started, followed, and started again when it has ended. Who made it ends
   * it when the run is over.
   */
  readonly process?: PeerProcess;
  /** Aborted: cases in flight are given up, and the run ends as interrupted. */
  readonly signal?: AbortSignal;
  /** For tests. */
  readonly clock?: Clock;
}

/**
 * Measured with the 247 cases of sections 1–7 and 10 on two cores: a conforming peer takes 1.24 s with one case in
 * flight, 0.53 s with 4, 0.31 s with 16, 0.29 s with 32; one that never answers Close frames 17.1 s with 16, 11.2 s with
 * 32 and 8.2 s with 64. More than 32 connections at a time is more than some peers take.
 */
export const DEFAULT_CONCURRENCY = 32;

/** Events that may wait for the reader of a run before no further case is begun. */
const EVENTS_WAITING = 4096;

/**
 * Tests peers and tells everything as events (`RunEvent`), the last one being `run-end`. Peers that cannot be
 * reached are events too; it throws only for options that make no sense (a TypeError or Error before the first
 * event).
 */
export async function* run(options: RunOptions): AsyncGenerator<RunEvent, void> {
  const settings = settle({ ...options, cases: casesFor("server", options.cases) });
  const channel = new Channel<RunEvent>(EVENTS_WAITING);
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  // Every connection listens to it.
  setMaxListeners(0, signal);
  const finished = testAll(settings, channel, signal).finally(() => channel.end());
  // A fault in there is thrown below, after the events that were still told.
  finished.catch(() => undefined);
  try {
    yield* channel;
    await finished;
  } finally {
    stop.abort();
    await finished;
  }
}

export interface Settings {
  readonly options: RunOptions;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly concurrency: number;
  readonly timeoutScale: number;
  readonly messages: "full" | "enough";
  /** Compressed messages that cases share, of all peers. */
  readonly streams: CompressedStreams;
  readonly targets: readonly Target[];
  /** What is left of it. */
  readonly patience: Patience | undefined;
  /** Notes that are not about one peer, each of which is told once. */
  readonly told: Set<string>;
}

function settle(options: RunOptions): Settings {
  return {
    options,
    profile: options.profile ?? "modern",
    clock: options.clock ?? systemClock,
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    timeoutScale: options.timeoutScale ?? 1,
    messages: options.messages ?? (options.profile === "autobahn" ? "full" : "enough"),
    streams: new CompressedStreams(),
    patience: options.patience === undefined ? undefined : { ...options.patience },
    told: new Set(),
    targets: options.urls.map((url, index) =>
      target(url, { ...rest(options), ...options.peers?.[index]?.target }),
    ),
  };
}

function rest({ ca, ...options }: RunOptions): TargetOptions {
  return { ...options, ...(ca === undefined ? {} : { ca: ca.pem }) };
}

async function testAll(settings: Settings, channel: Channel<RunEvent>, signal: AbortSignal): Promise<void> {
  const { options, clock, targets } = settings;
  const tally = new Tally();
  let room: Promise<void> | undefined;
  const emit = (event: RunEvent): void => {
    tally.see(event);
    room = channel.push(event) ?? room;
  };
  const ready = async (): Promise<void> => {
    const full = room;
    room = undefined;
    await full;
  };
  const began = clock.now();
  emit({
    type: "run",
    suite: SUITE_VERSION,
    startedAt: clock.date(),
    set: options.set ?? "all",
    profile: settings.profile,
    messages: settings.messages,
    seed: 0,
    config: config(settings),
    cases: options.cases.map(caseInfo),
  });
  const names = new Set<string>();
  for (const [index, peerTarget] of targets.entries()) {
    if (signal.aborted) break;
    const own = options.peers?.[index] ?? {};
    const wanted = own.agent ?? options.agents?.[index];
    await testPeer({
      key: `peer-${index + 1}`,
      target: peerTarget,
      own,
      ...(wanted === undefined ? {} : { agent: wanted }),
      url: options.urls[index] ?? peerTarget.url.href,
      names,
      settings,
      emit,
      ready,
      signal,
    });
  }
  const selected = options.cases.length * targets.length;
  emit({ type: "run-end", totals: tally.totals(selected, (clock.now() - began) / 1000, signal.aborted) });
}

function config(settings: Settings): RunConfig {
  const { options, concurrency, timeoutScale } = settings;
  return {
    urls: options.urls,
    concurrency,
    timeoutScale,
    ...(options.loadSilenceSeconds === undefined ? {} : { loadSilenceSeconds: options.loadSilenceSeconds }),
    insecure: options.insecure === true,
    ...(options.ca === undefined ? {} : { ca: options.ca.file }),
    ...(options.servername === undefined ? {} : { servername: options.servername }),
    ...(options.origin === undefined ? {} : { origin: options.origin }),
    ...(options.process === undefined ? {} : started(options.process)),
    headers: options.headers ?? [],
    subprotocols: options.subprotocols ?? [],
  };
}

function started({ command, waitMs }: PeerProcess): Pick<RunConfig, "start" | "waitSeconds"> {
  return { start: command, waitSeconds: waitMs / 1000 };
}
