import type { Case } from "../case/case.js";
import { largestMessage, type LoopMessages } from "../case/steps.js";

export interface PlayingOrder {
  /** Many at a time. */
  readonly light: readonly Case[];
  /** Big messages and long loops: a few at a time. */
  readonly load: readonly Case[];
  /** One at a time, with nothing else in flight: they measure time. */
  readonly alone: readonly Case[];
}

/** The order in which cases begin, which is not that of the catalogue. */
export function playingOrder(cases: readonly Case[]): PlayingOrder {
  const shared = cases.filter((candidate) => candidate.alone !== true);
  return {
    // Cases that may take long begin first, and wait while the others are played.
    light: shared.filter(({ quiet }) => quiet !== true).toSorted((a, b) => longestMs(b) - longestMs(a)),
    // The largest first, so that no long case is left at the end. Cases with the same messages follow each other.
    load: shared.filter(({ quiet }) => quiet === true).toSorted(byMessages),
    alone: cases.filter((candidate) => candidate.alone === true),
  };
}

/** Cases that are all played before the next phase begins, and how they are played. */
export interface Phase {
  readonly cases: readonly Case[];
  /** Load: a few at a time. In order: the next case begins when the last one is over or only waits for a limit. */
  readonly how: "together" | "load" | "alone" | "in order";
}

/**
 * The phases of a run. `inOrder`: in the order of the catalogue and one after the other, as the original plays them.
 * Only the compression sections are then still played a few at a time, since they take by far the longest.
 */
export function phases(cases: readonly Case[], inOrder: boolean): readonly Phase[] {
  if (inOrder) {
    return [
      { cases: cases.filter((one) => !isCompressedLoad(one)), how: "in order" },
      { cases: playingOrder(cases.filter(isCompressedLoad)).load, how: "load" },
    ];
  }
  const { light, load, alone } = playingOrder(cases);
  return [
    { cases: light, how: "together" },
    { cases: load, how: "load" },
    { cases: alone, how: "alone" },
  ];
}

function isCompressedLoad({ deflate, quiet }: Case): boolean {
  return deflate !== undefined && quiet === true;
}

function byMessages(a: Case, b: Case): number {
  return largestMessage(b) - largestMessage(a) || corpusOf(a).localeCompare(corpusOf(b));
}

function corpusOf({ script }: Case): string {
  const messages = script.flatMap((step): LoopMessages[] =>
    step.do === "echo-loop" ? [step.messages] : [],
  )[0];
  return messages?.from === "corpus" ? messages.corpus : "";
}

/** How long it may be until the peer sends a Ping: longer than anything else takes. */
const PING_MS = 60_000;

/** How long a case may take with a peer that does nothing: its pauses and its last timer. */
function longestMs(candidate: Case): number {
  return candidate.script.reduce((sum, step) => {
    if (step.do === "wait") return sum + 1000;
    if (step.do === "await-ping" || step.do === "stay-silent") return sum + PING_MS;
    if (step.do === "until") return sum + step.withinMs;
    return step.do === "kill" || step.do === "close-after" ? sum + 1000 * step.seconds : sum;
  }, 0);
}
