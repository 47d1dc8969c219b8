import type { Case } from "../case/case.js";
import { BEHAVIORS } from "../report/autobahn/words.js";
import type { Outcome } from "../judge/verdict.js";

/** The answer to /getCaseInfo: JSON with blanks after colons and commas, as the original writes it. */
export function infoText({ id, description }: Case): string {
  return object([
    ["id", id],
    ["description", description],
  ]);
}

/** The answer to /getCaseStatus, in the words of the original. */
export function statusText(outcome: Outcome): string {
  return object([["behavior", BEHAVIORS[outcome]]]);
}

function object(entries: readonly (readonly [string, string])[]): string {
  return `{${entries.map(([key, value]) => `${ascii(key)}: ${ascii(value)}`).join(", ")}}`;
}

/** Python writes JSON with ASCII characters only. */
function ascii(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
