/**
 * Does something with each item, some at a time, in order. When the signal is aborted no further item is begun. A mistake in
 * one ends the others by the signal that `work` gets, and is thrown when none of them runs any more.
 */
export async function forEachOf<Item>(
  items: readonly Item[],
  atATime: number,
  signal: AbortSignal,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const broken = new AbortController();
  const either = AbortSignal.any([signal, broken.signal]);
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined && !either.aborted; item = waiting.shift()) {
      await work(item, either);
    }
  };
  const workers = Array.from({ length: atATime }, () =>
    worker().catch((error: unknown): never => {
      broken.abort();
      throw error;
    }),
  );
  for (const end of await Promise.allSettled(workers)) if (end.status === "rejected") throw end.reason;
}
