/** Something that has output and wants to write it at the end of this turn. */
export interface Dirty {
  flush(): void;
}

const settled = Promise.resolve();
let waiting: Dirty[] = [];
let spare: Dirty[] = [];

/**
 * Calls `flush` once the running code has ended, before the event loop goes on. All that wait share one microtask: a
 * thousand receivers of a broadcast cost one promise, and many messages to one receiver cost one write. The caller
 * sees to it that nobody waits twice.
 */
export function flushSoon(dirty: Dirty): void {
  if (waiting.push(dirty) === 1) void settled.then(flushAll);
}

function flushAll(): void {
  const batch = waiting;
  // Whoever asks while these are written gets a microtask of its own turn.
  waiting = spare;
  try {
    for (const dirty of batch) dirty.flush();
  } finally {
    batch.length = 0;
    spare = batch;
  }
}
