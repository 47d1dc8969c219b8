/** The original's 517 cases, in order: family and number of cases, which are counted from 1 in every family. */
const FAMILIES: readonly (readonly [string, number])[] = [
  ["1.1", 8],
  ["1.2", 8],
  ["2", 11],
  ["3", 7],
  ["4.1", 5],
  ["4.2", 5],
  ["5", 20],
  ["6.1", 3],
  ["6.2", 4],
  ["6.3", 2],
  ["6.4", 4],
  ["6.5", 5],
  ["6.6", 11],
  ["6.7", 4],
  ["6.8", 2],
  ["6.9", 4],
  ["6.10", 3],
  ["6.11", 5],
  ["6.12", 8],
  ["6.13", 5],
  ["6.14", 10],
  ["6.15", 1],
  ["6.16", 3],
  ["6.17", 5],
  ["6.18", 5],
  ["6.19", 5],
  ["6.20", 7],
  ["6.21", 8],
  ["6.22", 34],
  ["6.23", 7],
  ["7.1", 6],
  ["7.3", 6],
  ["7.5", 1],
  ["7.7", 13],
  ["7.9", 9],
  ["7.13", 2],
  ["9.1", 6],
  ["9.2", 6],
  ["9.3", 9],
  ["9.4", 9],
  ["9.5", 6],
  ["9.6", 6],
  ["9.7", 6],
  ["9.8", 6],
  ["10.1", 1],
  ["12.1", 18],
  ["12.2", 18],
  ["12.3", 18],
  ["12.4", 18],
  ["12.5", 18],
  ["13.1", 18],
  ["13.2", 18],
  ["13.3", 18],
  ["13.4", 18],
  ["13.5", 18],
  ["13.6", 18],
  ["13.7", 18],
];

/** Position of a case among the original's 517, from 1; 0 for a case that it does not have. */
export function globalIndex(id: string): number {
  const family = id.slice(0, Math.max(0, id.lastIndexOf(".")));
  const number = Number(id.slice(family.length + 1));
  let before = 0;
  for (const [name, size] of FAMILIES) {
    if (name === family) return number >= 1 && number <= size ? before + number : 0;
    before += size;
  }
  return 0;
}

/** Seconds that the first cases of sections 9.7, 9.8, 12 and 13 have; all others of them have the last figure. */
const LOOP_SECONDS = [60, 60, 120, 240, 480];
const LATENCY_SECONDS = [60, 60, 60, 120, 240, 480];

/** How long the original waits for the echoes of a case of sections 9, 12 and 13, which its words name. */
export function limitSeconds(id: string): number {
  const number = Number(id.slice(id.lastIndexOf(".") + 1));
  if (/^9\.[78]\./.test(id)) return LATENCY_SECONDS[number - 1] ?? 480;
  if (/^1[23]\./.test(id)) return LOOP_SECONDS[number - 1] ?? 480;
  if (/^9\.[56]\./.test(id)) return 1000;
  // Binary messages have a longer limit from 8 MiB on, texts from 1 MiB.
  if (id.startsWith("9.1.")) return number <= 2 ? 10 : 100;
  if (id.startsWith("9.2.")) return number <= 4 ? 10 : 100;
  return 100;
}
