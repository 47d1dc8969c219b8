import type { LintRule } from "../case/lint-rules.js";
import { reasonOf } from "../reason-of.js";
import { escapeText } from "../report/escape.js";
import type { CaseEnd, PeerFindings, RunEvent } from "../run/event.js";
import { EVIDENCE_LINES, type FindingEvidence } from "../run/finding.js";
import { caseResult, crashText, downText, ruleResult } from "./result-text.js";
import type { TestResult } from "./test-runner.js";

/**
 * Follows the events of a run of one peer, and says what each test found as soon as it is known. In memory are the last
 * lines of the cases in flight, and one result a case.
 */
export class SuiteResults {
  readonly #role: "client" | "server";
  readonly #rules: readonly LintRule[];
  readonly #known = new Map<string, TestResult>();
  readonly #waiting = new Map<string, (result: TestResult) => void>();
  readonly #lines = new Map<string, FindingEvidence["wire"][number][]>();
  /** What is wrong with the run as a whole. */
  readonly #wrong: string[] = [];
  #findings: PeerFindings | undefined;
  /** Why the cases that have no result have none. */
  #because = "the run ended before";
  #hasEnded = false;
  /** The peer has sent something, and something compressed. */
  #hasTalked = false;
  #hasCompressed = false;
  readonly #ended: Promise<void>;
  #end: () => void = () => undefined;

  /** `role`: what the peer is. */
  constructor(role: "client" | "server", rules: readonly LintRule[]) {
    this.#role = role;
    this.#rules = rules;
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  take(event: RunEvent): void {
    if (event.type === "wire") {
      // Frames say it better than octets; what does not make a frame is a violation and has its own line.
      if ("octets" in event.entry) return;
      const play = `${event.case} ${event.attempt}`;
      const lines = this.#lines.get(play) ?? [];
      this.#lines.set(play, lines);
      lines.push({ at: event.at, entry: event.entry });
      if (lines.length > EVIDENCE_LINES) lines.shift();
    } else if (event.type === "case-end") this.#takeCase(event);
    else if (event.type === "case-unconfirmed") this.#lines.delete(`${event.case} ${event.attempt}`);
    else if (event.type === "findings") this.#findings = event;
    else if (event.type === "peer-exit") this.#wrong.push(crashText(event));
    else if (event.type === "peer-down") {
      this.#because = downText(event);
      this.#wrong.push(this.#because);
    }
  }

  /** The run is over: what has no result now gets none. `error`: the tester itself failed. */
  end(error?: unknown): void {
    if (error !== undefined) {
      this.#because = escapeText(reasonOf(error));
      this.#wrong.push(this.#because);
    }
    this.#hasEnded = true;
    this.#end();
    for (const [id, settle] of this.#waiting) settle(this.#notRun(id));
    this.#waiting.clear();
  }

  /** What the test of a case found. */
  ofCase(id: string): Promise<TestResult> {
    const known = this.#known.get(id) ?? (this.#hasEnded ? this.#notRun(id) : undefined);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  /** What the rule found on all connections, when they are over. */
  async ofRule(id: string): Promise<TestResult> {
    await this.#ended;
    const rule = this.#rules.find((one) => one.id === id);
    const { connections = 0, findings = [] } = this.#findings ?? {};
    // A peer that never opened a connection has a finding about that, and no connection on which a rule could hold.
    if (connections === 0 || rule === undefined) return this.#notRun(id);
    const isAboutCompression = rule.requirements.every((one) => one.startsWith("7692-"));
    const wasSeen = isAboutCompression ? this.#hasCompressed : this.#hasTalked;
    return ruleResult(rule, { role: this.#role, findings, wasSeen });
  }

  /** Whether the peer was there until the end, and did not take back what it had shown. */
  async ofEnd(): Promise<TestResult> {
    await this.#ended;
    return this.#wrong.length === 0
      ? { status: "passed", text: "" }
      : { status: "failed", text: this.#wrong.join("\n") };
  }

  #takeCase(event: CaseEnd): void {
    this.#hasTalked ||= event.record.eventCount > 0;
    this.#hasCompressed ||= event.record.extension != null && event.record.eventCount > 0;
    const play = `${event.case} ${event.attempt}`;
    const result = caseResult(event, this.#lines.get(play) ?? []);
    this.#lines.delete(play);
    const before = this.#known.get(event.case);
    this.#known.set(event.case, result);
    if (before !== undefined && before.status !== "failed" && result.status === "failed")
      this.#wrong.push(`${event.case} was played again, and failed:\n${result.text}`);
    this.#waiting.get(event.case)?.(result);
    this.#waiting.delete(event.case);
  }

  #notRun(id: string): TestResult {
    return { status: "failed", text: `${id} was not run: ${this.#because}` };
  }
}
