import { compareIds, sectionOf } from "../case/case-id.js";
import { LINT_RULES } from "../case/lint-rules.js";
import { REQUIREMENTS } from "../case/requirements.js";
import type { Blame } from "../judge/blame.js";
import { causesOf, type Cause } from "../judge/causes.js";
import { faultText, ofPeer } from "../judge/fault-text.js";
import { ORDINARY_CODES } from "../judge/failing.js";
import { hintFor } from "../judge/hints.js";
import { maskingKeyFaults } from "../judge/lint.js";
import type { Observation } from "../judge/observation.js";
import { overStream } from "../case/stream-words.js";
import type { LatencyRecord, Profile } from "../record/record.js";
import { requirementInfo } from "./case-info.js";
import { countsAlone, idOf, severityOf, type Draft, type DraftKey } from "./draft.js";
import { SEVERITIES, type PeerFinding } from "./finding.js";
import { goneFaults } from "./gone-drafts.js";
import type { PeerTrial, Told } from "./peer-trial.js";

/**
 * What is wrong with a peer, each fault once: the worst first, then what shows in most cases. The original checks no more
 * than its cases: under its profile, what no case counts is only a note.
 */
export function findingsOf(trial: PeerTrial, profile: Profile): readonly PeerFinding[] {
  return new FindingDrafts(trial, profile).all();
}

/** The rule that checks a requirement. */
const RULES: ReadonlyMap<string, string> = new Map(
  LINT_RULES.flatMap(({ id, requirements }) => requirements.map((one) => [one, id] as const)),
);

class FindingDrafts {
  readonly #trial: PeerTrial;
  readonly #profile: Profile;
  readonly #drafts = new Map<string, Draft>();

  constructor(trial: PeerTrial, profile: Profile) {
    this.#trial = trial;
    this.#profile = profile;
  }

