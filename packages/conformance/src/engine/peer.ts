import type { Case } from "../case/case.js";
import type { RunEvent } from "../report/event.js";
import { judgeBoth } from "./judge.js";
import { peerName } from "./peer-name.js";
import { playAsClient } from "./play-client.js";
import { preflight, type Greeting, type Preflight } from "./preflight.js";
import type { Settings } from "./run.js";
import { schedule, type Played } from "./schedule.js";
import type { Target } from "./target.js";
import { timeouts } from "./timeouts.js";

export interface PeerTest {
  /** Key of the peer in this run. */
  readonly key: string;
  readonly target: Target;
  /** Its name, if the user gave one. */
  readonly agent?: string;
  readonly url: string;
  /** Names that are taken. */
  readonly names: Set<string>;
  readonly settings: Settings;
  readonly emit: (event: RunEvent) => void;
  readonly ready: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Tests one server with all cases, from the first greeting to its last repeat. */
export async function testPeer(test: PeerTest): Promise<void> {
  const { settings, emit, signal, key, url } = test;
  const greeting: Greeting = {
    target: test.target,
    profile: settings.profile,
    clock: settings.clock,
    timeouts: timeouts(settings.profile, settings.timeoutScale),
    signal,
  };
  const several = settings.concurrency > 1 && settings.options.cases.length > 1;
  const found = await preflight(greeting, several);
  if (signal.aborted) return;
  if (found.kind === "unreachable") {
    emit({ type: "peer-down", peer: key, url, after: null, because: found.because });
    return;
  }
  emit({ type: "peer-up", peer: key, agent: peerName(test, found.server), url });
  const text = noteOn(found);
  if (text !== null) emit({ type: "note", peer: key, text });
  const result = await schedule({
    cases: settings.options.cases,
    concurrency: found.kind === "open" && !found.takesSeveral ? 1 : settings.concurrency,
    play: (played, attempt, wasConcurrent) => playOne(test, greeting, played, attempt, wasConcurrent),
    signal,
    ready: test.ready,
  });
  if (result.down !== undefined) emit({ type: "peer-down", peer: key, url, ...result.down });
}

function noteOn(found: Preflight): string | null {
  if (found.kind === "refused") return found.because;
  if (found.kind === "open" && !found.takesSeveral) {
    return "the peer takes one connection at a time: it is tested one case at a time";
  }
  return null;
}

async function playOne(
  test: PeerTest,
  greeting: Greeting,
  played: Case,
  attempt: number,
  wasConcurrent: () => boolean,
): Promise<Played> {
  const { emit } = test;
  const about = { peer: test.key, case: played.id, attempt };
  emit({ type: "case-start", ...about });
  const record = await playAsClient({
    ...greeting,
    case: played,
    messages: test.settings.messages,
    streams: test.settings.streams,
    wire: (at, entry) => emit({ type: "wire", ...about, at, entry }),
    wasConcurrent,
  });
  const verdicts = judgeBoth(played, record);
  const verdict = verdicts[greeting.profile];
  if (verdict === undefined) throw new Error(`no verdict for case ${played.id}`);
  emit({ type: "case-end", ...about, record, verdict, verdicts });
  return { record, verdict };
}
