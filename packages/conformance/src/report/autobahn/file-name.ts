/** File systems allow 255 octets a name; the rest of it needs less than this. */
const MAX_SLUG = 200;

/**
 * The agent's part of file names, by the original's rule: trimmed, in lower case, everything but a–z and 0–9 a
 * blank, trimmed again, blanks to `_`. Agents that differ only in other characters have the same one. A name that
 * no file system would take is cut.
 */
export function agentSlug(agent: string): string {
  const blanks = agent
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]/gu, " ")
    .trim();
  return blanks.replaceAll(" ", "_").slice(0, MAX_SLUG);
}

/**
 * A slug that none of these has, which is then one of them: with `_2` and so on behind it where another agent came
 * first. All are in lower case, so that they differ on every file system.
 */
export function freeSlug(slug: string, taken: Set<string>): string {
  let free = slug;
  for (let number = 2; taken.has(free); number++) free = `${slug}_${number}`;
  taken.add(free);
  return free;
}

/** Name of the JSON file of a case; its page has the same stem. */
export function reportFile(slug: string, id: string): string {
  return `${slug}_case_${id.replaceAll(".", "_")}.json`;
}
