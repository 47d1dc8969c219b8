import type { CaseRecord, EventView } from "../record/record.js";
import { sameEvent } from "../record/event-view.js";
import { hadNoRoom, mayBeLost, RESET_TEXT } from "../record/close-record.js";

/** Index of the first event that is not the expected one; -1 if all events that came were expected. */
export function firstDifference(expected: readonly EventView[], events: readonly EventView[]): number {
  return events.findIndex((event, i) => {
    const other = expected[i];
    return other === undefined || !sameEvent(event, other);
  });
}

/** One clause that names the first difference from the expected events. `events`: those of the record that count. */
export function describeDifference(
  expected: readonly EventView[],
  record: CaseRecord,
  events: readonly EventView[] = record.events,
): string {
  const eventCount = record.eventCount - (record.events.length - events.length);
  const at = firstDifference(expected, events);
  const observed = events[at];
  if (at >= 0 && observed !== undefined) {
    const wanted = expected[at];
    if (wanted === undefined) return `${nameOf(observed)} came, which was not expected`;
    return `${nameOf(wanted)} was expected as event ${at + 1}, but ${nameOf(observed)} came`;
  }
  const missing = expected[eventCount];
  if (missing === undefined) return `${eventCount} events came instead of ${expected.length}`;
  if (missing.type === "timeout")
    return `the connection ended before pause ${missing.tag} was over${whyMissing(record)}`;
  return `${nameOf(missing)} did not come${whyMissing(record)}`;
}

/** ` within 6 s (--timeout-scale …)` if the tester ended the case because its time was over, otherwise empty. */
export function withinLimit({ timers, limits = {} }: CaseRecord): string {
  const name = ["kill", "close"].find((one) => timers.includes(one));
  if (name === undefined) return "";
  const seconds = limits[name];
  return seconds === undefined ? " in time" : ` within ${seconds} s (--timeout-scale makes the limit longer)`;
}

function whyMissing(record: CaseRecord): string {
  const { close } = record;
  if (hadNoRoom(close)) return `: ${close.notCleanReason}`;
  const limit = withinLimit(record);
  if (limit !== "") return limit;
  if (close.tcp === "ended-by-peer" && close.remotePayload === null) return ": the peer closed TCP";
  if (mayBeLost(close)) return `: ${RESET_TEXT}`;
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
