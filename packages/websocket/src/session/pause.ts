/** Why reading is paused. There may be several reasons at once. */
export const PauseReason = { Application: 1, Queue: 2, Stream: 4, Request: 8, Rate: 16 } as const;

/** What can be paused, for one of the reasons in `PauseReason`. */
export interface Pausable {
  pause(reason: number): void;
  resume(reason: number): void;
}
