import type { Clock } from "../time/clock.js";
import type { Child, ChildEnd } from "./child.js";

export interface EndLimits {
  readonly clock: Clock;
  /** What a busy machine takes is added. */
  readonly limitMs: number;
  /** Ends the child when it is aborted. */
  readonly signal: AbortSignal;
  /** Is called when the time is over, before the child is ended. */
  readonly onLate?: () => void;
}

/** Waits until a child has ended, and ends it when its time is over: `isLate`. */
export async function endWithin(
  child: Child,
  { clock, limitMs, signal, onLate }: EndLimits,
): Promise<ChildEnd & { readonly isLate: boolean }> {
  let isLate = false;
  const stop = (): void => void child.stop();
  const limit = clock.deadline(limitMs, () => {
    if (!child.isRunning) return;
    isLate = true;
    onLate?.();
    stop();
  });
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  const end = await child.ended;
  limit.cancel();
  signal.removeEventListener("abort", stop);
  return { ...end, isLate };
}
