/**
 * How long the event loop was kept from going round, at worst: in processor time of this process, since on a busy machine
 * the clock goes on while others work.
 */
export class StallWatch {
  longestMs = 0;
  #before = processorMs();
  #isOver = false;
  readonly #turn = (): void => {
    const now = processorMs();
    this.longestMs = Math.max(this.longestMs, now - this.#before);
    this.#before = now;
    if (!this.#isOver) setImmediate(this.#turn);
  };

  constructor() {
    setImmediate(this.#turn);
  }

  stop(): void {
    this.#isOver = true;
  }
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