  /** Every fault once: causes take what they explain, the rest is grouped by requirement and observation. */
  all(): readonly PeerFinding[] {
    const told = [...this.#trial.told.values()];
    const causes = causesOf(
      told.map(({ facts }) => facts),
      this.#trial.notPlayed.size > 0,
    );
    const { drafts: gone, explained } = goneFaults(this.#trial);
    for (const draft of gone) this.#add(draft);
    for (const one of told) {
      if (explained.has(one.facts.id)) continue;
      for (const blame of one.facts.blames) {
        const cause = causes.find(({ explains }) => explains(one.facts, blame));
        this.#blame(one, blame, cause);
      }
    }
    this.#addBlocked();
    this.#addTrails(causes);
    this.#addDelay();
    for (const draft of this.#keyDrafts()) this.#add(draft);
    const drafts = [...this.#drafts.values()];
    return drafts.map((draft) => this.#finding(draft, drafts)).toSorted(byWeight);
  }

  #add(draft: Draft): void {
    this.#drafts.set(idOf(draft, this.#trial.isClient), draft);
  }

  #blame(told: Told, blame: Blame, cause: Cause | undefined): void {
    const known = blame.requirement === undefined || REQUIREMENTS.has(blame.requirement);
    const requirement = cause?.requirement ?? (known ? blame.requirement : undefined);
    const observation = cause?.observation ?? blame.observation;
    const { facts, evidence, hint } = told;
    const clarity = clarityOf(told, blame);
    const key = { requirement, observation };
    const id = idOf(key, this.#trial.isClient);
    const draft = this.#drafts.get(id);
    if (draft === undefined) {
      this.#drafts.set(id, {
        ...key,
        isCaused: cause !== undefined,
        outcome: blame.outcome,
        because: cause === undefined ? this.#sentence(key, told, blame) : this.#does(cause),
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
    if (cause !== undefined) {
      draft.because = this.#does(cause);
      draft.isCaused = true;
    }
    // Of two that are as clear, the same one tells in every run, in whatever order they ended.
    const isLater = clarity === draft.clarity && compareIds(facts.id, draft.evidence.case) > 0;
    if (isLater || clarity > draft.clarity) return;
    draft.clarity = clarity;
    if (!draft.isCaused) draft.because = this.#sentence(key, told, blame);
    draft.evidence = { ...evidence, because: blame.because };
    draft.hint = hint ?? draft.hint;
  }

  #does({ does }: Cause): string {
    return ofPeer(`the peer ${does}`, this.#trial.isClient);
  }

  /** What the case of the evidence and those like it show. */
  #sentence({ requirement, observation }: DraftKey, { facts, title }: Told, { because }: Blame): string {
    // Of a handshake, the title of a case about messages says nothing.
    const isTelling = !observation.startsWith("handshake-") || ABOUT_OPENINGS.has(sectionOf(facts.id));
    const told = { because, ...(title === undefined || !isTelling ? {} : { title }) };
    return faultText(requirement, observation, this.#trial.isClient, told);
  }

  /**
   * A peer that fails the connection does not only lose an answer: then its close codes are said. In cases in which it is
   * the tester that closes.
   */
  #withFailing({ because, observation, isCaused, cases }: Draft): string {
    if (observation !== "wrong-answer" || isCaused) return because;
    const codes = new Set<number>();
    for (const id of cases) {
      const { mustFail, ownCode } = this.#trial.told.get(id)?.facts ?? {};
      if (mustFail !== false || typeof ownCode !== "number" || ORDINARY_CODES.has(ownCode)) return because;
      codes.add(ownCode);
    }
    const [first, ...others] = codes;
    if (first === undefined || others.length > 0) return because;
    return `${because.replace(/\.$/, "")}: it fails the connection with close code ${first} instead.`;
  }

  /** Cases that were not played belong to what keeps them from being played: the fault that was found first. */
  #addBlocked(): void {
    const [first] = this.#trial.told.values();
    if (this.#trial.notPlayed.size === 0 || first === undefined) return;
    const blocking = [...this.#drafts.values()].find(
      ({ cases, observation }) =>
        cases.has(first.facts.id) && observation !== "no-close-frame" && observation !== "no-close-answer",
    );
    for (const id of this.#trial.notPlayed) blocking?.cases.add(id);
  }

  /** What octets show beside what the cases say. */
  #addTrails(causes: readonly Cause[]): void {
    const told = [...this.#trial.told.values()];
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
    for (const trail of this.#trial.trails.values()) {
      const { requirement, outcome, because, evidence, isOfOpening } = trail;
      const others = [...trail.cases].filter((id) => !(isOfOpening ? faulty : explaining).has(id));
      const observation = isOfOpening ? "handshake-faulty" : "violation";
      const key = idOf({ requirement, observation }, this.#trial.isClient);
      const draft = this.#drafts.get(key);
      if (others.length === 0 && draft === undefined) continue;
      const connections = others.length < trail.cases.size ? others.length : trail.connections;
      if (draft !== undefined) {
        draft.connections = isOfOpening ? trail.connections : connections;
        continue;
      }
      this.#drafts.set(key, {
        requirement,
        observation,
        isCaused: false,
        outcome,
        because: ofPeer(because, this.#trial.isClient),
        first: evidence.case,
        connections,
        cases: new Set(),
        evidence,
        clarity: 0,
        hint: hintFor(requirement, observation),
      });
    }
  }

  /** Every message took as long as a delayed acknowledgement: a fault of no requirement, and worth a note. */
  #addDelay(): void {
    const measured = [...this.#trial.told.values()].filter(({ latency }) => latency !== undefined);
    const [first] = measured;
    if (
      first === undefined ||
      measured.length < DELAYS ||
      !measured.every(({ latency }) => isDelayed(latency))
    )
      return;
    const delay = { requirement: undefined, observation: "delayed" } as const;
    const role = this.#trial.isClient ? "client" : "server";
    this.#drafts.set(idOf(delay, this.#trial.isClient), {
      ...delay,
      isCaused: false,
      outcome: "informational",
      because: `The ${role} takes 40 ms or more for every message, also for the smallest.`,
      first: first.facts.id,
      connections: measured.length,
      cases: new Set(),
      evidence: first.evidence,
      clarity: 0,
      hint: hintFor(undefined, "delayed"),
    });
  }

  #keyDrafts(): readonly Draft[] {
    return maskingKeyFaults(this.#trial.maskingKeys).map((fault) => {
      const { requirement, outcome, because } = fault;
      const { first = "", connections } = this.#trial.keyTrails[fault.shownBy];
      const evidence = { case: first, attempt: 1, wire: [] };
      const observation = "violation" as const;
      const hint = hintFor(requirement, observation);
      return {
        requirement,
        observation,
        isCaused: false,
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
    const { requirement, observation, outcome, first, connections, cases, evidence } = draft;
    const said = (text: string): string => (this.#trial.isOverHttp2 ? overStream(text) : text);
    const rule =
      observation === "violation" || observation === "handshake-faulty"
        ? RULES.get(requirement ?? "")
        : undefined;
    const told = [...this.#trial.told.values()];
    const counted =
      countsAlone(draft) || cases.size > 0 || told.some(({ failed }) => failed.includes(requirement ?? ""));
    const fixes = [...cases].filter(
      (id) => !all.some((other) => other !== draft && other.cases.has(id)),
    ).length;
    return {
      id: idOf(draft, this.#trial.isClient),
      requirement: requirement === undefined ? null : requirementInfo(requirement),
      observation,
      ...(rule === undefined ? {} : { rule }),
      severity: this.#profile === "autobahn" && !counted ? "note" : severityOf(draft),
      outcome,
      because: said(this.#withFailing(draft)),
      ...(draft.hint === undefined ? {} : { hint: said(draft.hint) }),
      first,
      cases: [...cases],
      connections: Math.max(connections, cases.size),
      counted,
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

/** So many cases have to measure it. */
const DELAYS = 2;

/** What Nagle's algorithm and delayed acknowledgements cost together on usual systems: 40 to 200 ms. */
function isDelayed(latency: LatencyRecord | undefined): boolean {
  return latency !== undefined && latency.min >= 38_000 && latency.p50 <= 220_000;
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

/** The sections whose cases are about the opening handshake. */
const ABOUT_OPENINGS: ReadonlySet<number> = new Set([20, 21, 22, 31, 35]);

/** The worst first, then what shows most often. */
function byWeight(a: PeerFinding, b: PeerFinding): number {
  const worse = SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
  if (worse !== 0) return worse;
  return Math.max(b.cases.length, b.connections) - Math.max(a.cases.length, a.connections);
}
