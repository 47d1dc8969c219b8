/**
 * How many octets the process holds more after something than before it: heap and the memory of buffers, in a run of
 * their own so that nobody else's count. Margins are wide: garbage that nobody has collected yet counts, too.
 */
export async function grownBy(work: () => Promise<void>): Promise<number> {
  const before = heldOctets();
  await work();
  return heldOctets() - before;
}

export function heldOctets(): number {
  const { external, arrayBuffers, heapUsed } = process.memoryUsage();
  return Math.max(external, arrayBuffers) + heapUsed;
}
