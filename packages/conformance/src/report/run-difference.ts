import type { PeerFinding } from "../run/finding.js";
import { findingsOf, isGrave } from "./headline.js";
import { isUnexpected, type CaseResult, type PeerResults, type RunResults } from "./run-results.js";

/** How a case did in two runs; undefined where it has no result. */
export interface CaseChange {
  readonly id: string;
  readonly before: CaseResult | undefined;
  readonly now: CaseResult | undefined;
}

/** What changed of one peer from one run to another. */
export interface PeerDifference {
  readonly before: PeerResults;
  readonly now: PeerResults;
  readonly findings: {
    readonly new: readonly PeerFinding[];
    /** Not found any more, although a case that had shown it was played again. */
    readonly fixed: readonly PeerFinding[];
    /** Not found any more, and no case was played that could have shown it. */
    readonly unknown: readonly PeerFinding[];
    /** Found as before, and worse or less bad. */
    readonly changed: readonly { readonly before: PeerFinding; readonly now: PeerFinding }[];
  };
  readonly cases: {
    /** Not as expected now; before they were, or had no result. */
    readonly new: readonly CaseChange[];
    readonly fixed: readonly CaseChange[];
    /** Another outcome, end or close code, and neither better nor worse. */
    readonly changed: readonly CaseChange[];
    /** Selected in both runs, with a result in the earlier one only. */
    readonly lost: readonly string[];
    /** In one of the runs only. */
    readonly added: readonly string[];
    readonly removed: readonly string[];
  };
}

/** Two runs, peer by peer. */
export interface RunDifference {
  readonly peers: readonly PeerDifference[];
  /** Peers of one run without a match in the other. */
  readonly gone: readonly PeerResults[];
  readonly added: readonly PeerResults[];
}

/** What changed from one run to another. A peer is matched by its name, then by its URL; an only one with the only other. */
export function compareRuns(before: RunResults, now: RunResults): RunDifference {
  const pairs = pairPeers([...before.peers.values()], [...now.peers.values()]);
  const matched = new Set(pairs.flat());
  return {
    peers: pairs.map(([earlier, later]) => comparePeers(before, earlier, now, later)),
    gone: [...before.peers.values()].filter((peer) => !matched.has(peer)),
    added: [...now.peers.values()].filter((peer) => !matched.has(peer)),
  };
}

/** Whether something is worse than before: what the exit code says. A new warning or note is not. */
export function isWorse({ peers, gone }: RunDifference): boolean {
  return (
    gone.length > 0 ||
    peers.some(
      ({ findings, cases }) =>
        findings.new.some(isGrave) ||
        findings.changed.some((change) => !isGrave(change.before) && isGrave(change.now)) ||
        cases.new.length > 0 ||
        cases.lost.length > 0,
    )
  );
}

type Pair = readonly [PeerResults, PeerResults];

function pairPeers(before: readonly PeerResults[], now: readonly PeerResults[]): readonly Pair[] {
  const [one] = before;
  const [other] = now;
  if (before.length === 1 && now.length === 1 && one !== undefined && other !== undefined)
    return [[one, other]];
  const pairs: Pair[] = [];
  const free = new Set(now);
  const match = (peer: PeerResults, isSame: (candidate: PeerResults) => boolean): boolean => {
    const found = [...free].find(isSame);
    if (found === undefined) return false;
    free.delete(found);
    pairs.push([peer, found]);
    return true;
  };
  const unnamed = before.filter(
    (peer) => peer.agent === null || !match(peer, (candidate) => candidate.agent === peer.agent),
  );
  for (const peer of unnamed) match(peer, (candidate) => candidate.url === peer.url);
  return pairs;
}

function comparePeers(
  before: RunResults,
  earlier: PeerResults,
  now: RunResults,
  later: PeerResults,
): PeerDifference {
  return {
    before: earlier,
    now: later,
    findings: compareFindings(earlier, later),
    cases: compareCases(before, earlier, now, later),
  };
}

function compareFindings(earlier: PeerResults, later: PeerResults): PeerDifference["findings"] {
  const old = new Map(findingsOf(earlier).map((finding) => [finding.id, finding]));
  const current = new Map(findingsOf(later).map((finding) => [finding.id, finding]));
  const gone = [...old.values()].filter(({ id }) => !current.has(id));
  const isTested = ({ cases, first }: PeerFinding): boolean =>
    later.found !== null && (cases.length === 0 ? [first] : cases).some((id) => later.results.has(id));
  return {
    new: [...current.values()].filter(({ id }) => !old.has(id)),
    fixed: gone.filter(isTested),
    unknown: gone.filter((finding) => !isTested(finding)),
    changed: [...current.values()].flatMap((finding) => {
      const known = old.get(finding.id);
      return known === undefined || known.severity === finding.severity
        ? []
        : { before: known, now: finding };
    }),
  };
}

function compareCases(
  before: RunResults,
  earlier: PeerResults,
  now: RunResults,
  later: PeerResults,
): PeerDifference["cases"] {
  const changes = now.ids.map((id): CaseChange => {
    return { id, before: earlier.results.get(id), now: later.results.get(id) };
  });
  const isBad = (result: CaseResult | undefined): boolean => result !== undefined && isUnexpected(result);
  return {
    new: changes.filter((change) => isBad(change.now) && !isBad(change.before)),
    fixed: changes.filter((change) => change.now !== undefined && !isBad(change.now) && isBad(change.before)),
    changed: changes.filter((change) => isBad(change.now) === isBad(change.before) && isOther(change)),
    lost: changes
      .filter((change) => change.now === undefined && change.before !== undefined)
      .map(({ id }) => id),
    added: now.ids.filter((id) => !before.infos.has(id)),
    removed: before.ids.filter((id) => !now.infos.has(id)),
  };
}

function isOther({ before, now }: CaseChange): boolean {
  if (before === undefined || now === undefined) return false;
  return before.outcome !== now.outcome || before.closing !== now.closing || before.code !== now.code;
}
