import { ErrorCode, WebSocketError } from "../errors.js";
import { mayRetry } from "./verdict.js";
import type { ConnectionEnd } from "./verdict.js";

/** The longest time that a server can make a client wait, in milliseconds: an hour. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** Statuses below 500 that ask the client to come again (RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4). */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

/** Statuses from 500 on that another attempt does not change: not implemented, HTTP version not supported. */
const LASTING_STATUSES: ReadonlySet<number> = new Set([501, 505]);

/** What says more about the server than about this connection. */
const LASTING_ERRORS: ReadonlySet<string> = new Set([ErrorCode.InvalidResponse, ErrorCode.RedirectRefused]);

/** Problems that say something about this connection, and nothing about the next. */
const PASSING_PROBLEMS: ReadonlySet<string | undefined> = new Set([
  "response-incomplete",
  "stream-reset",
  "backlog-exceeded",
]);

/** Whether another attempt makes sense, with what Node sees: statuses, answers that are none, and who broke which rule. */
export function mayConnectAgain(end: ConnectionEnd): boolean {
  const { error, status } = end;
  if (status !== undefined)
    return status >= 500 ? !LASTING_STATUSES.has(status) : PASSING_STATUSES.has(status);
  if (!(error instanceof WebSocketError)) return mayRetry(end);
  if (PASSING_PROBLEMS.has(error.problem)) return true;
  // What this side has closed for goes before what the peer has answered.
  return !LASTING_ERRORS.has(error.code) && mayRetry({ ...end, code: error.closeCode ?? end.code });
}

/**
 * Reads `Retry-After`, seconds or a date (RFC 9110 §10.2.3), as milliseconds from `nowMs` on; undefined for what is
 * neither. More than an hour is an hour.
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const isSeconds = /^\d+$/.test(value);
  // `Date.parse` reads "-5" as a year.
  if (!isSeconds && !/^[a-z]/i.test(value)) return undefined;
  const ms = isSeconds ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}
