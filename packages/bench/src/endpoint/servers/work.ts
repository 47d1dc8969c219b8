const WORK_MS = 0.01;

/**
 * What a message handler does in the rows of the bystander: a message of one octet keeps the processor busy for 10 µs;
 * true for all others, which are to be sent back.
 */
export function isAnsweredAfterWork(octets: number): boolean {
  if (octets !== 1) return true;
  const end = performance.now() + WORK_MS;
  while (performance.now() < end);
  return false;
}
