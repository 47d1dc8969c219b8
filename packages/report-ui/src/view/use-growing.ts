import { useEffect, useState } from "preact/hooks";

/** Rows that are there at once: more than a screen shows. */
const FIRST = 60;
const STEP = 80;

/**
 * How many of so many rows to draw: a screenful now and the rest by and by, so that a big matrix is there at once and
 * still whole in the end, for those who search in the page or print it.
 */
export function useGrowing(total: number): number {
  const [limit, setLimit] = useState(FIRST);
  useEffect(() => {
    if (limit >= total) return undefined;
    const timer = setTimeout(() => setLimit(limit + STEP), 16);
    return () => clearTimeout(timer);
  }, [limit, total]);
  return Math.min(limit, total);
}
