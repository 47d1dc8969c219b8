/** What no application would want to see in its process: each as a sentence. */
export class Incidents {
  readonly seen: string[] = [];
  readonly #onRejection = (reason: unknown): void => this.#add("unhandled rejection", reason);
  readonly #onException = (error: unknown): void => this.#add("uncaught exception", error);
  readonly #onWarning = (warning: Error): void => {
    // Of Node about itself, not of what is under fire.
    if (warning.name !== "ExperimentalWarning") this.#add("process warning", warning);
  };

  constructor() {
    process.on("unhandledRejection", this.#onRejection);
    process.on("uncaughtException", this.#onException);
    process.on("warning", this.#onWarning);
  }

  stop(): void {
    process.off("unhandledRejection", this.#onRejection);
    process.off("uncaughtException", this.#onException);
    process.off("warning", this.#onWarning);
  }

  #add(what: string, cause: unknown): void {
    this.seen.push(`${what}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
  }
}
