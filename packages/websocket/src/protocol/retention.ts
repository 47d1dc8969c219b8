import type { Ledger, Limits } from "./limits.js";
import type { Violation } from "./violation.js";
import { VIOLATIONS } from "./violation.js";

/**
 * The memory of one connection for what it has not delivered yet. The octets that are allocated are counted against the
 * connection's own limit and the budget that it shares with others.
 */
export class Retention {
  /** Octets in use now. */
  octets = 0;
  /** Those among them that wait because of this side alone. */
  #ourOctets = 0;
  readonly #limitOctets: number;
  readonly #ledger: Ledger | undefined;

  constructor(limits: Limits, ledger: Ledger | undefined) {
    this.#limitOctets = limits.retainedOctets;
    this.#ledger = ledger;
  }

  /**
   * Asks for more, before it is allocated. `isOurDoing`: this side alone makes it wait, and the transport bounds it, so
   * that only the shared budget counts.
   */
  take(octets: number, isOurDoing = false): Violation | undefined {
    if (!isOurDoing && this.octets - this.#ourOctets + octets > this.#limitOctets) {
      return VIOLATIONS["too-much-retained"];
    }
    if (this.#ledger !== undefined && !this.#ledger.take(octets)) {
      return VIOLATIONS["out-of-memory-budget"];
    }
    this.octets += octets;
    if (isOurDoing) this.#ourOctets += octets;
    return undefined;
  }

  /** Gives back what `take` gave, with the same `isOurDoing`. */
  give(octets: number, isOurDoing = false): void {
    this.octets -= octets;
    if (isOurDoing) this.#ourOctets -= octets;
    this.#ledger?.give(octets);
  }
}
