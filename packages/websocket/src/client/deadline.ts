import { ErrorCode, WebSocketError, invalidArgument } from "../errors.js";
import { presentTime } from "../transport/time.js";
import { whenAborted } from "./abort.js";

const HANDSHAKE_MS = 10_000;

/** One deadline for all steps to an open connection, joined with the application's signal. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #cancel: () => void;
  readonly #forget: () => void;

  /** Throws unless `timeoutMs` is a number above 0. */
  constructor(timeoutMs: number = HANDSHAKE_MS, outer?: AbortSignal) {
    if (!(timeoutMs > 0)) throw invalidArgument("handshakeMs must be a number of ms above 0.");
    this.#cancel = presentTime().after(timeoutMs, () => this.#expire(timeoutMs), true);
    this.#forget = outer === undefined ? () => {} : this.#follow(outer);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Has to be called at the end: until then the process is kept alive, and the application's signal has a listener. */
  clear(): void {
    this.#cancel();
    this.#forget();
  }

  #follow(outer: AbortSignal): () => void {
    if (!outer.aborted) return whenAborted(outer, () => this.#controller.abort(outer.reason));
    this.#controller.abort(outer.reason);
    return () => {};
  }

  #expire(timeoutMs: number): void {
    const message = `The opening handshake took longer than ${timeoutMs} ms.`;
    this.#controller.abort(new WebSocketError(ErrorCode.HandshakeTimeout, message));
  }
}

/** Settles as `promise` does, or rejects with the signal's reason when that is earlier. Leaves no listener behind. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    const settle = (): void => signal.removeEventListener("abort", onAbort);
    promise.then(resolve, reject).finally(settle);
  });
}
