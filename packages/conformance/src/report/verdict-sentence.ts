import type { Closing, Outcome } from "../judge/verdict.js";
import type { PeerFinding } from "../run/finding.js";

/**
 * What is known of a peer when a sentence is to be said about it.
 *
 * @example
 * ```ts
 * import type { VerdictFacts } from "wireproof/page";
 *
 * const results = [{ outcome: "pass", closing: "ok" }] as const;
 * const facts: VerdictFacts = { selected: 1, results, findings: [], isOver: true };
 * console.assert(facts.results.length === facts.selected);
 * ```
 */
export interface VerdictFacts {
  /** Cases that were selected for it. */
  readonly selected: number;
  /** The result that counts, of every case that has one. */
  readonly results: readonly { readonly outcome: Outcome; readonly closing: Closing }[];
  /** What was found about it; empty where nothing was, or the run is not over. */
  readonly findings: readonly (Pick<PeerFinding, "requirement" | "severity"> &
    Partial<Pick<PeerFinding, "observation">>)[];
  /** The run is over: what has no result now will not get one. */
  readonly isOver: boolean;
  /** How often its process ended before the run was over; absent for none. */
  readonly exits?: number;
  /** It never answered. */
  readonly neverAnswered?: boolean;
}

/**
 * A verdict in a sentence.
 *
 * @example
 * ```ts
 * import type { VerdictSentence } from "wireproof/page";
 *
 * const sentence: VerdictSentence = { text: "conforms: 514 of 514", tone: "pass" };
 * console.assert(`echo ${sentence.text}`.startsWith("echo conforms"));
 * ```
 */
export interface VerdictSentence {
  /** Goes behind the name of the peer: `breaks 7 requirements; 500 of 517 connections did not end cleanly`. */
  readonly text: string;
  /** The outcome as which it is to be shown. */
  readonly tone: Outcome | "not-run" | "in-flight";
}

/**
 * What a run says of a peer, in a sentence. A peer for which something was not run, or could not be judged, never
 * conforms.
 *
 * @param facts - The results and findings of the peer.
 * @returns The sentence without its subject, which is the name of the peer.
 *
 * @example
 * ```ts
 * import { verdictSentence } from "wireproof/page";
 *
 * const results = [{ outcome: "pass", closing: "ok" }] as const;
 * const { text } = verdictSentence({ selected: 1, results, findings: [], isOver: true });
 * console.assert(text === "conforms: 1 of 1");
 * ```
 */
export function verdictSentence(facts: VerdictFacts): VerdictSentence {
  const { results, selected, isOver, exits = 0, neverAnswered = false } = facts;
  if (neverAnswered) return { text: "never answered", tone: "not-run" };
  if (results.length > 0 && results.every(({ closing }) => closing === "not-opened"))
    return { text: "opens no connection", tone: "fail" };
  const failed = results.filter(({ outcome }) => outcome === "fail" || outcome === "blocked");
  const broken = brokenRequirements(facts);
  const wrong = [
    ...crashText(facts, exits),
    ...(broken > 0 ? [`breaks ${count(broken, "requirement")}`] : []),
    ...(broken === 0 && failed.length > 0 ? [`fails ${count(failed.length, "case")}`] : []),
    ...uncleanText(results),
    ...harnessText(results),
  ];
  const missing = selected - results.length;
  if (!isOver) {
    const soFar = `${grouped(results.length)} of ${grouped(selected)} cases have a result`;
    return { text: [...wrong, soFar].join("; "), tone: wrong.length > 0 ? "fail" : "in-flight" };
  }
  const notRun = missing > 0 ? [`${grouped(missing)} of ${count(selected, "case")} were not run`] : [];
  if (wrong.length > 0) return { text: [...wrong, ...notRun].join("; "), tone: "fail" };
  if (results.length === 0) return { text: "was not tested: no case has a result", tone: "not-run" };
  return fineSentence(results, notRun);
}

/** Of a peer that broke nothing. What was not judged is said, and not counted. */
function fineSentence(results: VerdictFacts["results"], notRun: readonly string[]): VerdictSentence {
  const number = (outcome: Outcome): number => results.filter((one) => one.outcome === outcome).length;
  const [nonStrict, tooSlow] = [number("non-strict"), number("too-slow")];
  const judged = number("pass") + nonStrict;
  const remarks = [
    remark(nonStrict, "of them not as the RFC recommends"),
    remark(number("informational"), "more only observe"),
    remark(number("unimplemented"), "need what it does not implement"),
    remark(tooSlow, "were too slow to judge"),
    ...notRun,
  ].filter((text) => text !== "");
  const text = (start: string): string => [start, ...remarks].join("; ");
  if (notRun.length > 0 || tooSlow > 0 || judged === 0) {
    return { text: text(`shows no failure in ${count(results.length, "case")}`), tone: "not-run" };
  }
  return {
    text: text(`conforms: ${grouped(judged)} of ${grouped(judged)}`),
    tone: nonStrict > 0 ? "non-strict" : "pass",
  };
}

function remark(number: number, words: string): string {
  return number === 0 ? "" : `${grouped(number)} ${words}`;
}

/** Requirements that are broken, each once: what is only recommended or mentioned breaks none. */
function brokenRequirements({ findings }: VerdictFacts): number {
  const broken = findings.filter(({ severity }) => severity === "critical" || severity === "error");
  return new Set(broken.flatMap(({ requirement }) => requirement?.id ?? [])).size;
}

function crashText({ findings }: VerdictFacts, exits: number): readonly string[] {
  if (exits > 0) return [`ended ${exits === 1 ? "once" : `${grouped(exits)} times`} before the run was over`];
  const worst = findings.find(({ severity, requirement }) => severity === "critical" && requirement === null);
  if (worst === undefined) return [];
  return [worst.observation === "hang" ? "stopped working" : "ended, or stopped taking connections"];
}

/** A wrong code in a complete closing handshake is no unclean end, so the words differ. */
function uncleanText(results: VerdictFacts["results"]): readonly string[] {
  const closings = results.flatMap(({ closing }) =>
    closing === "not-applicable" || closing === "not-opened" ? [] : [closing],
  );
  const wrong = closings.filter((closing) => closing !== "ok");
  if (wrong.length === 0) return [];
  const isUnclean = wrong.every((closing) => closing === "unclean" || closing === "dropped-by-tester");
  const manner = isUnclean ? "did not end cleanly" : "did not end as required";
  return [`${grouped(wrong.length)} of ${count(closings.length, "connection")} ${manner}`];
}

/** The peer is not to blame. */
function harnessText(results: VerdictFacts["results"]): readonly string[] {
  const errors = results.filter(({ outcome }) => outcome === "harness-error").length;
  return errors === 0 ? [] : [`the tester itself failed in ${count(errors, "case")}`];
}

function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** `1,081`. */
function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}
