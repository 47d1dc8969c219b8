/** Work that a server is given; it goes on until it is stopped, and can be started again. */
export interface Load {
  start(): void;
  /** Messages, publishes or handshakes that were completed and right, since the beginning. */
  readonly completed: number;
  /** Never resolves; rejects as soon as a reply is wrong or a connection is lost. */
  readonly failure: Promise<never>;
  /** Resolves when everything that was sent has been answered; rejects if something has not or was answered twice. */
  stop(): Promise<void>;
  /** Drops all connections. */
  close(): void;
}

/** What all loads share: a counter of what they sent and what was answered. */
export abstract class CountedLoad implements Load {
  protected readonly counter: LoadCounter = new LoadCounter();

  get completed(): number {
    return this.counter.completed;
  }

  get failure(): Promise<never> {
    return this.counter.failure;
  }

  start(): void {
    this.counter.isGoing = true;
    this.begin();
  }

  stop(): Promise<void> {
    return this.counter.stop();
  }

  abstract close(): void;

  /** Sends what starts the work. */
  protected abstract begin(): void;
}

/** How long an answer may take after the last message, in milliseconds. */
const ANSWER_MS = 5000;
/** How long the load waits after the last answer, to notice an answer too many. */
const SURPLUS_MS = 50;

/** What every load counts. */
export class LoadCounter {
  completed = 0;
  isGoing = false;
  readonly failure: Promise<never>;
  #fail: (error: Error) => void = () => {};
  #inFlight = 0;
  #onIdle: () => void = () => {};

  constructor() {
    this.failure = new Promise((_, reject) => (this.#fail = reject));
    // A load that nobody waits for at the moment must not count as an unhandled rejection.
    this.failure.catch(() => {});
  }

  began(): void {
    this.#inFlight++;
  }

  finished(): void {
    this.completed++;
    this.#inFlight--;
    if (this.#inFlight === 0) this.#onIdle();
  }

  fail(error: Error): void {
    this.isGoing = false;
    this.#fail(error);
  }

  async stop(): Promise<void> {
    this.isGoing = false;
    const idle = new Promise<void>((resolve) => (this.#onIdle = resolve));
    if (this.#inFlight > 0) await this.#orLate(idle);
    await this.within(SURPLUS_MS);
  }

  /** Waits; rejects as soon as something is wrong. */
  async within(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
    try {
      await Promise.race([over, this.failure]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #orLate(idle: Promise<void>): Promise<void> {
    const late = new Promise<never>((_, reject) => {
      const onLate = (): void => reject(new Error(`${this.#inFlight} answers are missing`));
      const timer = setTimeout(onLate, ANSWER_MS);
      void idle.then(() => clearTimeout(timer));
      this.failure.catch(() => clearTimeout(timer));
    });
    await Promise.race([idle, late, this.failure]);
  }
}
