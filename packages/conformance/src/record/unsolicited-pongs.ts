import type { Case } from "../case/case.js";
import { Opcode } from "../case/opcode.js";
import type { Step } from "../case/steps.js";
import type { EventView } from "./record.js";
import { sameEvent, viewOf } from "./event-view.js";

/**
 * The events of a peer that count under `modern`: without unsolicited Pongs, and without any Pong where none shows
 * anything.
 */
export function countedEvents(
  { script, differs = [] }: Pick<Case, "script" | "differs">,
  events: readonly EventView[],
): readonly EventView[] {
  if (differs.includes("pong-before-inflating")) return events.filter(({ type }) => type !== "pong");
  return withoutUnsolicitedPongs(script, events);
}

/**
 * The events of a peer without unsolicited Pongs, which RFC 6455 §5.5.3 allows: those that answer no Ping of the
 * script, or a Ping that was already answered.
 */
export function withoutUnsolicitedPongs(
  script: readonly Step[],
  events: readonly EventView[],
): readonly EventView[] {
  if (!events.some(({ type }) => type === "pong")) return events;
  const asked = script.flatMap((step) =>
    step.do === "frame" && step.opcode === Opcode.ping
      ? [viewOf({ type: "pong", payload: step.payload })]
      : [],
  );
  return events.filter((event) => {
    if (event.type !== "pong") return true;
    const at = asked.findIndex((pong) => sameEvent(pong, event));
    if (at < 0) return false;
    asked.splice(at, 1);
    return true;
  });
}
