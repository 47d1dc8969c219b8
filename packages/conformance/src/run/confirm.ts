import type { Case } from "../case/case.js";
import { agree, needsConfirmation, isOpeningLate, kindOf, type Played } from "./unconfirmed.js";

/** A result that is not believed yet. */
export interface UnconfirmedResult {
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
  readonly accept: (one: Case, result: Played) => void;
  readonly isOver: () => boolean;
}

/** Repeats of a kind that have to agree in a row, alone, before anything is concluded for the others of that kind. */
const AGREEING_REPEATS = 3;
/** A kind with more cases than this is what the peer is like; a sample more is repeated in place of all. */
const MANY_CASES = 48;
const SAMPLE_CASES = 3;

/**
 * Decides about doubtful results, kind by kind, the kinds with the quickest cases first. Three repeats alone that agree
 * in a row show that the peer is like that. The others of the kind are played again a few at a time, each of them, as
 * long as they are not many; of many a sample is, alone. One that does not agree begins the count again.
 */
export async function confirm(
  unconfirmed: readonly UnconfirmedResult[],
  context: ConfirmContext,
): Promise<void> {
  for (const kind of kinds(unconfirmed)) {
    if (context.isOver()) return;
    await confirmKind(kind, context);
  }
}

async function confirmKind(kind: readonly UnconfirmedResult[], context: ConfirmContext): Promise<void> {
  const left = [...kind];
  let agreeing = 0;
  while (left.length > 0 && !context.isOver()) {
    if (agreeing >= AGREEING_REPEATS && !isOpeningLate((left[0] as UnconfirmedResult).played.record)) {
      if (left.length <= MANY_CASES) return await lookAgain(left, context);
      const sample = takeSample(left);
      if (await allAgree(sample, context)) {
        for (const { case: one, played } of left) context.accept(one, played);
        return;
      }
      agreeing = 0;
      continue;
    }
    agreeing = (await agrees(left.shift() as UnconfirmedResult, context)) ? agreeing + 1 : 0;
  }
}

/** Each of them again, a few at a time; alone where it goes wrong in another way than before. */
async function lookAgain(left: readonly UnconfirmedResult[], context: ConfirmContext): Promise<void> {
  const unconfirmed = new Map(left.map((result) => [result.case, result]));
  const other: Case[] = [];
  await context.together([...unconfirmed.keys()], (one, result) => {
    const before = unconfirmed.get(one);
    const isFine = !needsConfirmation(result.record, result.verdict);
    if (isFine || (before !== undefined && agree(before.played, result))) context.accept(one, result);
    else other.push(one);
  });
  for (const one of other) {
    const result = await context.alone(one);
    if (result !== undefined) context.accept(one, result);
  }
}

async function allAgree(
  unconfirmed: readonly UnconfirmedResult[],
  context: ConfirmContext,
): Promise<boolean> {
  let all = true;
  for (const result of unconfirmed) {
    if (context.isOver()) return false;
    if (!(await agrees(result, context))) all = false;
  }
  return all;
}

async function agrees({ case: one, played }: UnconfirmedResult, context: ConfirmContext): Promise<boolean> {
  const again = await context.alone(one);
  if (again === undefined) return false;
  context.accept(one, again);
  return agree(played, again);
}

/** Takes some out of the list, evenly spread over it. */
function takeSample(left: UnconfirmedResult[]): readonly UnconfirmedResult[] {
  const step = left.length / SAMPLE_CASES;
  const chosen = new Set(Array.from({ length: SAMPLE_CASES }, (_, i) => left[Math.floor((i + 0.5) * step)]));
  const sample = left.filter((result) => chosen.has(result));
  left.splice(0, left.length, ...left.filter((result) => !chosen.has(result)));
  return sample;
}

/** The unconfirmed of each kind, the quickest first. */
function kinds(unconfirmed: readonly UnconfirmedResult[]): readonly (readonly UnconfirmedResult[])[] {
  const found = new Map<string, UnconfirmedResult[]>();
  for (const result of [...unconfirmed].sort(
    (a, b) => a.played.record.durationMs - b.played.record.durationMs,
  )) {
    const kind = kindOf(result.played.record);
    found.set(kind, [...(found.get(kind) ?? []), result]);
  }
  return [...found.values()];
}
