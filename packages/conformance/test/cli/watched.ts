import { eventsOf } from "./started.js";

/** What was played in the run whose report is there, a line each. */
export function playedIn(out: string): readonly string[] {
  const ends = eventsOf(out).flatMap((event) => (event.type === "case-end" ? [event] : []));
  return ends.map((end) => `${end.case} ${end.verdict.outcome}`).toSorted();
}

/** Two cases that any server passes, and one that `sloppy` fails. */
export const CASES: readonly string[] = ["--cases", "1.1.1,1.1.3,3.2", "--quiet"];
export const BROKEN: readonly string[] = ["1.1.1 pass", "1.1.3 pass", "3.2 fail"];
export const SOUND: readonly string[] = ["1.1.1 pass", "1.1.3 pass", "3.2 pass"];
