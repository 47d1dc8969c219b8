/** The section of a case id: `7` of `7.7.3`. */
export function sectionOf(id: string): number {
  return Number(id.split(".", 1)[0]);
}

/** The family of a case id: everything but its last part, `7.7` of `7.7.3`, `5` of `5.20`. */
export function familyOf(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf(".")));
}

/**
 * Orders ids of cases number by number: 2.9 before 2.10 before 10.1.1.
 *
 * @param a - An id.
 * @param b - An id.
 * @returns Below 0 where `a` comes first, above 0 where `b` does, 0 where they are the same.
 *
 * @example
 * ```ts
 * import { compareIds } from "wireproof/page";
 *
 * console.assert(["10.1.1", "2.10", "2.9"].sort(compareIds).join() === "2.9,2.10,10.1.1");
 * ```
 */
export function compareIds(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? -1) - (right[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
