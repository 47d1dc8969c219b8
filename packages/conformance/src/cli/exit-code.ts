import type { KnownFaults } from "../baseline/known-faults.js";
import { hasFailed } from "../judge/verdict.js";
import type { Profile } from "../record/record.js";
import type { CaseEnd, RunEvent } from "../run/event.js";
import type { PeerFinding } from "../run/finding.js";

/** The exit codes of `wireproof`. */
export const ExitCode: {
  readonly expected: 0;
  readonly unexpected: 1;
  readonly usage: 2;
  readonly unreachable: 3;
  readonly harness: 4;
} = { expected: 0, unexpected: 1, usage: 2, unreachable: 3, harness: 4 };
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What each code means. If several apply, 4 wins over 2, 2 over 3, and 3 over 1. */
export const EXIT_CODES: readonly (readonly [ExitCode, string])[] = [
  [ExitCode.expected, "Everything is as expected."],
  [
    ExitCode.unexpected,
    "Unexpected results: a case failed, was blocked, was too slow to judge, or was not run; a connection did not end as required; a peer broke a MUST on some connection, although no case is about it; or a command that the run had started ended too early. What a baseline knows is expected; an entry of it that is no longer found, or has expired, is not.",
  ],
  [ExitCode.usage, "The command line, the configuration or a file cannot be used."],
  [ExitCode.unreachable, "A peer cannot be reached, or no connection to it could be opened."],
  [ExitCode.harness, "The tester itself is at fault."],
];

const PRECEDENCE: readonly ExitCode[] = [
  ExitCode.harness,
  ExitCode.usage,
  ExitCode.unreachable,
  ExitCode.unexpected,
];

/** The code that counts when several apply. */
export function worst(codes: readonly ExitCode[]): ExitCode {
  return PRECEDENCE.find((code) => codes.includes(code)) ?? ExitCode.expected;
}

/** Reads the events of a run and finds the exit code. */
export class ExitCodeWatch {
  readonly #isExcluded: (agent: string, caseId: string) => boolean;
  readonly #known: KnownFaults | undefined;
  #selected: readonly string[] = [];
  readonly #peers = new Map<string, PeerResults>();
  #isDown = false;
  #hasCrashed = false;
  #ended = false;
  #interrupted = false;
  #profile: Profile = "modern";
  /** A peer broke a MUST, and no case went wrong because of it. */
  #hasFinding = false;

  /**
   * `isExcluded`: a case that is excluded for a peer needs no result of it. `known`: what is expected to be wrong; it sees
   * every event before this does.
   */
  constructor(isExcluded: (agent: string, caseId: string) => boolean = () => false, known?: KnownFaults) {
    this.#isExcluded = isExcluded;
    this.#known = known;
  }

  see(event: RunEvent): void {
    if (event.type === "run") {
      this.#selected = event.cases.map(({ id }) => id);
      this.#profile = event.profile;
    } else if (event.type === "peer-up") this.#results(event.peer).agent = event.agent;
    else if (event.type === "case-end") this.#seeCase(event);
    else if (event.type === "peer-down") this.#isDown = true;
    else if (event.type === "peer-exit") this.#hasCrashed ||= this.#known?.isKnownExit(event) !== true;
    else if (event.type === "findings") {
      const { peer, findings } = event;
      const isKnown = (one: PeerFinding): boolean => this.#known?.isKnownFinding(peer, one) === true;
      this.#hasFinding ||= findings.some((one) => isNews(one) && !isKnown(one));
    } else if (event.type === "run-end") {
      this.#ended = true;
      this.#interrupted = event.totals.interrupted;
    }
  }

  /** The exit code of what was seen so far. A run that was interrupted is never as expected. */
  code(): ExitCode {
    const peers = [...this.#peers.values()];
    const codes: ExitCode[] = [...this.#peers].flatMap(([key, { cases }]) =>
      [...cases].map(([id, code]) =>
        code === ExitCode.unexpected && this.#known?.isKnownCase(key, id) === true ? ExitCode.expected : code,
      ),
    );
    if (this.#isDown || peers.some((peer) => peer.cases.size > 0 && !peer.opened)) {
      codes.push(ExitCode.unreachable);
    }
    const incomplete = peers.some((peer) => this.#selected.some((id) => !this.#isSettled(peer, id)));
    // The original checks no more than its cases.
    if (this.#hasFinding && this.#profile === "modern") codes.push(ExitCode.unexpected);
    if (this.#hasCrashed) codes.push(ExitCode.unexpected);
    if (!this.#ended || this.#interrupted || incomplete || peers.length === 0)
      codes.push(ExitCode.unexpected);
    return worst(codes);
  }

  #seeCase(event: CaseEnd): void {
    const results = this.#results(event.peer);
    results.cases.set(event.case, codeOfCase(event));
    results.opened ||= event.record.handshake.opened;
  }

  #isSettled({ agent, cases }: PeerResults, id: string): boolean {
    return cases.has(id) || this.#isExcluded(agent, id);
  }

  #results(peer: string): PeerResults {
    const found = this.#peers.get(peer) ?? { agent: "", cases: new Map(), opened: false };
    this.#peers.set(peer, found);
    return found;
  }
}

/** The results of one peer. The last result of a case counts. */
interface PeerResults {
  agent: string;
  readonly cases: Map<string, ExitCode>;
  opened: boolean;
}

/** A MUST that no verdict of a case has counted. */
function isNews({ outcome, counted }: PeerFinding): boolean {
  return outcome === "fail" && !counted;
}

/** Whether a result is worse than as expected. */
export function isWrong(end: CaseEnd): boolean {
  return codeOfCase(end) !== ExitCode.expected;
}

function codeOfCase({ verdict }: CaseEnd): ExitCode {
  if (verdict.outcome === "harness-error") return ExitCode.harness;
  if (hasFailed(verdict.outcome)) return ExitCode.unexpected;
  const isClosingFine = verdict.closing === "ok" || verdict.closing === "not-applicable";
  return isClosingFine ? ExitCode.expected : ExitCode.unexpected;
}
