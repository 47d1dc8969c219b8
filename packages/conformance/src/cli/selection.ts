import type { Case } from "../case/case.js";
import { SETS, selectCases, type UnknownPattern } from "../case/select.js";
import { CASES } from "../cases/index.js";
import { quote } from "../report/escape.js";
import { oneOf, single, withDefault, type Option } from "./option.js";
import { UsageError } from "./usage-error.js";

/** The part of the options of a command that chooses cases. */
export interface SelectionValues {
  readonly cases: readonly string[];
  readonly exclude: readonly string[];
  readonly set: string;
}

/** `--set NAME`. */
export const setOption: Option<string> = withDefault(
  single(
    "NAME",
    `The set of cases to choose from: ${[...SETS.keys()].join(" or ")}.`,
    oneOf([...SETS.keys()]),
  ),
  "all",
);

/** The chosen cases in catalogue order, at least one. Throws a UsageError for a pattern that matches none. */
export function selection({ cases, exclude, set }: SelectionValues): readonly Case[] {
  if (cases.length > 0 && cases.every(isEmpty)) throw new UsageError("--cases names no case");
  const isInSet = SETS.get(set) ?? (() => false);
  const selected = selectCases(
    CASES.filter(({ id }) => isInSet(id)),
    { include: cases, exclude },
  );
  if (!selected.ok) throw new UsageError(selected.unknown.map((one) => unknownPattern(one, set)).join("; "));
  if (selected.cases.length === 0) throw new UsageError("--exclude leaves no case");
  return selected.cases;
}

function isEmpty(patterns: string): boolean {
  return /^[\s,]*$/.test(patterns);
}

function unknownPattern({ pattern, suggestions }: UnknownPattern, set: string): string {
  const place = set === "all" ? "" : ` of the set ${set}`;
  const hint = suggestions.length === 0 ? "" : ` (did you mean ${suggestions.join(" or ")}?)`;
  return `no case${place} matches ${quote(pattern)}${hint}`;
}
