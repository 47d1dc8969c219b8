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

/** What all loads have in common: they are what their tally says. */
export abstract class TalliedLoad implements Load {
  protected readonly tally: Tally = new Tally();

  get completed(): number {
    return this.tally.completed;
  }

  get failure(): Promise<never> {
    return this.tally.failure;
  }

  start(): void {
    this.tally.isGoing = true;
    this.begin();
  }

  stop(): Promise<void> {
    return this.tally.stop();
  }

  abstract close(): void;

  /** Sends what starts the work. */
  protected abstract begin(): void;
}

/** So long after the last message an answer may take, in milliseconds. */
const ANSWER_MS = 5000;
/** So long after the last answer another one would be noticed. */
const SURPLUS_MS = 50;

/** What every load counts. */
export class Tally {
  completed = 0;
  isGoing = false;
  readonly failure: Promise<never>;
  #fail: (error: Error) => void = () => {};
  #inFlight = 0;
  #onIdle: () => void = () => {};

  constructor() {
    this.failure = new Promise((_, reject) => (this.#fail = reject));
    // Whoever waits for it is told; nobody may be waiting just now.
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
      const tell = (): void => reject(new Error(`${this.#inFlight} answers are missing`));
      const timer = setTimeout(tell, ANSWER_MS);
      void idle.then(() => clearTimeout(timer));
      this.failure.catch(() => clearTimeout(timer));
    });
    await Promise.race([idle, late, this.failure]);
  }
}
