import { LINT_RULES } from "../case/lint-rules.js";
import { REQUIREMENTS } from "../case/requirements.js";
import { blamesOf, type AboutCase, type Blame } from "../judge/blame.js";
import { isDeflated, SentReader, type CaseFacts } from "../judge/case-facts.js";
import { causesOf, type Cause } from "../judge/causes.js";
import { faultText } from "../judge/fault-text.js";
import { hintFor, refusalHint } from "../judge/hints.js";
import {
  faultsOf,
  maskingKeyFaults,
  openingKeyFaults,
  openingKeyOf,
  type Fault,
  type KeyFault,
} from "../judge/lint.js";
import type { Observation } from "../judge/observation.js";
import { hasFailed, type FaultOutcome, type Outcome } from "../judge/verdict.js";
import { MaskingKeyTally } from "../record/masking-keys.js";
import { OpeningKeyTally } from "../record/opening-keys.js";
import type { CaseRecord } from "../record/record.js";
import { requirementInfo } from "./case-info.js";
import type {
  CaseEnd,
  CaseInfo,
  CaseUnconfirmed,
  PeerDown,
  PeerExit,
  PeerFindings,
  RunEvent,
  WireEvent,
} from "./event.js";
import { EvidenceLines, refusalText } from "./evidence.js";
import { SEVERITIES, type FindingEvidence, type PeerFinding, type Severity } from "./finding.js";

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
  readonly #peers = new Map<string, PeerTrial>();
  readonly #about = new Map<string, AboutCase>();

  see(event: RunEvent): void {
    switch (event.type) {
      case "run":
        for (const info of event.cases) this.#about.set(info.id, aboutOf(info));
        break;
      case "wire":
        this.#peer(event.peer).seeWire(event);
        break;
      case "case-end":
      case "case-unconfirmed":
        this.#peer(event.peer).see(event, this.#about.get(event.case));
        break;
      case "peer-exit":
      case "peer-down":
        this.#peer(event.peer).seeGone(event);
        break;
      default:
    }
  }

  #peer(key: string): PeerTrial {
    const peer = this.#peers.get(key) ?? new PeerTrial(key);
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

function aboutOf({ ending, requirements }: CaseInfo): AboutCase {
  const requirement = requirements[0]?.id;
  return { mustFail: ending.by === "peer", ...(requirement === undefined ? {} : { requirement }) };
}

/** A finding on its way: what it is, and where it was seen. */
interface Draft {
  readonly requirement: string | undefined;
  readonly observation: Observation;
  outcome: FaultOutcome;
  because: string;
  readonly first: string;
  connections: number;
  /** Cases whose verdict says so, in the order in which they ended. */
  readonly cases: Set<string>;
  evidence: FindingEvidence;
  /** The lower, the clearer is the evidence. */
  clarity: number;
  hint: string | undefined;
}

/** What the octets of connections show, whatever their cases are about. */
interface Trail extends Fault {
  readonly evidence: FindingEvidence;
  /** It is about the opening handshake, not about frames. */
  readonly isOfOpening: boolean;
  connections: number;
  /** The cases on whose connections it showed. */
  readonly cases: Set<string>;
}

/** On which connections the keys of a client showed something. */
interface KeyTrail {
  first: string | undefined;
  connections: number;
}

/** What the last verdict of a case says. */
interface Told {
  readonly facts: CaseFacts;
  readonly outcome: Outcome;
  /** Requirements that the verdict names. */
  readonly failed: readonly (string | undefined)[];
  readonly evidence: FindingEvidence;
  /** Lines of its whole wire log. */
  readonly lines: number;
  readonly hint: string | undefined;
}

const NO_LINES = new EvidenceLines();
const NOTHING_SENT = new SentReader().sent;

