import { readFileSync } from "node:fs";

/** Files that a process has open besides its connections, with a reserve. */
const OTHERS = 64;

/** How many files this process may open, as Linux reports it; null on other systems. */
export function openFileLimit(): number | null {
  try {
    const [, soft] = /^Max open files\s+(\S+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    if (soft === undefined) return null;
    return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return null;
  }
}

/** Why so many connections cannot be opened by one process, in a sentence without a full stop; null if they can. */
export function tooFewFiles(connections: number, limit: number | null = openFileLimit()): string | null {
  const needed = connections + OTHERS;
  if (limit === null || limit >= needed) return null;
  return (
    `${connections} connections need ${needed} open files, but this process may have only ${limit}: ` +
    `raise the limit with ulimit -n ${needed}, here and for the server`
  );
}
