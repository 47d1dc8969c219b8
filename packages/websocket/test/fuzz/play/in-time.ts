import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * How long anything may take. What waits for a timer of the endpoint takes half a second; the rest is for machines that
 * are busy with something else.
 */
const TICK_MS = 100;
const TICKS = 900;

let isGivenUp = false;

/** Once something is wrong nothing else is worth waiting for: until this is taken back, no wait is longer than a tick. */
export function giveUpWaiting(isOver: boolean): void {
  isGivenUp = isOver;
}

/** Settles as `promise` does, or rejects when it does not in time: counted in ticks, of which a machine that stops makes none. */
export function inTime<T>(promise: Promise<T>, what: string, ticks: number = TICKS): Promise<T> {
  return new Promise((resolve, reject) => {
    let left = ticks;
    const ticking = setInterval(() => {
      left -= 1;
      if (left > 0 && !isGivenUp) return;
      clearInterval(ticking);
      reject(new Error(`still waiting: ${what}`));
    }, TICK_MS);
    promise.finally(() => clearInterval(ticking)).then(resolve, reject);
  });
}

/** Looks once in each turn of the event loop, until it is so. */
export async function until(isSo: () => boolean, what: string, ticks: number = TICKS): Promise<void> {
  const given = new AbortController();
  const looking = (async () => {
    while (!given.signal.aborted && !isSo()) await nextTurn();
  })();
  try {
    await inTime(looking, what, ticks);
  } finally {
    given.abort();
  }
}

export async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await nextTurn();
}
