import type { Random } from "./random.js";

/**
 * One part of the endpoint under fire. What is done to it is a plan, which is data: a seed makes it, a file holds it, and
 * shrinking is taking away from it. Playing a plan does all that it says against a separate endpoint, and compares what
 * happened with what had to happen.
 */
export interface Harness<Plan = unknown> {
  readonly name: string;
  /** How many plans one round plays, and how many of them at a time. */
  readonly plans: number;
  readonly lanes: number;
  /** MiB that may be held more at any time than before, beside what every process needs. */
  readonly mostHeldMib: number;
  /** What can be broken on purpose, so that a test sees it found. */
  readonly faults: readonly string[];
  plan(random: Random, index: number): Plan;
  /** The octets that were sent. Rejects where a promise of the endpoint is broken. */
  play(plan: Plan, fault?: string): Promise<number>;
  /** What all plans need, before the first one; returns how to take it away. */
  open?(): Promise<() => Promise<void>>;
}

/** Plans of all harnesses look alike to those who only pass them on. */
export function defineHarness<Plan>(harness: Harness<Plan>): Harness {
  return { ...harness, play: (plan, fault) => harness.play(plan as Plan, fault) };
}
