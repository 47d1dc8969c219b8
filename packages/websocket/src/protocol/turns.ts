import type { Limits } from "./limits.js";

/** Something with more work than fits into one turn of the event loop. */
export interface TurnTaker {
  /** Its turn has come: it may do one step, and more if `Turns.spend` allows it. Must not throw. */
  takeTurn(): void;
}

/**
 * Shares the turns of the event loop among all connections of a process: one peer must not keep the loop busy at the
 * cost of all others.
 */
export interface Turns {
  /**
   * Called between two steps. `octets`: what the last step took. `left`: what follows in the same read, or 0 if it has
   * waited already. False: this turn is used up, and the rest has to wait.
   */
  spend(octets: number, left: number, limits: TurnLimits): boolean;
  /** Lets `taker` go on in a later turn, behind those that wait already. None may wait twice at a time. */
  wait(taker: TurnTaker, limits: TurnLimits): void;
}

/** The limits of a turn, as the caller has them. */
export type TurnLimits = Pick<Limits, "turnMs" | "turnOctets">;
