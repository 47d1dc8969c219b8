import type { Case } from "../case/case.js";
import { casesFor, SETS, selectCases, type UnknownPattern } from "../case/select.js";
import { CASES } from "../cases/index.js";
import { quote } from "../report/escape.js";
import type { Profile } from "../record/record.js";
import { oneOf, plainText, several, single, type Option } from "./option.js";
import { UsageError } from "./usage-error.js";

/** The options of every command that chooses cases. */
export interface SelectionOptions {
  readonly cases: Option<readonly string[]>;
  readonly exclude: Option<readonly string[]>;
  readonly set: Option<string | undefined>;
}

export interface SelectionValues {
  readonly cases: readonly string[];
  readonly exclude: readonly string[];
  readonly set: string | undefined;
  readonly profile?: Profile | undefined;
  /** In how many seconds the peer sends a Ping by itself, if it does. */
  readonly keepalive?: number | undefined;
  readonly http2?: boolean | undefined;
}

export const selectionOptions: SelectionOptions = {
  cases: {
    ...several(
      "PATTERNS",
      "Only these cases: comma-separated ids in which * stands for any text, such as 5.20,6.*,*.1; or section:7, requirement:6455-5.5.1-*, or words of titles, such as close code.",
      plainText,
    ),
    fallback: "every case of the set",
  },
  exclude: several(
    "PATTERNS",
    "Not these cases. The notation is that of --cases.",
    // An empty variable in a script excludes nothing.
    (value, flag) => (value === "" ? value : plainText(value, flag)),
  ),
  set: {
    ...single(
      "NAME",
      "The set of cases to choose from: autobahn, the 517 of Autobahn|Testsuite; 2026.1, which never changes, so that results can be compared; or all. list and show say what 2026.1 does not score, and why.",
      oneOf([...SETS.keys()]),
    ),
    fallback: "all; autobahn with --profile autobahn and without --cases",
  },
};

/**
 * The set to choose from. With the profile autobahn it has the cases of the original only, so that results can be
 * compared.
 */
export function chosenSet({ set, cases, profile }: SelectionValues): string {
  return set ?? (profile === "autobahn" && cases.length === 0 ? "autobahn" : "all");
}

/**
 * The chosen cases in catalogue order, at least one. With `peer`, only those that can be played with it. Throws a
 * UsageError for a pattern that matches no case.
 */
export function selection(values: SelectionValues, peer?: "client" | "server"): readonly Case[] {
  const chosen = chosenCases(values);
  if (peer === undefined) return chosen;
  const circumstances = { pings: values.keepalive !== undefined, http2: values.http2 === true };
  const playable = casesFor(peer, chosen, circumstances);
  if (playable.length > 0) return playable;
  const ids = chosen.map(({ id }) => id).join(", ");
  if (casesFor(peer, chosen, { ...circumstances, pings: true }).length > 0) {
    throw new UsageError(
      `${ids}: can only be played with --keepalive, with a peer that sends Pings by itself`,
    );
  }
  if (casesFor(peer, chosen, { pings: true, http2: !circumstances.http2 }).length > 0) {
    throw new UsageError(
      `${ids}: can only be played ${circumstances.http2 ? "over HTTP/1.1, without --http2" : "over HTTP/2, with --http2"}`,
    );
  }
  throw new UsageError(`${ids}: cannot be played with a ${peer}`);
}

function chosenCases(values: SelectionValues): readonly Case[] {
  const { cases, exclude } = values;
  if (cases.length > 0 && cases.every(isEmpty)) throw new UsageError("--cases names no case");
  const set = chosenSet(values);
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
