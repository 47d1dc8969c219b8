import {
  CLOSING_WORDS,
  type AgainstPeer,
  type Closing,
  type Outcome,
  type PageAgainst,
  type PageCase,
} from "wireproof/page";
import type { Peer, RunModel } from "./run-model.js";
import { isClosingBad, STANDING_WORDS } from "./standing.js";

/** How a result differs from that of the earlier run. */
export interface Change {
  readonly id: string;
  readonly kind: "worse" | "better" | "other" | "new" | "gone";
  /** What it was and what it is, in words. */
  readonly before: string;
  readonly after: string;
}

type Before = readonly [Outcome, Closing, number | null];

/** The peer of the earlier run that this one is compared with: of the same name, else the only one there is. */
export function earlierPeer(model: RunModel, peer: Peer): AgainstPeer | undefined {
  const earlier = model.against?.peers ?? [];
  const named =
    earlier.find(({ agent }) => agent === peer.agent) ?? earlier.find(({ url }) => url === peer.url);
  return named ?? (earlier.length === 1 && model.peers.length === 1 ? earlier[0] : undefined);
}

/** What changed for a peer, by case; empty where there is nothing to compare with. */
export function changesOf(model: RunModel, peer: Peer): ReadonlyMap<string, Change> {
  const earlier = earlierPeer(model, peer);
  const changes = new Map<string, Change>();
  if (earlier === undefined) return changes;
  for (const { id } of model.cases) {
    if (peer.selected?.has(id) === false) continue;
    const change = changeOf(id, earlier.cases[id], peer.results.get(id), model.end !== null);
    if (change !== undefined) changes.set(id, change);
  }
  return changes;
}

/** One line about the run that is compared with. */
export function againstLine(against: PageAgainst): string {
  return `${against.file}, started ${against.startedAt.slice(0, 16).replace("T", " ")} UTC, profile ${against.profile}`;
}

function changeOf(
  id: string,
  before: Before | undefined,
  now: PageCase | undefined,
  isOver: boolean,
): Change | undefined {
  if (now === undefined) {
    if (before === undefined || !isOver) return undefined;
    return { id, kind: "gone", before: words(before), after: "Not run" };
  }
  const after: Before = [now.outcome, now.closing, now.code];
  if (before === undefined) return { id, kind: "new", before: "No result", after: words(after) };
  if (before.join() === after.join()) return undefined;
  const difference = badness(after) - badness(before);
  const kind = difference > 0 ? "worse" : difference < 0 ? "better" : "other";
  return { id, kind, before: words(before), after: words(after) };
}

const BADNESS: Readonly<Record<Outcome, number>> = {
  pass: 0,
  informational: 0,
  "non-strict": 1,
  unimplemented: 2,
  skipped: 2,
  "too-slow": 3,
  blocked: 4,
  fail: 4,
  "harness-error": 5,
};

function badness([outcome, closing]: Before): number {
  return 2 * BADNESS[outcome] + (isClosingBad(closing) ? 1 : 0);
}

function words([outcome, closing, code]: Before): string {
  const end = isClosingBad(closing) ? CLOSING_WORDS[closing].toLowerCase() : null;
  return [
    STANDING_WORDS[outcome],
    ...(end === null ? [] : [end]),
    code === null ? "no close code" : `code ${code}`,
  ].join(", ");
}
