import type { Ledger } from "../protocol/limits.js";

/** Octets that many connections may retain together. */
export class Budget implements Ledger {
  readonly #limitOctets: number;
  #takenOctets = 0;

  constructor(limitOctets: number) {
    this.#limitOctets = limitOctets;
  }

  take(octets: number): boolean {
    if (this.#takenOctets + octets > this.#limitOctets) return false;
    this.#takenOctets += octets;
    return true;
  }

  give(octets: number): void {
    this.#takenOctets -= octets;
  }
}
