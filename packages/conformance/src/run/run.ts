import { setMaxListeners } from "node:events";
import { casesFor } from "../case/select.js";
import type { RunConfig, RunEvent } from "./event.js";
import { SUITE_VERSION } from "../version.js";
import { caseInfo } from "./case-info.js";
import { Channel } from "./channel.js";
import { testPeer } from "./peer.js";
import type { PeerProcess } from "./peer-process.js";
import { settle, type RunOptions, type Settings } from "./run-options.js";
import { RunTotals } from "./totals.js";

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

async function testAll(settings: Settings, channel: Channel<RunEvent>, signal: AbortSignal): Promise<void> {
  const { options, clock, targets } = settings;
  const totals = new RunTotals();
  let space: Promise<void> | undefined;
  const emit = (event: RunEvent): void => {
    totals.see(event);
    space = channel.push(event) ?? space;
  };
  const ready = async (): Promise<void> => {
    const full = space;
    space = undefined;
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
  emit({ type: "run-end", totals: totals.totals(selected, (clock.now() - began) / 1000, signal.aborted) });
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
