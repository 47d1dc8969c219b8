import { isAdvice, isDemand } from "../case/requirements.js";

/**
 * What a run says of a requirement. `passed`: a case that names it passed, and no result says that it is broken.
 * `non-strict`: it is broken in a way that is tolerated. `observed`: only cases that do not judge name it.
 */
export type RequirementResult = "passed" | "non-strict" | "failed" | "observed" | "not exercised";

/** The worst result of a requirement counts: it is the last of these. */
export const RESULTS: readonly RequirementResult[] = [
  "not exercised",
  "observed",
  "passed",
  "non-strict",
  "failed",
];

export interface ExercisedRequirement {
  readonly id: string;
  readonly result: RequirementResult;
  /** Ids of the cases that gave this result, or of rules that hold on every connection. */
  readonly cases: readonly string[];
}

/** So many of so many. */
export interface Share {
  readonly count: number;
  readonly of: number;
}

/**
 * Three figures about one peer, which say different things and are never added up: what the suite can ask of a peer of
 * this kind, how much of that this run asked, and what the peer made of it.
 */
export interface CoverageFigures {
  /** Of what a test can see of such a peer, what the suite covers. It is the same in every run. */
  readonly suite: Share;
  /** Of what the suite covers, what this run exercised. */
  readonly exercised: Share;
  readonly conformance: Conformance;
}

/** Of what was exercised and judged, by level, what the peer keeps; what it breaks in a way that is tolerated is not kept. */
export interface Conformance {
  /** MUST and MUST NOT. */
  readonly must: Share;
  /** SHOULD and SHOULD NOT. */
  readonly should: Share;
  /** MAY, and what an RFC says as a fact. */
  readonly other: Share;
  /** Requirements that only cases without a judgement named. */
  readonly observed: number;
  /** Requirements that the suite covers, and this run did not exercise. */
  readonly notExercised: number;
}

/** `requirements`: every one that a peer of this kind can keep, and a test can see. */
export function coverageFigures(
  requirements: readonly ExercisedRequirement[],
  isCovered: (id: string) => boolean,
): CoverageFigures {
  const covered = requirements.filter(({ id, result }) => isCovered(id) || result !== "not exercised");
  const exercised = covered.filter(({ result }) => result !== "not exercised");
  const judged = exercised.filter(({ result }) => result !== "observed");
  return {
    suite: { count: covered.length, of: requirements.length },
    exercised: { count: exercised.length, of: covered.length },
    conformance: {
      must: kept(judged.filter(({ id }) => isDemand(id))),
      should: kept(judged.filter(({ id }) => isAdvice(id))),
      other: kept(judged.filter(({ id }) => !isDemand(id) && !isAdvice(id))),
      observed: exercised.length - judged.length,
      notExercised: covered.length - exercised.length,
    },
  };
}

function kept(judged: readonly ExercisedRequirement[]): Share {
  return { count: judged.filter(({ result }) => result === "passed").length, of: judged.length };
}

/** What a peer conforms to, in a line: `MUST 139/142, SHOULD 22/25, not exercised 9`. */
export function conformanceLine({ must, should, other, observed, notExercised }: Conformance): string {
  const shares = [
    ["MUST", must],
    ["SHOULD", should],
    ["other", other],
  ] as const;
  return [
    ...shares.filter(([, { of }]) => of > 0).map(([name, { count, of }]) => `${name} ${count}/${of}`),
    ...(observed === 0 ? [] : [`only observed ${observed}`]),
    `not exercised ${notExercised}`,
  ].join(", ");
}
