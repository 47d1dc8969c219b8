import { hasFailed } from "../judge/verdict.js";
import type { CaseEnd, PeerExit, RunEvent } from "../run/event.js";
import type { KnownFault, PeerFinding } from "../run/finding.js";
import { RunFindings } from "../run/findings.js";
import type { Baseline, Entry, FlakyCase, KnownCase, KnownFinding } from "./baseline-file.js";

/** What a run, or several, say of a baseline. */
export interface BaselineResult {
  /** Entries that were found, and whose time is not over. */
  readonly known: readonly (KnownFinding | KnownCase)[];
  /** Entries that were looked for and not found. */
  readonly stale: readonly (KnownFinding | KnownCase)[];
  /** Entries whose time is over; they accept nothing any more. */
  readonly expired: readonly (KnownFinding | KnownCase | FlakyCase)[];
  /** Cases with different results in one run. */
  readonly flaky: readonly FlakyResult[];
  /** Unknown faults, as entries without a reason. */
  readonly news: Baseline;
}

export interface FlakyResult {
  readonly peer: string;
  readonly case: string;
  /** The baseline has it among the flaky ones. */
  readonly isKnown: boolean;
}

/** Cases that an entry names as those that show its finding. */
const SHOWN_BY = 3;

/** A case of a peer as far as it was played. */
interface Played {
  readonly last: CaseEnd;
  /** Whether results of the same case differ. */
  readonly isFlaky: boolean;
}

interface PeerState {
  readonly agent: string;
  readonly played: Map<string, Played>;
  findings: readonly PeerFinding[];
  /** The run was over, so that what was not found is not there. */
  isComplete: boolean;
}

/**
 * Compares runs with a baseline, one after the other: what is known, what is new, and what is no longer there. It follows
 * the events of each run from the first to the last.
 */
export class KnownFaults {
  readonly #baseline: Baseline;
  readonly #today: string;
  /** Peers of all runs; keys of peers are unique in a run only. */
  readonly #peers: PeerState[] = [];
  #current = new Map<string, PeerState>();
  /** What was found so far, for questions before the end of a run. */
  #soFar = new RunFindings();

  /** `today`: the day, UTC, such as `2027-01-31`. */
  constructor(baseline: Baseline, today: string) {
    this.#baseline = baseline;
    this.#today = today;
  }

