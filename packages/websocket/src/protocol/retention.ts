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
  readonly #limitOctets: number;
  readonly #ledger: Ledger | undefined;

  constructor(limits: Limits, ledger: Ledger | undefined) {
    this.#limitOctets = limits.retainedOctets;
    this.#ledger = ledger;
  }

  /** Asks for more, before it is allocated. */
  take(octets: number): Violation | undefined {
    if (this.octets + octets > this.#limitOctets) return VIOLATIONS["too-much-retained"];
    if (this.#ledger !== undefined && !this.#ledger.take(octets)) {
      return VIOLATIONS["out-of-memory-budget"];
    }
    this.octets += octets;
    return undefined;
  }

  give(octets: number): void {
    this.octets -= octets;
    this.#ledger?.give(octets);
  }
}
