import type { Clock, Timer } from "../time/clock.js";
import type { SendQueue } from "./send-queue.js";
import type { Timeouts } from "./timeouts.js";

export interface PeerDeadlineContext {
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly queue: SendQueue;
  /** Once the connection is closed, no deadline begins. */
  readonly isClosed: () => boolean;
}

/**
 * Calls back when the peer has had `ms` milliseconds since the system took the last octet that was sent so far: a peer
 * cannot answer what it has not received. `onBegin` is called once, when all writes so far were made. A peer that reads
 * nothing gets no more time for that than the stall limit.
 */
export function peerDeadline(
  { clock, timeouts, queue, isClosed }: PeerDeadlineContext,
  ms: number,
  callback: () => void,
  onBegin: () => void = () => undefined,
): Timer {
  let timer: Timer | null = null;
  let hasBegun = false;
  let isNotified = false;
  let isCancelled = false;
  const notify = (): void => {
    if (!isNotified && !isCancelled) onBegin();
    isNotified = true;
  };
  const begin = (): void => {
    timer?.cancel();
    if (hasBegun || isClosed()) return;
    hasBegun = true;
    notify();
    timer = clock.deadline(ms, callback, ms * timeouts.stretch);
  };
  const watch = (takenBefore: number): void => {
    const { taken } = queue;
    if (taken === takenBefore) return begin();
    timer = clock.deadline(timeouts.stallMs, () => watch(taken));
  };
  queue.whenWritten(notify);
  queue.whenTaken(begin);
  if (!hasBegun) watch(-1);
  return {
    cancel: () => {
      hasBegun = isCancelled = true;
      timer?.cancel();
    },
  };
}
