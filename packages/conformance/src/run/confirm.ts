import type { Case } from "../case/case.js";
import { agree, needsConfirmation, isOpeningLate, kindOf, type Played } from "./unconfirmed.js";

/** A result that does not count before it is confirmed. */
export interface UnconfirmedResult {
  readonly case: Case;
  readonly played: Played;
}

export interface ConfirmContext {
  /** Plays a case again with no other case in flight; undefined if there was no connection or the run is over. */
  readonly alone: (repeated: Case) => Promise<Played | undefined>;
  /** Plays these cases again, a few at a time, and calls back with each result. */
  readonly together: (
    repeated: readonly Case[],
    played: (one: Case, result: Played) => void,
  ) => Promise<void>;
  /** Reports a result that counts. */
  readonly accept: (one: Case, result: Played) => void;
  readonly isOver: () => boolean;
}

/**
 * So many repeats of a kind, each played alone, have to agree in a row. Only then do they count for others of that
 * kind.
 */
const AGREEING_REPEATS = 3;
/** If a kind has more cases than this, only a sample of them is repeated: then the peer is probably like that. */
const MANY_CASES = 48;
const SAMPLE_CASES = 3;

/**
 * Decides about unconfirmed results, kind by kind, the kinds with the quickest cases first. Three repeats in a row that
 * are played alone and agree show that the peer is like that. Then the other cases of the kind are played again, a few
 * at a time. If there are many, only a sample of them is played again, each case alone. A repeat that does not agree
 * starts the count again.
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

/** Plays each case again, a few at a time, and alone if it goes wrong in another way than before. */
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

/** Removes some results from the list, evenly spread over it, and returns them. */
function takeSample(left: UnconfirmedResult[]): readonly UnconfirmedResult[] {
  const step = left.length / SAMPLE_CASES;
  const chosen = new Set(Array.from({ length: SAMPLE_CASES }, (_, i) => left[Math.floor((i + 0.5) * step)]));
  const sample = left.filter((result) => chosen.has(result));
  left.splice(0, left.length, ...left.filter((result) => !chosen.has(result)));
  return sample;
}

/** The unconfirmed results of each kind, the quickest first. */
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
