import type { Case } from "../case/case.js";
import { BEHAVIORS } from "../report/autobahn/words.js";
import type { Outcome } from "../judge/verdict.js";

/** What /getCaseInfo says: JSON with blanks behind colons and commas, as the original writes it. */
export function infoText({ id, description }: Case): string {
  return object([
    ["id", id],
    ["description", description],
  ]);
}

/** What /getCaseStatus says, in the original's words. */
export function statusText(outcome: Outcome): string {
  return object([["behavior", BEHAVIORS[outcome]]]);
}

function object(entries: readonly (readonly [string, string])[]): string {
  return `{${entries.map(([key, value]) => `${ascii(key)}: ${ascii(value)}`).join(", ")}}`;
}

/** Python's JSON has no character beyond ASCII. */
function ascii(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