  see(event: RunEvent): void {
    if (this.#baseline.findings.length > 0) this.#soFar.see(event);
    switch (event.type) {
      case "run":
        this.#current = new Map();
        this.#soFar = new RunFindings();
        this.#soFar.see(event);
        break;
      case "peer-up": {
        const state = { agent: event.agent, played: new Map(), findings: [], isComplete: false };
        this.#current.set(event.peer, state);
        this.#peers.push(state);
        break;
      }
      case "case-end": {
        const peer = this.#current.get(event.peer);
        const before = peer?.played.get(event.case);
        const isFlaky =
          before !== undefined && (before.isFlaky || isUnexpected(before.last) !== isUnexpected(event));
        peer?.played.set(event.case, { last: event, isFlaky });
        break;
      }
      case "findings": {
        const peer = this.#current.get(event.peer);
        if (peer !== undefined) peer.findings = event.findings;
        break;
      }
      case "run-end":
        for (const peer of this.#current.values()) peer.isComplete = !event.totals.interrupted;
        break;
      default:
    }
  }

  /** The event with what the baseline says of its findings, for reports. */
  annotated(event: RunEvent): RunEvent {
    if (event.type !== "findings") return event;
    const agent = this.#current.get(event.peer)?.agent ?? "";
    return {
      ...event,
      findings: event.findings.map((finding) => {
        const entry = this.#valid(this.#baseline.findings, agent, (one) => one.finding === finding.id);
        return entry === undefined ? finding : { ...finding, known: ofEntry(entry) };
      }),
    };
  }

  /** Whether this result, which is not as expected, is known; of the run that is read, also before its end. */
  isKnownCase(key: string, id: string): boolean {
    const peer = this.#current.get(key);
    const last = peer?.played.get(id)?.last;
    if (peer === undefined || last === undefined) return false;
    if (this.#valid(this.#baseline.flaky, peer.agent, (one) => one.case === id) !== undefined) return true;
    if (this.#valid(this.#baseline.cases, peer.agent, (one) => isResult(one, last)) !== undefined)
      return true;
    return this.#isExplained(peer, key, last);
  }

  /** Whether a finding is known; of the run that is read. */
  isKnownFinding(key: string, { id }: PeerFinding): boolean {
    const agent = this.#current.get(key)?.agent ?? "";
    return this.#valid(this.#baseline.findings, agent, (one) => one.finding === id) !== undefined;
  }

  /** Whether it is known that the process of a peer ends: as a finding, or of all cases that were in flight. */
  isKnownExit({ peer: key, cases }: Pick<PeerExit, "peer" | "cases">): boolean {
    const peer = this.#current.get(key);
    if (peer === undefined) return false;
    const crashes = this.#valid(this.#baseline.findings, peer.agent, ({ finding }) =>
      /\/(crash|exhausted)\//.test(finding),
    );
    const isKnown = (id: string): boolean =>
      this.#valid(this.#baseline.cases, peer.agent, (one) => one.case === id) !== undefined;
    return crashes !== undefined || (cases.length > 0 && cases.every(isKnown));
  }

  /** What all runs so far say. */
  result(): BaselineResult {
    const { findings, cases, flaky } = this.#baseline;
    const looked = [
      ...findings.map((entry) => ({ entry, ...this.#lookForFinding(entry) })),
      ...cases.map((entry) => ({ entry, ...this.#lookForCase(entry) })),
    ].filter(({ entry }) => !this.#isExpired(entry));
    return {
      known: looked.filter(({ isFound }) => isFound).map(({ entry }) => entry),
      stale: looked.filter(({ isFound, isChecked }) => isChecked && !isFound).map(({ entry }) => entry),
      expired: [...findings, ...cases, ...flaky].filter((entry) => this.#isExpired(entry)),
      flaky: this.#peers.flatMap((peer) => this.#flakyOf(peer)),
      news: this.#news(),
    };
  }

  #lookForFinding(entry: KnownFinding): { isChecked: boolean; isFound: boolean } {
    const peers = this.#peers.filter(({ agent }) => entry.peer === undefined || entry.peer === agent);
    return {
      isFound: peers.some((peer) => peer.findings.some(({ id }) => id === entry.finding)),
      isChecked: peers.some(
        (peer) => peer.isComplete && (entry.shownBy ?? []).every((id) => wasPlayed(peer.played.get(id))),
      ),
    };
  }

  #lookForCase(entry: KnownCase): { isChecked: boolean; isFound: boolean } {
    const results = this.#peers
      .filter(({ agent }) => entry.peer === undefined || entry.peer === agent)
      .flatMap(({ played }) => played.get(entry.case) ?? [])
      .filter(wasPlayed);
    return {
      isFound: results.some(({ last }) => isUnexpected(last) && isResult(entry, last)),
      isChecked: results.length > 0,
    };
  }

  #flakyOf({ agent, played }: PeerState): readonly FlakyResult[] {
    return [...played].flatMap(([id, { isFlaky }]) => {
      if (!isFlaky) return [];
      const known = this.#valid(this.#baseline.flaky, agent, (one) => one.case === id);
      return [{ peer: agent, case: id, isKnown: known !== undefined }];
    });
  }

  /** A peer is named where there are several. */
  #news(): Baseline {
    const findings: KnownFinding[] = [];
    const cases: KnownCase[] = [];
    const flaky: FlakyCase[] = [];
    const agents = new Set(this.#peers.map(({ agent }) => agent));
    for (const peer of this.#peers) {
      const { agent, played } = peer;
      const about = { ...(agents.size > 1 ? { peer: agent } : {}), reason: "" };
      const listed = (entries: readonly (FlakyCase | KnownCase)[], id: string): boolean =>
        entries.some((one) => one.case === id && (one.peer ?? agent) === agent);
      const failed = peer.findings.filter(({ outcome }) => outcome === "fail");
      for (const { id, cases: showing, first } of failed) {
        const known = this.#baseline.findings.some(
          (one) => one.finding === id && (one.peer ?? agent) === agent,
        );
        if (known) continue;
        const shownBy = (showing.length > 0 ? showing : [first]).slice(0, SHOWN_BY);
        findings.push({ finding: id, ...about, shownBy });
      }
      const explained = new Set(failed.flatMap(({ cases: showing }) => showing));
      for (const [id, { last, isFlaky }] of played) {
        const { outcome, closing } = last.verdict;
        if (isFlaky && !listed(this.#baseline.flaky, id)) flaky.push({ case: id, ...about });
        if (isFlaky || !isUnexpected(last) || outcome === "harness-error") continue;
        if (explained.has(id) && outcome !== "too-slow") continue;
        const isListed = this.#baseline.cases.some(
          (one) => (one.peer ?? agent) === agent && isResult(one, last),
        );
        if (!isListed) cases.push({ case: id, outcome, closing, ...about });
      }
    }
    return { findings, cases, flaky };
  }

  /** All that went wrong with the case belongs to known findings, and at least one of them says so. */
  #isExplained(peer: PeerState, key: string, last: CaseEnd): boolean {
    const { outcome } = last.verdict;
    if (this.#baseline.findings.length === 0 || outcome === "too-slow" || outcome === "harness-error")
      return false;
    const findings = peer.findings.length > 0 ? peer.findings : (this.#soFar.of(key)?.findings ?? []);
    const about = findings.filter((one) => one.outcome === "fail" && one.cases.includes(last.case));
    return about.length > 0 && about.every((one) => this.isKnownFinding(key, one));
  }

  #valid<E extends Entry>(entries: readonly E[], agent: string, isIt: (entry: E) => boolean): E | undefined {
    return entries.find((one) => (one.peer ?? agent) === agent && isIt(one) && !this.#isExpired(one));
  }

  #isExpired({ expires }: Entry): boolean {
    return expires !== undefined && expires < this.#today;
  }
}

/** Worse than as expected. */
function isUnexpected({ verdict: { outcome, closing } }: CaseEnd): boolean {
  return hasFailed(outcome) || (closing !== "ok" && closing !== "not-applicable");
}

/** A case that was skipped or blocked says nothing about what is known of it. */
function wasPlayed(played: Played | undefined): played is Played {
  return played !== undefined && played.last.record.notPlayed === undefined;
}

function isResult({ case: id, outcome, closing }: KnownCase, { case: played, verdict }: CaseEnd): boolean {
  return (
    id === played &&
    (outcome ?? verdict.outcome) === verdict.outcome &&
    (closing ?? verdict.closing) === verdict.closing
  );
}

function ofEntry({ reason, issue, expires }: Entry): KnownFault {
  return {
    reason,
    ...(issue === undefined ? {} : { issue }),
    ...(expires === undefined ? {} : { expires }),
  };
}
