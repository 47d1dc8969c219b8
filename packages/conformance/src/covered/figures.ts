import { isAdvice, isDemand } from "../case/requirements.js";
import { byDocument } from "./suite-coverage.js";

/**
 * What a run says of a requirement. `passed`: a case that names it passed, and no result says that it is broken.
 * `non-strict`: it is broken in a way that is tolerated. `observed`: only cases that do not judge name it.
 *
 * @example
 * ```ts
 * import type { RequirementResult } from "wireproof/page";
 *
 * const results: readonly RequirementResult[] = ["passed", "not exercised"];
 * console.assert(results.includes("passed"));
 * ```
 */
export type RequirementResult = "passed" | "non-strict" | "failed" | "observed" | "not exercised";

/** The worst result of a requirement counts: it is the last of these. */
export const REQUIREMENT_RESULTS: readonly RequirementResult[] = [
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
export interface PeerFigures {
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
export function peerFigures(
  requirements: readonly ExercisedRequirement[],
  isCovered: (id: string) => boolean,
): PeerFigures {
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

/**
 * The figures of a document, which are never mixed: what the suite covers, what a run exercised, and what came out.
 *
 * @example
 * ```ts
 * import type { CoverageFigures } from "wireproof/page";
 *
 * const results = { failed: 1, "non-strict": 0, passed: 20, observed: 2, "not exercised": 7 };
 * const figures: CoverageFigures = { document: "RFC 6455", testable: 30, covered: 29, exercised: 23, results };
 * console.assert(figures.exercised + figures.results["not exercised"] === figures.testable);
 * ```
 */
export interface CoverageFigures {
  /** Such as `RFC 6455, WebSocket`; the last one is `all documents`. */
  readonly document: string;
  /** Requirements of such a peer that some test can see. */
  readonly testable: number;
  /** Those that a case for such a peer, or a rule, exercises. */
  readonly covered: number;
  /** Those about which this run says something: the sum of the results but `not exercised`. */
  readonly exercised: number;
  /** How many have which result. */
  readonly results: Readonly<Record<RequirementResult, number>>;
}

/**
 * All requirements of a document, and those that it demands with MUST and MUST NOT.
 *
 * @example
 * ```ts
 * import type { DocumentFigures } from "wireproof/page";
 *
 * const demanded = ({ must }: DocumentFigures): number => must.testable;
 * console.assert(typeof demanded === "function");
 * ```
 */
export interface DocumentFigures {
  /** Every requirement of the document. */
  readonly all: CoverageFigures;
  /** Only MUST and MUST NOT. */
  readonly must: CoverageFigures;
}

/** The figures by document, those of all documents last. Documents that ask nothing of such a peer are left out. */
export function documentFigures(
  requirements: readonly ExercisedRequirement[],
  isCovered: (id: string) => boolean,
): readonly DocumentFigures[] {
  return byDocument(requirements)
    .filter(([, ofIt]) => ofIt.length > 0)
    .map(([document, ofIt]) => {
      const demanded = ofIt.filter(({ id }) => isDemand(id));
      return {
        all: figuresOf(document, ofIt, isCovered),
        must: figuresOf(document, demanded, isCovered),
      };
    });
}

function figuresOf(
  document: string,
  requirements: readonly ExercisedRequirement[],
  isCovered: (id: string) => boolean,
): CoverageFigures {
  const number = (result: RequirementResult): number =>
    requirements.filter((one) => one.result === result).length;
  const results = {
    failed: number("failed"),
    "non-strict": number("non-strict"),
    passed: number("passed"),
    observed: number("observed"),
    "not exercised": number("not exercised"),
  };
  return {
    document,
    testable: requirements.length,
    covered: requirements.filter(({ id, result }) => isCovered(id) || result !== "not exercised").length,
    exercised: requirements.length - results["not exercised"],
    results,
  };
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
