/** The calls to make when a signal is aborted. */
interface Listening {
  readonly acts: Set<() => void>;
  readonly onAbort: () => void;
}

const listening = new WeakMap<AbortSignal, Listening>();

/**
 * Calls `act` when `signal`, which is not aborted yet, is aborted; returns a function that undoes this and has to be
 * called. All connections of one signal share one listener: with more than ten, Node warns of a leak.
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
  // The signal was aborted meanwhile, or has a new listener.
  if (one === undefined || one.acts.size > 0) return;
  listening.delete(signal);
  signal.removeEventListener("abort", one.onAbort);
}
