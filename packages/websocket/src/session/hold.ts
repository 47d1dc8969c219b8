/** Why reading may be stopped; several reasons may hold at once. */
export const Hold = { Application: 1, Queue: 2, Stream: 4, Request: 8 } as const;

/** Somebody whose reading can be stopped, for one of the reasons in `Hold`. */
export interface Holdable {
  hold(reason: number): void;
  release(reason: number): void;
}
