import type { RunConfig, Totals } from "../run/event.js";

/** A run file may claim any number of servers, and each of them is a part of reports. */
const MOST_URLS = 100;

/**
 * Servers of a run that it never came to, because it was interrupted or its file ends: no event names them.
 *
 * @param config - The configuration of the run.
 * @param totals - How it ended; null if it has no end.
 * @param seen - The URLs of all peers that events have named.
 * @returns The URLs that are left, as often as they are, at most 100. Always none for clients, which come by themselves.
 *
 * @example
 * ```ts
 * import { untestedUrls } from "wireproof/page";
 *
 * const config = { urls: ["ws://a", "ws://b"] };
 * console.assert(untestedUrls(config, null, ["ws://a"]).join() === "ws://b");
 * ```
 */
export function untestedUrls(
  { role, urls }: Pick<RunConfig, "role" | "urls">,
  totals: Pick<Totals, "interrupted"> | null,
  seen: Iterable<string>,
): readonly string[] {
  if (role === "server" || totals?.interrupted === false) return [];
  const seenTimes = new Map<string, number>();
  for (const url of seen) seenTimes.set(url, (seenTimes.get(url) ?? 0) + 1);
  const left: string[] = [];
  for (const url of urls) {
    const times = seenTimes.get(url) ?? 0;
    seenTimes.set(url, times - 1);
    if (times <= 0 && left.length < MOST_URLS) left.push(url);
  }
  return left;
}
