import { escapeText } from "./escape.js";
import type { Closing, Outcome } from "../judge/verdict.js";
import type { CloseRecord } from "../record/record.js";

/** Headlines of a case. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  pass: "Pass",
  "non-strict": "Non-strict",
  informational: "Informational",
  unimplemented: "Unimplemented",
  "too-slow": "Too slow to judge",
  fail: "Fail",
  blocked: "Blocked",
  skipped: "Skipped",
  "harness-error": "Harness error",
};

/**
 * Headlines of the end of a connection.
 *
 * @example
 * ```ts
 * import { CLOSING_WORDS } from "wireproof/page";
 *
 * console.assert(CLOSING_WORDS["wrong-code"] === "Wrong code");
 * ```
 */
export const CLOSING_WORDS: Readonly<Record<Closing, string>> = {
  ok: "In order",
  unclean: "Unclean",
  "wrong-code": "Wrong code",
  "wrong-side": "Wrong side",
  "dropped-by-tester": "Dropped by tester",
  "not-opened": "Not opened",
  "not-applicable": "Not applicable",
};

/** How TCP ended, as the last line of a wire log: the words of the log itself, for records that do not have it. */
export const TCP_ENDS: Readonly<Record<CloseRecord["tcp"], string>> = {
  "ended-by-peer": "the peer ended the stream",
  "reset-by-peer": "the peer reset the TCP connection",
  "ended-by-tester": "the tester dropped the TCP connection",
  "never-connected": "there was no TCP connection",
};

/** `1 octet`, `2 octets`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Milliseconds below a second, seconds with one decimal above. */
export function duration(durationMs: number): string {
  return durationMs < 1000 ? `${Math.round(durationMs)} ms` : `${(durationMs / 1000).toFixed(1)} s`;
}

/** `agent at url`; just the URL for a peer that is named by it, or has no name. Safe to show. */
export function peerName(agent: string | null, url: string): string {
  const where = escapeText(url);
  return agent === null || agent === url ? where : `${escapeText(agent)} at ${where}`;
}

/** True where a closing is nothing to worry about. */
export function isClosingInOrder(closing: Closing): boolean {
  return closing === "ok" || closing === "not-applicable";
}
