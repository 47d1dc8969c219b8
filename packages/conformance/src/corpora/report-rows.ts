import type { Random } from "../case/random.js";

/** One line of an invented conformance report: what the repetitive corpora are made of. */
export interface ReportRow {
  readonly id: string;
  readonly outcome: string;
  readonly closing: string;
  readonly durationMs: number;
  readonly closeCode: number | null;
}

/** Case ids in the order of a report, section after section. */
export function reportIds(): readonly string[] {
  return GROUPS.flatMap(([group, size]) =>
    Array.from({ length: size }, (_, index) => `${group}.${index + 1}`),
  );
}

/** What an invented peer did in a case: mostly what it should, as real reports look. */
export function reportRow(id: string, random: Random): ReportRow {
  const isUnusual = random.chance(2);
  return {
    id,
    outcome: isUnusual ? random.pick(["non-strict", "informational", "fail"]) : "pass",
    closing: isUnusual && random.chance(40) ? random.pick(["unclean", "wrong-code"]) : "ok",
    durationMs: durationMs(random),
    closeCode: isUnusual ? random.pick([1002, 1007, null]) : 1000,
  };
}

function durationMs(random: Random): number {
  if (random.chance(88)) return 1 + random.below(3);
  return random.chance(60) ? 4 + random.below(30) : 100 + random.below(900);
}

/** Group of cases and how many it has. */
const GROUPS: ReadonlyArray<readonly [string, number]> = [
  ["1.1", 8],
  ["1.2", 8],
  ["2", 12],
  ["3", 7],
  ["4.1", 6],
  ["4.2", 5],
  ["5.1", 14],
  ["5.2", 9],
  ["6.1", 4],
  ["6.2", 18],
  ["6.3", 24],
  ["7.1", 12],
  ["7.2", 17],
  ["7.3", 24],
  ["8.1", 11],
  ["8.2", 19],
  ["9.1", 10],
  ["9.2", 10],
  ["10.1", 18],
  ["10.2", 18],
  ["11.1", 13],
];
