import type { ExpectedTrace, Verdict } from "../judge/verdict.js";
import type { CaseRecord } from "../record/record.js";
import { citeRequirement } from "./requirement-text.js";
import { eventText } from "./text.js";

/** A course that a case accepts, a step a line: the events, then how the connection has to end. Not escaped twice. */
export function expectedCourse({ events, ending }: ExpectedTrace): readonly string[] {
  return [...steps(events.map(eventText)), ...(ending === undefined ? [] : [`then ${ending}`])];
}

/** What happened, in the same form: the events, what was illegal about the peer's frames, how the connection ended. */
export function observedCourse(
  record: Pick<CaseRecord, "events" | "eventCount" | "violations" | "close">,
  { ended }: Pick<Verdict, "ended">,
): readonly string[] {
  const texts = record.events.map(eventText);
  const before = record.close.remoteAfterEvents;
  // An answer after the peer's Close frame is not the same as one before it.
  const lines = texts.map((text, i) =>
    before !== undefined && i >= before ? `${text}, after its Close frame` : text,
  );
  const missing = record.eventCount - record.events.length;
  return [
    ...steps(lines),
    ...(missing > 0 ? [`and ${missing} more that were not recorded`] : []),
    ...record.violations.map(({ violation, requirement, closing }) => {
      const where = closing === true ? ", while closing" : "";
      return `illegal: ${violation}${where} (${citeRequirement(requirement).citation})`;
    }),
    ...(ended === undefined ? [] : [`then ${ended}`]),
  ];
}

function steps(events: readonly string[]): readonly string[] {
  return events.length === 0 ? ["no event"] : events;
}
