import type { Case } from "../case/case.js";
import { agree, isDoubtful, isOpeningLate, kindOf, type Played } from "./doubt.js";

/** A result that is not believed yet. */
export interface Doubt {
  readonly case: Case;
  readonly played: Played;
}

export interface ConfirmContext {
  /** Plays a case again, with nothing else in flight; undefined where there was no connection or the run is over. */
  readonly alone: (repeated: Case) => Promise<Played | undefined>;
  /** Plays these again, a few at a time, and calls back with each. */
  readonly together: (
    repeated: readonly Case[],
    played: (one: Case, result: Played) => void,
  ) => Promise<void>;
  /** Tells a result that counts. */
  readonly believe: (one: Case, result: Played) => void;
  readonly isOver: () => boolean;
}

/** Repeats of a kind that have to agree in a row, alone, before anything is concluded for the others of that kind. */
const AGREEING = 3;
/** A kind with more cases than this is what the peer is like; a sample more is repeated in place of all. */
const MANY = 48;
const SAMPLE = 3;

/**
 * Decides about doubtful results, kind by kind, the kinds with the quickest cases first. Three repeats alone that agree
 * in a row show that the peer is like that. The others of the kind are played again a few at a time, each of them, as
 * long as they are not many; of many a sample is, alone. One that does not agree begins the count again.
 */
export async function confirm(doubts: readonly Doubt[], context: ConfirmContext): Promise<void> {
  for (const kind of kinds(doubts)) {
    if (context.isOver()) return;
    await confirmKind(kind, context);
  }
}

async function confirmKind(kind: readonly Doubt[], context: ConfirmContext): Promise<void> {
  const left = [...kind];
  let agreeing = 0;
  while (left.length > 0 && !context.isOver()) {
    if (agreeing >= AGREEING && !isOpeningLate((left[0] as Doubt).played.record)) {
      if (left.length <= MANY) return await lookAgain(left, context);
      const sample = takeSample(left);
      if (await allAgree(sample, context)) {
        for (const { case: one, played } of left) context.believe(one, played);
        return;
      }
      agreeing = 0;
      continue;
    }
    agreeing = (await agrees(left.shift() as Doubt, context)) ? agreeing + 1 : 0;
  }
}

/** Each of them again, a few at a time; alone where it goes wrong in another way than before. */
async function lookAgain(left: readonly Doubt[], context: ConfirmContext): Promise<void> {
  const doubts = new Map(left.map((doubt) => [doubt.case, doubt]));
  const other: Case[] = [];
  await context.together([...doubts.keys()], (one, result) => {
    const before = doubts.get(one);
    const isFine = !isDoubtful(result.record, result.verdict);
    if (isFine || (before !== undefined && agree(before.played, result))) context.believe(one, result);
    else other.push(one);
  });
  for (const one of other) {
    const result = await context.alone(one);
    if (result !== undefined) context.believe(one, result);
  }
}

async function allAgree(doubts: readonly Doubt[], context: ConfirmContext): Promise<boolean> {
  let all = true;
  for (const doubt of doubts) {
    if (context.isOver()) return false;
    if (!(await agrees(doubt, context))) all = false;
  }
  return all;
}

async function agrees({ case: one, played }: Doubt, context: ConfirmContext): Promise<boolean> {
  const again = await context.alone(one);
  if (again === undefined) return false;
  context.believe(one, again);
  return agree(played, again);
}

/** Takes some out of the list, evenly spread over it. */
function takeSample(left: Doubt[]): readonly Doubt[] {
  const step = left.length / SAMPLE;
  const chosen = new Set(Array.from({ length: SAMPLE }, (_, i) => left[Math.floor((i + 0.5) * step)]));
  const sample = left.filter((doubt) => chosen.has(doubt));
  left.splice(0, left.length, ...left.filter((doubt) => !chosen.has(doubt)));
  return sample;
}

/** The doubts of each kind, the quickest first. */
function kinds(doubts: readonly Doubt[]): readonly (readonly Doubt[])[] {
  const found = new Map<string, Doubt[]>();
  for (const doubt of [...doubts].sort((a, b) => a.played.record.durationMs - b.played.record.durationMs)) {
    const kind = kindOf(doubt.played.record);
    found.set(kind, [...(found.get(kind) ?? []), doubt]);
  }
  return [...found.values()];
}
