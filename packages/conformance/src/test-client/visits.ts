import type { Visit } from "../serve/observer.js";
import { clientNow } from "./pulse.js";

/** If a client keeps a connection open and asks for nothing for this long, it counts as one that only echoes. */
const SILENT_MS = 2000;

/** What the running client process has asked for. */
export class Visits {
  #count = 0;
  #open = 0;
  #bareSince = 0;
  #lastAt = 0;
  /** It has used a control URL or a command. */
  hasAsked = false;
  /** It has asked for reports, so it has finished its cases. */
  hasFinished = false;

  /** A process begins: requests of earlier processes do not count. */
  begin(): void {
    this.#count = 0;
    this.#open = 0;
    this.hasAsked = false;
    this.hasFinished = false;
    this.#lastAt = clientNow();
  }

  /** Connections so far. */
  get count(): number {
    return this.#count;
  }

  /** Time of the last request, on the clock of `clientNow()`. */
  get lastAt(): number {
    return this.#lastAt;
  }

  take(visit: Visit): void {
    this.#lastAt = clientNow();
    if (visit !== "obey") {
      this.hasAsked = true;
      if (visit === "report" || visit === "stop") this.hasFinished = true;
      if (visit !== "command") this.#count++;
      return;
    }
    this.#count++;
    if (this.#open++ === 0) this.#bareSince = this.#lastAt;
  }

  /** A connection without a control URL has ended. */
  left(): void {
    this.#open = Math.max(0, this.#open - 1);
  }

  /** It has opened the URL as it is, and nothing else. */
  get isBare(): boolean {
    return this.#count > 0 && !this.hasAsked;
  }

  /** Milliseconds until it counts as a client that asks for nothing; Infinity if it does not look like one. */
  get silentInMs(): number {
    if (!this.isBare || this.#open === 0) return Infinity;
    return Math.max(0, this.#bareSince + SILENT_MS - clientNow());
  }
}
