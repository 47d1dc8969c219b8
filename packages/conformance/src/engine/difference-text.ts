import type { CaseRecord, EventView } from "../report/event.js";
import { sameEvent } from "./event-view.js";
import { mayBeLost, RESET } from "./lost-to-reset.js";

/** One sentence that says where what came departs from what was expected. */
export function describeDifference(expected: readonly EventView[], record: CaseRecord): string {
  const { events, eventCount } = record;
  const at = events.findIndex((event, i) => {
    const other = expected[i];
    return other === undefined || !sameEvent(event, other);
  });
  const observed = events[at];
  if (at >= 0 && observed !== undefined) {
    const wanted = expected[at];
    if (wanted === undefined) return `${nameOf(observed)} came, which was not expected`;
    return `${nameOf(wanted)} was expected as event ${at + 1}, and ${nameOf(observed)} came`;
  }
  const missing = expected[eventCount];
  if (missing === undefined) return `${eventCount} events came instead of ${expected.length}`;
  if (missing.type === "timeout")
    return `the connection ended before pause ${missing.tag} was over${howItEnded(record)}`;
  return `${nameOf(missing)} did not come${howItEnded(record)}`;
}

function howItEnded(record: CaseRecord): string {
  const { close, timers } = record;
  if (timers.includes("kill") || timers.includes("close")) return " in time";
  if (close.tcp === "ended-by-peer" && close.remotePayload === null) return ": the peer closed TCP";
  if (mayBeLost(close)) return `: ${RESET}`;
  if (close.remotePayload !== null && !close.closedByTester) {
    return `: the peer closed${close.remoteCode === null ? "" : ` with code ${close.remoteCode}`}`;
  }
  return "";
}

/** `a pong of 9 octets`, `a text message of 45 octets`. */
export function nameOf(event: EventView): string {
  switch (event.type) {
    case "timeout":
      return `the end of pause ${event.tag}`;
    case "pong":
      return `a pong with ${octets(event.length)}`;
    case "message":
      return `a ${event.binary ? "binary" : "text"} message of ${octets(event.length)}`;
  }
}

function octets(n: number): string {
  return n === 1 ? "1 octet" : `${n} octets`;
}
