import type { Visit } from "../serve/observer.js";
import { clientNow } from "./pulse.js";

/** How long a client may keep a connection on which nothing is asked before it counts as one that only echoes. */
const SILENT_MS = 2000;

/** What the client that runs now has asked for. */
export class Visits {
  #count = 0;
  #open = 0;
  #bareSince = 0;
  #lastAt = 0;
  /** It knows the control URLs, or gives commands. */
  hasAsked = false;
  /** It has asked for reports: as far as it is concerned, it has walked through. */
  hasFinished = false;

  /** A process begins: what those before it have asked for does not count. */
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

  /** When it came last, as `clientNow()` has it. */
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

  /** A connection without a control URL is gone. */
  left(): void {
    this.#open = Math.max(0, this.#open - 1);
  }

  /** It has opened the URL as it is, and nothing else ever. */
  get isBare(): boolean {
    return this.#count > 0 && !this.hasAsked;
  }

  /** Milliseconds until it is sure that it will ask for nothing: Infinity if that is not in sight. */
  get silentInMs(): number {
    if (!this.isBare || this.#open === 0) return Infinity;
    return Math.max(0, this.#bareSince + SILENT_MS - clientNow());
  }
}
