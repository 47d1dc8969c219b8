import type { Limits } from "./limits.js";

/** Somebody with more to do than one turn of the event loop has room for. */
export interface TurnTaker {
  /** Its turn has come: it may do one step, and more as far as `Turns.spend` allows. Must not throw. */
  takeTurn(): void;
}

/**
 * Shares the turns of the event loop among all connections of a process: what one peer sends must not keep the loop from
 * all others.
 */
export interface Turns {
  /**
   * Asked between two steps. `octets`: what the step before took; `left`: what comes behind it in the same read, or 0 when
   * it has waited before. False: this turn has no more room, and the rest has to wait.
   */
  spend(octets: number, left: number, limits: TurnLimits): boolean;
  /** Lets `taker` go on in a later turn, behind those who wait already. Nobody waits twice at a time. */
  wait(taker: TurnTaker, limits: TurnLimits): void;
}

/** How much of a turn those who ask may see used up. */
export type TurnLimits = Pick<Limits, "turnMs" | "turnOctets">;
