import { sectionOf } from "../case/case-id.js";
import type { Case } from "../case/case.js";
import { LINT_RULES, type LintRule } from "../case/lint-rules.js";
import { casesFor, selectCases, SETS } from "../case/select.js";
import { SECTIONS } from "../case/spec.js";
import { CASES } from "../cases/index.js";

/** Which cases a suite has, and what is known of them. */
export interface Choice {
  readonly cases?: string | readonly (string | Case)[];
  readonly exclude?: string | readonly string[];
  readonly set?: string;
  readonly known?: Readonly<Record<string, string>>;
  readonly keepaliveSeconds?: number;
  readonly http2?: boolean;
}

/** A test that is registered. */
export interface PlannedTest {
  readonly about: "case" | "rule" | "end";
  /** Id of the case or the rule. */
  readonly id: string;
  readonly name: string;
  /** Why it is known to fail. */
  readonly known?: string;
}

/** A group of tests. */
export interface PlannedGroup {
  readonly name: string;
  readonly tests: readonly PlannedTest[];
}

export interface Plan {
  /** What the peer is. */
  readonly role: "client" | "server";
  readonly cases: readonly Case[];
  readonly set: string;
  readonly rules: readonly LintRule[];
  readonly groups: readonly PlannedGroup[];
}

/** Tests about the run as a whole can be known to fail by this id. */
export const END = "end";

/**
 * Which tests a suite registers: a group for each section, one for the rules of every connection, and a last test about
 * the run. The names depend on the cases alone. Throws a RangeError for a pattern, a set or a known failure that matches
 * nothing, and for a failure without a reason.
 */
export function planSuite(role: "client" | "server", choice: Choice): Plan {
  const set = choice.set ?? "all";
  const isInSet = SETS.get(set);
  if (isInSet === undefined) throw new RangeError(`there is no set ${set}: ${[...SETS.keys()].join(", ")}`);
  const cases = casesFor(role, chosen(choice, isInSet), {
    pings: choice.keepaliveSeconds !== undefined,
    http2: choice.http2 === true,
  });
  if (cases.length === 0) throw new RangeError(`no case of this selection can be played with a ${role}`);
  const rules = LINT_RULES.filter((rule) => rule.role === "both" || rule.role === role);
  const groups = new Map<string, PlannedTest[]>();
  for (const { id, title } of cases) {
    const number = sectionOf(id);
    const name = `${number} ${SECTIONS.get(number) ?? "Cases of your own"}`;
    const tests = groups.get(name) ?? [];
    groups.set(name, tests);
    tests.push({ about: "case", id, name: `${id} ${title}` });
  }
  const planned: readonly PlannedGroup[] = [
    ...[...groups].map(([name, tests]) => ({ name, tests })),
    {
      name: "On every connection",
      tests: [
        ...rules.map(({ id, title }) => ({ about: "rule" as const, id, name: `${id} ${title}` })),
        { about: "end", id: END, name: "The peer is there until the end." },
      ],
    },
  ];
  return { role, cases, set, rules, groups: withKnown(planned, choice.known ?? {}) };
}

function chosen({ cases, exclude }: Choice, isInSet: (id: string) => boolean): readonly Case[] {
  const given = cases === undefined || typeof cases === "string" ? [cases ?? "*"] : cases;
  const own = given.filter((one) => typeof one !== "string");
  const include = given.filter((one) => typeof one === "string");
  const left = typeof exclude === "string" ? [exclude] : (exclude ?? []);
  if (own.length > 0 && include.length === 0) return own;
  const selection = selectCases(
    CASES.filter(({ id }) => isInSet(id)),
    { include, exclude: left },
  );
  if (!selection.ok) {
    const [unknown] = selection.unknown;
    const hint = unknown?.suggestions[0];
    throw new RangeError(
      `no case matches ${JSON.stringify(unknown?.pattern)}${hint === undefined ? "" : `; did you mean ${hint}?`}`,
    );
  }
  return [...selection.cases, ...own];
}

function withKnown(
  groups: readonly PlannedGroup[],
  known: Readonly<Record<string, string>>,
): readonly PlannedGroup[] {
  const reasons = new Map<string, string>();
  const tests = groups.flatMap((group) => group.tests);
  for (const [pattern, reason] of Object.entries(known)) {
    if (reason.trim() === "")
      throw new RangeError(`why is ${JSON.stringify(pattern)} known to fail? Give a reason.`);
    const matching = tests.filter(({ id }) => matches(pattern, id));
    if (matching.length === 0)
      throw new RangeError(`no test matches ${JSON.stringify(pattern)}, which is known to fail`);
    for (const { id } of matching) reasons.set(id, reason);
  }
  return groups.map(({ name, tests: planned }) => ({
    name,
    tests: planned.map((one) => {
      const reason = reasons.get(one.id);
      return reason === undefined ? one : { ...one, known: reason };
    }),
  }));
}

/** An id, or the beginning of ids and an asterisk. */
function matches(pattern: string, id: string): boolean {
  return pattern.endsWith("*") ? id.startsWith(pattern.slice(0, -1)) : id === pattern;
}
