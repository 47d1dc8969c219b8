import { join } from "node:path";

import { safeJson } from "../report/escape.js";
import { stackResults, type EarlierResult, type RoleResult, type StackResults } from "./results.js";
import { totalsOf } from "./role-result.js";
import { readStored, writeStored } from "./stored-file.js";

/** Earlier versions that are remembered. */
const MOST_EARLIER = 100;

/** What is stored of a stack; undefined if nothing is. Throws a ResultsError for a file that is no results of ours. */
export function storedResults(results: string, folder: string): StackResults | undefined {
  return readStored(fileOf(results, folder), stackResults);
}

/** What is stored of one role. */
export function storedRole(
  stored: StackResults | undefined,
  { role, over }: Pick<RoleResult, "role" | "over">,
): RoleResult | undefined {
  return stored?.roles.find((one) => one.role === role && one.over === over);
}

/** Stores the result of a role in the place of the one before, which becomes history if the version is another. */
export function store(results: string, folder: string, result: RoleResult): void {
  const { roles, history } = storedResults(results, folder) ?? { roles: [], history: [] };
  const before = roles.find((one) => isSameRole(one, result));
  const isNewVersion =
    before !== undefined && before.version !== result.version && before.status !== "failed";
  const all = isNewVersion ? [earlierOf(before), ...history] : history;
  const kept: StackResults = {
    stack: folder,
    roles: [...roles.filter((one) => one !== before), result].toSorted((a, b) => rank(a) - rank(b)),
    history: all.slice(0, MOST_EARLIER),
  };
  writeStored(fileOf(results, folder), resultsText(kept));
}

function fileOf(results: string, folder: string): string {
  return join(results, "stacks", `${folder}.json`);
}

function isSameRole(a: Pick<RoleResult, "role" | "over">, b: Pick<RoleResult, "role" | "over">): boolean {
  return a.role === b.role && a.over === b.over;
}

function rank({ role, over }: Pick<RoleResult, "role" | "over">): number {
  return (over === "http2" ? 2 : 0) + (role === "client" ? 1 : 0);
}

function earlierOf(result: RoleResult): EarlierResult {
  const { role, over, version, suite, startedAt, findings } = result;
  return {
    role,
    over,
    version,
    suite,
    day: startedAt.slice(0, 10),
    totals: totalsOf(result),
    findings: findings.filter(({ outcome }) => outcome !== "informational").map(({ id }) => id),
  };
}

/** A line for each finding, so that the difference between two commits shows what has changed. */
function resultsText({ stack, roles, history }: StackResults): string {
  const parts = roles.map(({ findings, ...rest }) => {
    const lines = findings.map((one) => `\n${safeJson(one)}`).join(",");
    return `\n${safeJson(rest).slice(0, -1)},"findings":[${lines}${lines === "" ? "" : "\n"}]}`;
  });
  const past = history.map((one) => `\n${safeJson(one)}`);
  return `{"stack":${safeJson(stack)},"roles":[${parts.join(",")}\n],"history":[${past.join(",")}${past.length === 0 ? "" : "\n"}]}\n`;
}
