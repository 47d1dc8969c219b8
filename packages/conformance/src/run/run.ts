import { setMaxListeners } from "node:events";
import { casesFor } from "../case/select.js";
import type { RunConfig, RunEvent } from "./event.js";
import { SUITE_VERSION } from "../version.js";
import { caseInfo } from "./case-info.js";
import { Channel } from "./channel.js";
import { RunFindings } from "./findings.js";
import { testPeer } from "./peer.js";
import type { PeerProcess } from "./peer-process.js";
import { resolveSettings, type RunOptions, type Settings } from "./run-options.js";
import { RunTotals } from "./totals.js";

/** While this many events wait for the reader of a run, no further case begins. */
const EVENTS_WAITING = 4096;

/**
 * Tests servers and emits everything as events, the last one being `run-end`. Servers that cannot be reached are events
 * too.
 *
 * @param options - Which servers, which cases, and how they are played.
 * @returns The events. Reading slowly slows the run down; ending the iteration stops it.
 * @throws A TypeError for a URL that is none, an Error for certificates that cannot be read, both before the first event.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { cases, hasFailed, run, selectCases } from "wireproof";
 *
 * await using server = createServer({ message: (ws, data) => ws.send(data) });
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * const selection = selectCases(cases, { include: ["1.1.*"], exclude: [] });
 * if (!selection.ok) throw new Error("no such case");
 * let played = 0;
 * for await (const event of run({ urls: [`ws://127.0.0.1:${port}`], cases: selection.cases })) {
 *   if (event.type !== "case-end") continue;
 *   console.assert(!hasFailed(event.verdict.outcome), event.verdict.because);
 *   played++;
 * }
 * console.assert(played === selection.cases.length);
 * ```
 */
export async function* run(options: RunOptions): AsyncGenerator<RunEvent, void> {
  const settings = resolveSettings({
    ...options,
    cases: casesFor("server", options.cases, {
      pings: options.keepaliveSeconds !== undefined,
      http2: options.http2 === true,
    }),
  });
  const channel = new Channel<RunEvent>(EVENTS_WAITING);
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  // Every connection listens to the signal.
  setMaxListeners(0, signal);
  const finished = testAll(settings, channel, signal).finally(() => channel.end());
  // An error in there is thrown below, after the events that were emitted before it.
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
  const findings = new RunFindings();
  let space: Promise<void> | undefined;
  const emit = (event: RunEvent): void => {
    totals.see(event);
    findings.see(event);
    space = channel.push(event) ?? space;
  };
  const whenDrained = async (): Promise<void> => {
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
    const peerOptions = options.peers?.[index] ?? {};
    const wanted = peerOptions.agent ?? options.agents?.[index];
    const key = `peer-${index + 1}`;
    await testPeer({
      key,
      target: peerTarget,
      peerOptions,
      ...(wanted === undefined ? {} : { agent: wanted }),
      url: options.urls[index] ?? peerTarget.url.href,
      names,
      settings,
      emit,
      whenDrained,
      signal,
    });
    const found = findings.of(key);
    if (found !== undefined) emit(found);
  }
  const selected = options.cases.length * targets.length;
  emit({ type: "run-end", totals: totals.totals(selected, (clock.now() - began) / 1000, signal.aborted) });
}

function config(settings: Settings): RunConfig {
  const { options, concurrency, timeoutScale } = settings;
  return {
    urls: options.urls,
    concurrency,
    ...(options.shard === undefined ? {} : { shard: options.shard }),
    timeoutScale,
    ...(options.loadSilenceSeconds === undefined ? {} : { loadSilenceSeconds: options.loadSilenceSeconds }),
    ...(options.keepaliveSeconds === undefined ? {} : { keepaliveSeconds: options.keepaliveSeconds }),
    ...(options.http2 === true ? { http2: true } : {}),
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
