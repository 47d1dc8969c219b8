import { LINT_RULES } from "../case/lint-rules.js";
import {
  faultsOf,
  maskingKeyFaults,
  openingKeyFaults,
  openingKeyOf,
  type Fault,
  type KeyFault,
} from "../judge/lint.js";
import { hasFailed, type Verdict } from "../judge/verdict.js";
import { MaskingKeyTally } from "../record/masking-keys.js";
import { OpeningKeyTally } from "../record/opening-keys.js";
import type { CaseRecord } from "../record/record.js";
import { requirementInfo } from "./case-info.js";
import type { CaseEnd, CaseUnconfirmed, PeerFinding, PeerFindings, RunEvent } from "./event.js";

/** The rule that checks a requirement. */
const RULES: ReadonlyMap<string, string> = new Map(
  LINT_RULES.flatMap(({ id, requirements }) => requirements.map((one) => [one, id] as const)),
);

/**
 * Gathers what the connections of each peer showed, from the records of its cases. A connection whose result was not
 * confirmed counts too: a limit that ran out makes no octet illegal.
 */
export class RunFindings {
  readonly #peers = new Map<string, PeerLint>();

  see(event: RunEvent): void {
    if (event.type !== "case-end" && event.type !== "case-unconfirmed") return;
    if (event.record.notPlayed !== undefined) return;
    const peer = this.#peers.get(event.peer) ?? new PeerLint(event.peer);
    this.#peers.set(event.peer, peer);
    peer.see(event);
  }

  /** What was found about a peer; undefined if it had no connection. */
  of(peer: string): PeerFindings | undefined {
    return this.#peers.get(peer)?.event();
  }

  /** What was found about every peer that had a connection. */
  all(): readonly PeerFindings[] {
    return [...this.#peers.values()].map((peer) => peer.event());
  }
}

/** A fault, the case of its first connection, and the number of connections. */
interface Seen {
  readonly fault: Fault;
  readonly first: string;
  connections: number;
}

/** On which connections something showed. */
interface Trail {
  first: string | undefined;
  connections: number;
}

class PeerLint {
  readonly #peer: string;
  /** Case and attempt: a result that is confirmed later comes twice, and is one connection. */
  readonly #plays = new Set<string>();
  readonly #seen = new Map<string, Seen>();
  /** Cases that went wrong because of a requirement. */
  readonly #failed = new Map<string, Set<string>>();
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

  see(event: CaseEnd | CaseUnconfirmed): void {
    if (event.type === "case-end") this.#noteVerdict(event.case, event.verdict);
    const play = `${event.case} ${event.attempt}`;
    if (this.#plays.has(play)) return;
    this.#plays.add(play);
    for (const fault of faultsOf(event.record)) this.#add(fault, event.case);
    if (event.record.role === "server") this.#seeClient(event.record, event.case);
  }

  event(): PeerFindings {
    const { frames } = this.#maskingKeys.facts;
    return {
      type: "findings",
      peer: this.#peer,
      connections: this.#plays.size,
      ...(this.#isClient ? { maskingKeys: frames } : {}),
      findings: [...this.#seen.values(), ...this.#keyFindings()].map((seen) => this.#finding(seen)),
    };
  }

  #seeClient({ handshake, maskingKeys }: CaseRecord, id: string): void {
    this.#isClient = true;
    const key = openingKeyOf(handshake.request);
    if (key !== undefined)
      for (const fault of openingKeyFaults(key, this.#openingKeys.add(key, handshake.opened)))
        this.#add(fault, id);
    if (maskingKeys === undefined) return;
    if (this.#maskingKeys.add(maskingKeys) > 0) follow(this.#trails.repeats, id);
    if (maskingKeys.foreseen > 0) follow(this.#trails.foreseen, id);
    follow(this.#trails.all, id);
  }

  #add(fault: Fault, id: string): void {
    const seen = this.#seen.get(fault.requirement);
    if (seen === undefined) this.#seen.set(fault.requirement, { fault, first: id, connections: 1 });
    else seen.connections++;
  }

  #keyFindings(): readonly Seen[] {
    return maskingKeyFaults(this.#maskingKeys.facts).map((fault) => {
      const { first = "", connections } = this.#trails[fault.shownBy];
      return { fault, first, connections };
    });
  }

  #noteVerdict(id: string, verdict: Verdict): void {
    for (const cases of this.#failed.values()) cases.delete(id);
    const { outcome, closing, requirement, closingRequirement } = verdict;
    const isClosingFine = closing === "ok" || closing === "not-applicable";
    const broken = [
      hasFailed(outcome) ? requirement : undefined,
      isClosingFine ? undefined : closingRequirement,
    ];
    for (const one of broken) {
      if (one === undefined) continue;
      this.#failed.set(one, (this.#failed.get(one) ?? new Set()).add(id));
    }
  }

  #finding({ fault, first, connections }: Seen): PeerFinding {
    const { requirement, outcome, because } = fault;
    const rule = RULES.get(requirement);
    return {
      requirement: requirementInfo(requirement),
      ...(rule === undefined ? {} : { rule }),
      outcome,
      because,
      first,
      connections,
      counted: (this.#failed.get(requirement)?.size ?? 0) > 0,
    };
  }
}

function follow(trail: Trail, id: string): void {
  trail.first ??= id;
  trail.connections++;
}
