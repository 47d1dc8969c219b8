import type { CaseRecord } from "../../record/record.js";

/**
 * Whole milliseconds from the opened connection to its end. For one that never opened the original subtracts
 * nothing and so reports the time since 1970; played under its profile, so do we.
 */
export function durationOf(record: CaseRecord): number {
  const durationMs = Math.round(record.durationMs);
  if (record.handshake.opened || record.profile !== "autobahn") return durationMs;
  return Date.parse(record.startedAt) + durationMs;
}
