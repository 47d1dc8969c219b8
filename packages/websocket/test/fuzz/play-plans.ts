import { inspect } from "node:util";

import type { Harness } from "./harness.js";
import { giveUpWaiting } from "./play/in-time.js";
import { Watches } from "./watches/watches.js";
import type { Sight } from "./watches/watches.js";

/** What came of playing some plans. */
export interface Played {
  readonly octets: number;
  /** Undefined where something was wrong. */
  readonly sight: Sight | undefined;
  /** What was wrong, if anything was, and with which plan; with none of them if only all together can be blamed. */
  readonly problem: string | undefined;
  readonly culprit: unknown;
}

/** Plays all plans, as many at a time as the harness has lanes, under all watches; stops at the first problem. */
export async function playPlans(
  harness: Harness,
  plans: readonly unknown[],
  fault: string | undefined,
): Promise<Played> {
  const leave = await harness.open?.();
  const watches = new Watches(harness.mostHeldMib);
  const queue = [...plans];
  let octets = 0;
  let problem: string | undefined;
  let culprit: unknown;
  giveUpWaiting(false);
  const lanes = Array.from({ length: harness.lanes }, async () => {
    for (;;) {
      const plan = queue.shift();
      if (plan === undefined || problem !== undefined) return;
      try {
        const sent = await harness.play(plan, fault);
        octets += sent;
      } catch (error) {
        if (problem === undefined) [problem, culprit] = [messageOf(error), plan];
        giveUpWaiting(true);
      }
    }
  });
  await Promise.all(lanes);
  let sight: Sight | undefined;
  try {
    sight = await watches.end();
  } catch (error) {
    problem ??= messageOf(error);
  }
  await leave?.();
  giveUpWaiting(false);
  return { octets, sight, problem, culprit };
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error);
  const where =
    error.stack
      ?.split("\n")
      .filter((line) => line.startsWith("    at "))
      .slice(0, 4) ?? [];
  return [error.message, ...where].join("\n");
}