/** What a peer has shown so far. */
class PeerTrial {
  readonly #peer: string;
  /** Case and attempt: a result that is confirmed later comes twice, and is one connection. */
  readonly #plays = new Set<string>();
  readonly #trails = new Map<string, Trail>();
  readonly #told = new Map<string, Told>();
  /** Cases that were not played, because another one had shown that it is of no use. */
  readonly #notPlayed = new Set<string>();
  readonly #gone: (PeerExit | PeerDown)[] = [];
  /** The wire logs of the plays in flight, and of those that are not confirmed yet. */
  readonly #inFlight = new Map<string, { readonly lines: EvidenceLines; readonly sent: SentReader }>();
  readonly #openingKeys = new OpeningKeyTally();
  readonly #maskingKeys = new MaskingKeyTally();
  readonly #keyTrails: Readonly<Record<KeyFault["shownBy"], KeyTrail>> = {
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
    const play = `${id} ${attempt}`;
    const flight = this.#inFlight.get(play) ?? { lines: new EvidenceLines(), sent: new SentReader() };
    this.#inFlight.set(play, flight);
    flight.lines.see(at, entry);
    flight.sent.see(entry);
  }

  see(event: CaseEnd | CaseUnconfirmed, about: AboutCase | undefined): void {
    const { record, case: id } = event;
    if (record.untried !== undefined) return;
    if (record.notPlayed !== undefined) {
      this.#notPlayed.add(id);
      return;
    }
    const play = `${id} ${event.attempt}`;
    const flight = this.#inFlight.get(play);
    // A result that is not confirmed can be accepted later, without another play.
    if (event.type === "case-end")
      for (let attempt = 1; attempt <= event.attempt; attempt++) this.#inFlight.delete(`${id} ${attempt}`);
    const lines = flight?.lines ?? NO_LINES;
    const evidence = evidenceOf(event, lines);
    this.#isClient ||= record.role === "server";
    if (!this.#plays.has(play)) {
      this.#plays.add(play);
      for (const fault of faultsOf(record))
        this.#follow(fault, evidence, fault.requirement === record.handshake.requirement);
      if (record.role === "server") this.#seeClient(record, evidence);
    }
    if (event.type === "case-end")
      this.#tell(event, about, evidence, lines, flight?.sent.sent ?? NOTHING_SENT);
  }

  /** Its process ended, or it takes no connections any more. */
  seeGone(event: PeerExit | PeerDown): void {
    if (this.#gone.length < GONE_KEPT) this.#gone.push(event);
  }

  event(): PeerFindings {
    const { frames } = this.#maskingKeys.facts;
    const drafts = this.#drafts();
    const findings = drafts.map((draft) => this.#finding(draft, drafts));
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
        this.#follow(fault, evidence);
    if (maskingKeys === undefined) return;
    if (this.#maskingKeys.add(maskingKeys) > 0) follow(this.#keyTrails.repeats, id);
    if (maskingKeys.foreseen > 0) follow(this.#keyTrails.foreseen, id);
    follow(this.#keyTrails.all, id);
  }

  #follow(fault: Fault, evidence: FindingEvidence, isOfOpening = false): void {
    const trail = this.#trails.get(fault.requirement) ?? {
      ...fault,
      evidence,
      isOfOpening,
      connections: 0,
      cases: new Set(),
    };
    this.#trails.set(fault.requirement, trail);
    trail.connections++;
    trail.cases.add(evidence.case);
  }

  /** The last verdict of a case counts: what an earlier one said is taken back. */
  #tell(
    { case: id, attempt, verdict, verdicts, record }: CaseEnd,
    about: AboutCase | undefined,
    evidence: FindingEvidence,
    { count, banner }: EvidenceLines,
    sent: CaseFacts["sent"],
  ): void {
    const blames = blamesOf(withModernClosing(verdict, verdicts.modern), record, about);
    const isOpen = record.handshake.opened;
    const wanted = verdict.expected[0]?.events.length ?? 0;
    const facts: CaseFacts = {
      id,
      attempt,
      blames,
      mustFail: about?.mustFail,
      isComplete: verdict.outcome === "pass" && record.eventCount >= wanted,
      wanted,
      opened: isOpen,
      isDeflated: isDeflated(record),
      sent,
      received: record.frames.received,
    };
    const { outcome, requirement, closingRequirement } = verdict;
    const failed = [hasFailed(outcome) ? requirement : undefined, closingRequirement];
    const hint = isOpen ? undefined : refusalHint(record.handshake, banner);
    // Told again, a case takes its place at the end.
    this.#told.delete(id);
    this.#told.set(id, { facts, outcome, failed, evidence, lines: count, hint });
  }

  /** Every fault once: causes take what they explain, the rest is grouped by requirement and observation. */
  #drafts(): readonly Draft[] {
    const drafts = new Map<string, Draft>();
    const told = [...this.#told.values()];
    const causes = causesOf(told.map(({ facts }) => facts));
    const crashed = this.#addCrashes(drafts);
    for (const one of told) {
      if (crashed.has(one.facts.id)) continue;
      for (const blame of one.facts.blames) {
        const cause = causes.find(({ explains }) => explains(one.facts, blame));
        this.#blame(drafts, one, blame, cause);
      }
    }
    this.#addBlocked(drafts);
    this.#addTrails(drafts, causes);
    for (const draft of this.#keyDrafts()) drafts.set(idOf(draft, this.#isClient), draft);
    return [...drafts.values()];
  }

  #blame(drafts: Map<string, Draft>, told: Told, blame: Blame, cause: Cause | undefined): void {
    const known = blame.requirement === undefined || REQUIREMENTS.has(blame.requirement);
    const requirement = cause?.requirement ?? (known ? blame.requirement : undefined);
    const observation = cause?.observation ?? blame.observation;
    const { facts, evidence, hint } = told;
    const clarity = clarityOf(told, blame);
    const key = idOf({ requirement, observation }, this.#isClient);
    const draft = drafts.get(key);
    if (draft === undefined) {
      drafts.set(key, {
        requirement,
        observation,
        outcome: blame.outcome,
        because: cause === undefined ? this.#sentence(requirement, observation, blame) : this.#does(cause),
        first: facts.id,
        connections: 0,
        cases: new Set([facts.id]),
        evidence: { ...evidence, because: blame.because },
        clarity,
        hint: hint ?? hintFor(requirement, observation),
      });
      return;
    }
    draft.cases.add(facts.id);
    if (blame.outcome === "fail") draft.outcome = "fail";
    if (cause !== undefined) draft.because = this.#does(cause);
    if (clarity >= draft.clarity) return;
    draft.clarity = clarity;
    draft.evidence = { ...evidence, because: blame.because };
    draft.hint = hint ?? draft.hint;
  }

  #does({ does }: Cause): string {
    return `The ${this.#isClient ? "client" : "server"} ${does}.`;
  }

  /** Of a violation and a refused opening handshake the case says it best; of the rest, what is common to all cases. */
  #sentence(requirement: string | undefined, observation: Observation, { because }: Blame): string {
    if (observation === "violation") return ofPeer(because, this.#isClient);
    if (observation === "handshake-refused" && requirement === undefined) return because;
    return faultText(requirement, observation, this.#isClient) ?? because;
  }

  /** A crash explains what a case says that was alone in flight. Returns those cases. */
  #addCrashes(drafts: Map<string, Draft>): ReadonlySet<string> {
    const crashed = new Set<string>();
    const ends = this.#gone.filter((one) => one.type === "peer-exit" || one.after !== null);
    const [clearest] = ends.toSorted((a, b) => suspectsOf(a).length - suspectsOf(b).length);
    const first = clearest === undefined ? undefined : suspectsOf(clearest)[0];
    if (clearest === undefined || first === undefined) return crashed;
    const cases = new Set(ends.flatMap((one) => (one.type === "peer-exit" ? one.cases : [])));
    for (const one of ends)
      if (one.type === "peer-exit" && one.cases.length === 1) for (const id of one.cases) crashed.add(id);
    const evidence = this.#told.get(first)?.evidence ?? { case: first, attempt: 1, wire: [] };
    const crash = { requirement: undefined, observation: "crash" } as const;
    drafts.set(idOf(crash, this.#isClient), {
      ...crash,
      outcome: "fail",
      because: clearest.because,
      first,
      connections: ends.length,
      cases,
      evidence,
      clarity: 0,
      hint: clearest.type === "peer-down" ? hintFor(undefined, "crash") : undefined,
    });
    return crashed;
  }

  /** Cases that were not played belong to what keeps them from being played: the fault that was found first. */
  #addBlocked(drafts: ReadonlyMap<string, Draft>): void {
    const [first] = this.#told.values();
    if (this.#notPlayed.size === 0 || first === undefined) return;
    const blocking = [...drafts.values()].find(
      ({ cases, observation }) =>
        cases.has(first.facts.id) && observation !== "no-close-frame" && observation !== "no-close-answer",
    );
    for (const id of this.#notPlayed) blocking?.cases.add(id);
  }

  /** What octets show beside what the cases say. */
  #addTrails(drafts: Map<string, Draft>, causes: readonly Cause[]): void {
    const told = [...this.#told.values()];
    const withBlame = (observations: ReadonlySet<Observation>): ReadonlySet<string> =>
      new Set(
        told
          .filter(({ facts }) => facts.blames.some(({ observation }) => observations.has(observation)))
          .map(({ facts }) => facts.id),
      );
    const caused = told.filter(({ facts }) =>
      facts.blames.some(
        (blame) => blame.observation === "violation" && causes.some(({ explains }) => explains(facts, blame)),
      ),
    );
    const explaining = new Set([...withBlame(EXPLAINS_OCTETS), ...caused.map(({ facts }) => facts.id)]);
    const faulty = withBlame(FAULTY_OPENING);
    for (const trail of this.#trails.values()) {
      const { requirement, outcome, because, evidence, isOfOpening } = trail;
      const others = [...trail.cases].filter((id) => !(isOfOpening ? faulty : explaining).has(id));
      const observation = isOfOpening ? "handshake-faulty" : "violation";
      const key = idOf({ requirement, observation }, this.#isClient);
      const draft = drafts.get(key);
      if (others.length === 0 && draft === undefined) continue;
      const connections = others.length < trail.cases.size ? others.length : trail.connections;
      if (draft !== undefined) {
        draft.connections = isOfOpening ? trail.connections : connections;
        continue;
      }
      drafts.set(key, {
        requirement,
        observation,
        outcome,
        because: ofPeer(because, this.#isClient),
        first: evidence.case,
        connections,
        cases: new Set(),
        evidence,
        clarity: 0,
        hint: hintFor(requirement, observation),
      });
    }
  }

  #keyDrafts(): readonly Draft[] {
    return maskingKeyFaults(this.#maskingKeys.facts).map((fault) => {
      const { requirement, outcome, because } = fault;
      const { first = "", connections } = this.#keyTrails[fault.shownBy];
      const evidence = { case: first, attempt: 1, wire: [] };
      const observation = "violation" as const;
      const hint = hintFor(requirement, observation);
      return {
        requirement,
        observation,
        outcome,
        because: ofPeer(because, true),
        first,
        connections,
        cases: new Set(),
        evidence,
        clarity: 0,
        hint,
      };
    });
  }

  #finding(draft: Draft, all: readonly Draft[]): PeerFinding {
    const { requirement, observation, outcome, because, first, connections, cases, evidence, hint } = draft;
    const rule =
      observation === "violation" || observation === "handshake-faulty"
        ? RULES.get(requirement ?? "")
        : undefined;
    const told = [...this.#told.values()];
    const fixes = [...cases].filter(
      (id) => !all.some((other) => other !== draft && other.cases.has(id)),
    ).length;
    return {
      id: idOf(draft, this.#isClient),
      requirement: requirement === undefined ? null : requirementInfo(requirement),
      observation,
      ...(rule === undefined ? {} : { rule }),
      severity: severityOf(draft),
      outcome,
      because,
      ...(hint === undefined ? {} : { hint }),
      first,
      cases: [...cases],
      connections: Math.max(connections, cases.size),
      counted:
        observation === "crash" ||
        cases.size > 0 ||
        told.some(({ failed }) => failed.includes(requirement ?? "")),
      ...(fixes === 0 ? {} : { fixes }),
      evidence,
    };
  }
}

/**
 * Octets that a peer sends on such a connection are what it makes of the fault: it sends back what it should not have
 * taken, or goes on with a connection that should not exist.
 */
const EXPLAINS_OCTETS: ReadonlySet<Observation> = new Set(["illegal-accepted", "handshake-accepted"]);
const FAULTY_OPENING: ReadonlySet<Observation> = new Set(["handshake-faulty"]);

/** So many ends of a peer are looked at. */
const GONE_KEPT = 100;

/** The cases during which a peer went away; of one that no longer takes connections, the last one before. */
function suspectsOf(event: PeerExit | PeerDown): readonly string[] {
  const after = event.after === null ? [] : [event.after];
  return event.type === "peer-exit" && event.cases.length > 0 ? event.cases : after;
}

function evidenceOf(
  { case: id, attempt, record }: CaseEnd | CaseUnconfirmed,
  lines: EvidenceLines,
): FindingEvidence {
  const { handshake } = record;
  const said = handshake.opened ? undefined : refusalText(handshake, lines.banner);
  return { case: id, attempt, wire: lines.wire, ...(said === undefined ? {} : { answer: said }) };
}

/** The original names no requirement of a closing; the verdict by the RFC does, if it finds the same wrong. */
function withModernClosing(
  verdict: CaseEnd["verdict"],
  modern: CaseEnd["verdict"] | undefined,
): CaseEnd["verdict"] {
  if (verdict.closingRequirement !== undefined || modern?.closingRequirement === undefined) return verdict;
  if (verdict.closing === "ok" || verdict.closing === "not-applicable") return verdict;
  return { ...verdict, closingRequirement: modern.closingRequirement };
}

/**
 * What failed outright is clearer than a closing beside other events, a short log clearer than a long one, whole writes
 * than pieces.
 */
function clarityOf({ facts, outcome, lines }: Told, blame: Blame): number {
  const isOutright = outcome === "fail" && blame === facts.blames[0];
  const isLong = lines > LONG_LOG ? 4 : 0;
  const weight =
    (isOutright ? 0 : 8) + (outcome === "unimplemented" ? 16 : 0) + isLong + (facts.sent.chopped ? 2 : 0);
  return weight * 10_000 + Math.min(lines, 9999);
}

const LONG_LOG = 20;

/** `the peer sent …` as a sentence about the client or the server. */
function ofPeer(clause: string, isClient: boolean): string {
  const text = clause.replace(/^the peer\b/, `The ${isClient ? "client" : "server"}`);
  const sentence = `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
  return sentence.endsWith(".") ? sentence : `${sentence}.`;
}

const SEVERITY: Readonly<Record<FaultOutcome, Severity>> = {
  fail: "error",
  "non-strict": "warning",
  informational: "note",
};

/** A closing that no RFC forbids is bad all the same, and not as bad as a MUST that is broken. */
function severityOf({ observation, outcome, requirement }: Draft): Severity {
  if (observation === "crash") return "critical";
  if (requirement === undefined && outcome === "fail" && CLOSINGS.has(observation)) return "warning";
  return SEVERITY[outcome];
}

const CLOSINGS: ReadonlySet<Observation> = new Set([
  "wrong-close-code",
  "no-close-frame",
  "tcp-reset",
  "closed-early",
  "tcp-left-open",
  "wrong-side",
  "other",
]);

/** The same in every run: requirement, observation and role. */
function idOf(
  { requirement, observation }: Pick<Draft, "requirement" | "observation">,
  isClient: boolean,
): string {
  return `${requirement ?? "none"}/${observation}/${isClient ? "client" : "server"}`;
}

/** The worst first, then what shows most often. */
function byWeight(a: PeerFinding, b: PeerFinding): number {
  const worse = SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
  if (worse !== 0) return worse;
  return Math.max(b.cases.length, b.connections) - Math.max(a.cases.length, a.connections);
}

function follow(trail: KeyTrail, id: string): void {
  trail.first ??= id;
  trail.connections++;
}
