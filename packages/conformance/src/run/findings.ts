import { LINT_RULES } from "../case/lint-rules.js";
import {
  faultsOf,
  maskingKeyFaults,
  openingKeyFaults,
  openingKeyOf,
  type Fault,
  type KeyFault,
} from "../judge/lint.js";
import { closingObservationOf, observationOf, type Observation } from "../judge/observation.js";
import { hasFailed, type FaultOutcome } from "../judge/verdict.js";
import { MaskingKeyTally } from "../record/masking-keys.js";
import { OpeningKeyTally } from "../record/opening-keys.js";
import type { CaseRecord } from "../record/record.js";
import { requirementInfo } from "./case-info.js";
import type { CaseEnd, CaseUnconfirmed, PeerFindings, RunEvent, WireEvent } from "./event.js";
import {
  EVIDENCE_LINES,
  SEVERITIES,
  type FindingEvidence,
  type PeerFinding,
  type Severity,
} from "./finding.js";

/** The rule that checks a requirement. */
const RULES: ReadonlyMap<string, string> = new Map(
  LINT_RULES.flatMap(({ id, requirements }) => requirements.map((one) => [one, id] as const)),
);

/**
 * Finds what is wrong with each peer, from the events of a run and nothing else: what its cases say, and what the octets
 * of all its connections show. A connection whose result was not confirmed counts for the latter: a limit that ran out
 * makes no octet illegal.
 */
export class RunFindings {
  readonly #peers = new Map<string, PeerLint>();

  see(event: RunEvent): void {
    if (event.type === "wire") this.#peer(event.peer).seeWire(event);
    if (event.type !== "case-end" && event.type !== "case-unconfirmed") return;
    if (event.record.notPlayed !== undefined || event.record.untried !== undefined) return;
    this.#peer(event.peer).see(event);
  }

  #peer(key: string): PeerLint {
    const peer = this.#peers.get(key) ?? new PeerLint(key);
    this.#peers.set(key, peer);
    return peer;
  }

  /** What was found about a peer; undefined if it had no connection. */
  of(peer: string): PeerFindings | undefined {
    const found = this.#peers.get(peer);
    return found?.hasConnection === true ? found.event() : undefined;
  }

  /** What was found about every peer that had a connection. */
  all(): readonly PeerFindings[] {
    return [...this.#peers.values()].filter(({ hasConnection }) => hasConnection).map((peer) => peer.event());
  }
}

/** A finding on its way: what it is, and where it was seen. */
interface Seen {
  readonly requirement: string | undefined;
  readonly observation: Observation;
  readonly outcome: FaultOutcome;
  readonly because: string;
  readonly first: string;
  connections: number;
  /** Cases whose verdict says so, and the play of each. */
  readonly cases: Map<string, number>;
  evidence: FindingEvidence;
}

/** On which connections something showed. */
interface Trail {
  first: string | undefined;
  connections: number;
}

/** What the last verdict of a case says. */
interface Told {
  readonly id: string;
  readonly failed: readonly (string | undefined)[];
}

