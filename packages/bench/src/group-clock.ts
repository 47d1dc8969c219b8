import type { RunEvent } from "wireproof";
import { groupOf, type Group } from "./groups.js";

export interface WallSeconds {
  readonly all: number;
  /** Add up to `all`, but for the moments in which no case was in flight. */
  readonly groups: ReadonlyMap<Group, number>;
}

/**
 * Cases of several groups are in flight at the same time: every moment is shared out among the groups by how many
 * cases each has in flight. Times are in milliseconds.
 */
export class GroupClock {
  readonly #began: number;
  #last: number;
  #total = 0;
  readonly #inFlight = new Map<Group, number>();
  readonly #seconds = new Map<Group, number>();

  constructor(now: number) {
    this.#began = now;
    this.#last = now;
  }

  see(event: RunEvent, now: number): void {
    if (event.type !== "case-start" && event.type !== "case-end") return;
    this.#shareOut(now);
    const group = groupOf(event.case);
    if (group === undefined) return;
    const change = event.type === "case-start" ? 1 : -1;
    this.#total += change;
    this.#inFlight.set(group, (this.#inFlight.get(group) ?? 0) + change);
  }

  stop(now: number): WallSeconds {
    this.#shareOut(now);
    return { all: (now - this.#began) / 1000, groups: this.#seconds };
  }

  #shareOut(now: number): void {
    const seconds = (now - this.#last) / 1000;
    this.#last = now;
    for (const [group, count] of this.#inFlight) {
      if (count === 0) continue;
      this.#seconds.set(group, (this.#seconds.get(group) ?? 0) + (seconds * count) / this.#total);
    }
  }
}
