import type { PageEvent } from "../report/page/page-event.js";

/** How many notes and ends of processes are kept. Older ones are removed. */
const MAX_REMARKS = 500;

/**
 * The events that a page needs when it connects late, in order, as one JSON text each. The log is limited by the number
 * of cases and peers: an event can replace an earlier one, for example when a case is played again.
 */
export class EventLog {
  readonly #texts: (string | null)[] = [];
  readonly #byKey = new Map<string, number>();
  #remarks: number[] = [];

  get length(): number {
    return this.#texts.length;
  }

  /** Null if a later event has replaced this one. */
  at(index: number): string | null {
    return this.#texts[index] ?? null;
  }

  append(event: PageEvent): void {
    const index = this.#texts.push(JSON.stringify(event)) - 1;
    const key = keyOf(event);
    if (key === "remark") this.#addRemark(index);
    else if (key !== null) this.#replace(key, index);
    if (event.type === "case-end" || event.type === "case-unconfirmed") this.#forget(playOf(event));
  }

  #replace(key: string, index: number): void {
    this.#forget(key);
    this.#byKey.set(key, index);
  }

  #forget(key: string): void {
    const before = this.#byKey.get(key);
    if (before !== undefined) this.#texts[before] = null;
    this.#byKey.delete(key);
  }

  #addRemark(index: number): void {
    this.#remarks.push(index);
    if (this.#remarks.length <= 2 * MAX_REMARKS) return;
    for (const old of this.#remarks.slice(0, MAX_REMARKS)) this.#texts[old] = null;
    this.#remarks = this.#remarks.slice(MAX_REMARKS);
  }
}

/** Events with the same key replace each other. Null: the event stays. */
function keyOf(event: PageEvent): string | null {
  if (event.type === "case-start") return playOf(event);
  if (event.type === "case-unconfirmed") return `unconfirmed\n${event.peer}\n${event.case}`;
  if (event.type === "case-end") return `end\n${event.peer}\n${event.case}`;
  if (event.type === "findings") return `findings\n${event.peer}`;
  return event.type === "note" || event.type === "peer-exit" ? "remark" : null;
}

/** The key of a start, which is removed when the play is over. */
function playOf(event: { readonly peer: string; readonly case: string; readonly attempt: number }): string {
  return `start\n${event.peer}\n${event.case}\n${event.attempt}`;
}