class PeerLint {
  readonly #peer: string;
  /** Case and attempt: a result that is confirmed later comes twice, and is one connection. */
  readonly #plays = new Set<string>();
  readonly #seen = new Map<string, Seen>();
  /** What the verdict of each case says. */
  readonly #told = new Map<string, Told>();
  /** The last lines of the wire log of the plays in flight. */
  readonly #lines = new Map<string, FindingEvidence["wire"][number][]>();
  readonly #openingKeys = new OpeningKeyTally();
  readonly #maskingKeys = new MaskingKeyTally();
  readonly #trails: Readonly<Record<KeyFault["shownBy"], Trail>> = {
    repeats: { first: undefined, connections: 0 },
    foreseen: { first: undefined, connections: 0 },
    all: { first: undefined, connections: 0 },
  };
  #isClient = false;

  constructor(peer: string) {
    this.#peer = peer;
  }

  get hasConnection(): boolean {
    return this.#plays.size > 0;
  }

  seeWire({ case: id, attempt, at, entry }: WireEvent): void {
    // Frames say it better than octets; what does not make a frame is a violation and has its own line.
    if ("octets" in entry) return;
    const play = `${id} ${attempt}`;
    const lines = this.#lines.get(play) ?? [];
    this.#lines.set(play, lines);
    lines.push({ at, entry });
    if (lines.length > EVIDENCE_LINES) lines.shift();
  }

  see(event: CaseEnd | CaseUnconfirmed): void {
    const play = `${event.case} ${event.attempt}`;
    const evidence = { case: event.case, attempt: event.attempt, wire: this.#lines.get(play) ?? [] };
    this.#isClient ||= event.record.role === "server";
    if (!this.#plays.has(play)) {
      this.#plays.add(play);
      for (const fault of faultsOf(event.record)) this.#add(fault, evidence);
      if (event.record.role === "server") this.#seeClient(event.record, evidence);
    }
    if (event.type === "case-end") this.#noteVerdict(event, evidence);
    this.#lines.delete(play);
  }

  event(): PeerFindings {
    const { frames } = this.#maskingKeys.facts;
    const findings = [...this.#seen.values(), ...this.#keyFindings()].map((seen) => this.#finding(seen));
    return {
      type: "findings",
      peer: this.#peer,
      connections: this.#plays.size,
      ...(this.#isClient ? { maskingKeys: frames } : {}),
      findings: findings.toSorted(byWeight),
    };
  }

  #seeClient({ handshake, maskingKeys }: CaseRecord, evidence: FindingEvidence): void {
    const id = evidence.case;
    const key = openingKeyOf(handshake.request);
    if (key !== undefined)
      for (const fault of openingKeyFaults(key, this.#openingKeys.add(key, handshake.opened)))
        this.#add(fault, evidence);
    if (maskingKeys === undefined) return;
    if (this.#maskingKeys.add(maskingKeys) > 0) follow(this.#trails.repeats, id);
    if (maskingKeys.foreseen > 0) follow(this.#trails.foreseen, id);
    follow(this.#trails.all, id);
  }

  /** What the octets of a connection show, whatever its case is about. */
  #add({ requirement, outcome, because }: Fault, evidence: FindingEvidence): void {
    this.#entry(requirement, "violation", outcome, because, evidence).connections++;
  }

  #entry(
    requirement: string | undefined,
    observation: Observation,
    outcome: FaultOutcome,
    because: string,
    evidence: FindingEvidence,
  ): Seen {
    const id = findingId(requirement, observation, this.#isClient);
    const known = this.#seen.get(id);
    if (known !== undefined) return known;
    const first = evidence.case;
    const cases = new Map<string, number>();
    const seen = { requirement, observation, outcome, because, first, connections: 0, cases, evidence };
    this.#seen.set(id, seen);
    return seen;
  }

  #keyFindings(): readonly Seen[] {
    return maskingKeyFaults(this.#maskingKeys.facts).map((fault) => {
      const { requirement, outcome, because } = fault;
      const { first = "", connections } = this.#trails[fault.shownBy];
      const evidence = { case: first, attempt: 1, wire: [] };
      const observation = "violation" as const;
      return { requirement, observation, outcome, because, first, connections, cases: new Map(), evidence };
    });
  }

  /** The last verdict of a case counts: what an earlier one said is taken back. */
  #noteVerdict({ case: id, attempt, verdict, record }: CaseEnd, evidence: FindingEvidence): void {
    for (const [key, seen] of this.#seen) {
      if (seen.cases.delete(id) && seen.cases.size === 0 && seen.connections === 0) this.#seen.delete(key);
    }
    const { outcome, closing, because, requirement, closingBecause, closingRequirement } = verdict;
    const hasBroken = hasFailed(outcome) && outcome !== "harness-error" && outcome !== "too-slow";
    const isClosingFine = closing === "ok" || closing === "not-applicable" || closing === "not-opened";
    this.#told.set(id, {
      id,
      failed: [hasFailed(outcome) ? requirement : undefined, isClosingFine ? undefined : closingRequirement],
    });
    if (hasBroken || outcome === "non-strict") {
      const found = hasBroken ? "fail" : "non-strict";
      const observation = observationOf(verdict, record);
      this.#entry(requirement, observation, found, because, evidence).cases.set(id, attempt);
    }
    if (!isClosingFine) {
      const observation = closingObservationOf(closing, record);
      this.#entry(closingRequirement, observation, "fail", closingBecause, evidence).cases.set(id, attempt);
    }
  }

  #finding({
    requirement,
    observation,
    outcome,
    because,
    first,
    connections,
    cases,
    evidence,
  }: Seen): PeerFinding {
    const rule = observation === "violation" ? RULES.get(requirement ?? "") : undefined;
    const told = [...this.#told.values()];
    return {
      id: findingId(requirement, observation, this.#isClient),
      requirement: requirement === undefined ? null : requirementInfo(requirement),
      observation,
      ...(rule === undefined ? {} : { rule }),
      severity: SEVERITY[outcome],
      outcome,
      because,
      first,
      cases: [...cases.keys()],
      connections: Math.max(connections, cases.size),
      counted: cases.size > 0 || told.some(({ failed }) => failed.includes(requirement ?? "")),
      evidence,
    };
  }
}

const SEVERITY: Readonly<Record<FaultOutcome, Severity>> = {
  fail: "error",
  "non-strict": "warning",
  informational: "note",
};

/** The same in every run. */
function findingId(requirement: string | undefined, observation: Observation, isClient: boolean): string {
  return `${requirement ?? "none"}/${observation}/${isClient ? "client" : "server"}`;
}

/** The worst first, then what shows most often. */
function byWeight(a: PeerFinding, b: PeerFinding): number {
  const worse = SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
  if (worse !== 0) return worse;
  return Math.max(b.cases.length, b.connections) - Math.max(a.cases.length, a.connections);
}

function follow(trail: Trail, id: string): void {
  trail.first ??= id;
  trail.connections++;
}
