import type { Case } from "../case/case.js";

/** What was sent illegally although the case does not declare it: a fault of the suite, never of the peer. */
export function undeclared(played: Case, found: ReadonlySet<string>): readonly string[] {
  const declared = new Set<string>(played.illegal ?? []);
  return [...found].filter((name) => !declared.has(name));
}
