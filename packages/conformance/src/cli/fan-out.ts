import { Channel } from "../run/channel.js";

/** Reads a stream to its end, or stops earlier. */
export type Reader<T> = (items: AsyncIterable<T>) => Promise<void>;

/** How many items may wait for one reader. */
export const QUEUED_ITEMS = 256;

/**
 * Gives every item of a stream to every reader. The slowest reader sets the pace. A reader that stops or fails no
 * longer counts, and the others go on. Settles when all are done, with the errors of those that failed. If the source
 * throws, the readers get an early end and finish; then that error is thrown.
 */
export async function fanOut<T>(
  source: AsyncIterable<T>,
  readers: readonly Reader<T>[],
): Promise<readonly unknown[]> {
  const channels = readers.map(() => new Channel<T>(QUEUED_ITEMS));
  const readings = readers.map(async (reader, index) => {
    const channel = channels[index] ?? new Channel<T>(QUEUED_ITEMS);
    try {
      await reader(channel);
    } finally {
      channel.abandon();
    }
  });
  const settled = Promise.allSettled(readings);
  try {
    for await (const item of source) {
      const full = channels.map((channel) => channel.push(item)).filter((wait) => wait !== undefined);
      if (full.length > 0) await Promise.all(full);
    }
  } finally {
    for (const channel of channels) channel.end();
    await settled;
  }
  return (await settled).flatMap((result): unknown[] =>
    result.status === "rejected" ? [result.reason] : [],
  );
}
