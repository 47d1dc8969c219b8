import type { Ledger, Limits } from "./limits.js";
import type { Violation } from "./violation.js";
import { VIOLATIONS } from "./violation.js";

/**
 * What one connection holds in memory for what it has not delivered yet, counted in octets of the memory that is
 * really held, against the connection's own limit and the budget that it shares with others.
 */
export class Retention {
  /** Octets held now. */
  octets = 0;
  /** Of them, those that wait for this side alone. */
  #ourOctets = 0;
  readonly #limitOctets: number;
  readonly #ledger: Ledger | undefined;

  constructor(limits: Limits, ledger: Ledger | undefined) {
    this.#limitOctets = limits.retainedOctets;
    this.#ledger = ledger;
  }

  /**
   * Asks for more, before it is allocated. `isOurDoing`: the peer has done nothing to make it wait, and the transport
   * bounds it; only the budget of all counts then.
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
