import type { RoleResult } from "../matrix/results.js";

/** The command that repeats the run of a role, or of one case of it. */
export function commandFor(
  stack: string,
  { role, over }: Pick<RoleResult, "role" | "over">,
  id?: string,
): string {
  const cases = id === undefined ? "" : ` --cases ${id}`;
  // Elsewhere: the results of one case must not take the place of those of all.
  return `wireproof matrix run ${stack} --role ${role} --${over}${cases} --results try`;
}
