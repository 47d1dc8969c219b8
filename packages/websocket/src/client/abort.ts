/** What is to be done when a signal is aborted. */
interface Listening {
  readonly acts: Set<() => void>;
  readonly onAbort: () => void;
}

const listening = new WeakMap<AbortSignal, Listening>();

/**
 * Calls `act` when `signal`, which is not aborted yet, is aborted; returns how to take that back, which has to be done.
 * However many connections a signal stands for, it has one listener: Node takes more than ten for a leak, and says so.
 */
export function whenAborted(signal: AbortSignal, act: () => void): () => void {
  const { acts } = listening.get(signal) ?? listen(signal);
  acts.add(act);
  return () => {
    if (acts.delete(act) && acts.size === 0) forget(signal);
  };
}

function listen(signal: AbortSignal): Listening {
  const acts = new Set<() => void>();
  const onAbort = (): void => {
    listening.delete(signal);
    for (const act of acts) act();
  };
  const one = { acts, onAbort };
  listening.set(signal, one);
  signal.addEventListener("abort", onAbort, { once: true });
  return one;
}

function forget(signal: AbortSignal): void {
  const one = listening.get(signal);
  // Aborted meanwhile, or even listened to anew.
  if (one === undefined || one.acts.size > 0) return;
  listening.delete(signal);
  signal.removeEventListener("abort", one.onAbort);
}
