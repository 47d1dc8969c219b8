import { flushNow } from "../transport/wake.js";

/** Somebody to whom octets wait to be sent. */
export interface Backlogged {
  /** Octets that wait, and those of shared memory counted once for all who have it in `seen`. */
  ownOctets(seen: Set<Uint8Array>): number;
  /** All octets that wait. */
  readonly backlogOctets: number;
  /** Whether it may be given up for the sake of all: its policy is "close". */
  readonly mayGiveUp: boolean;
  /** Fails the connection and forgets what waits. */
  giveUp(): void;
}

/**
 * What waits to be sent over all connections of a process. Nothing is counted exactly while there is room: what is sent is
 * added up, what has gone is not taken off, and only when that sum is beyond a limit does everybody count what is really
 * there. So a message costs one addition, and a count comes once for every few megabytes at most.
 */
export class Backlogs {
  readonly #all = new Set<Backlogged>();
  /** No more than this waits. */
  #mostOctets = 0;
  #countedOctets = 0;
  #countedAt = -Infinity;

  enter(one: Backlogged): void {
    this.#all.add(one);
  }

  leave(one: Backlogged): void {
    this.#all.delete(one);
  }

  /** So much was sent: when all that waits comes to more than `limitOctets`, the largest backlogs are given up. */
  add(octets: number, limitOctets: number): void {
    this.#mostOctets += octets;
    if (this.#mostOctets > limitOctets && this.#isDue(limitOctets)) this.#relieve(limitOctets);
  }

  /**
   * Whether somebody with so large a backlog has to wait: as long as there is more room left than its own backlog takes,
   * it does not. So the largest are stopped first, and those for whom nothing waits never.
   */
  isFullFor(backlogOctets: number, limitOctets: number): boolean {
    if (backlogOctets === 0 || backlogOctets <= limitOctets - this.#mostOctets) return false;
    if (this.#isDue(limitOctets)) this.#count();
    return backlogOctets > limitOctets - this.#mostOctets;
  }

  /** Not more often than every so many octets, or milliseconds: to count takes a look at each connection. */
  #isDue(limitOctets: number): boolean {
    const isMuchMore = this.#mostOctets - this.#countedOctets > limitOctets / STEPS;
    return isMuchMore || performance.now() - this.#countedAt > STALE_MS;
  }

  #count(): void {
    // What nobody has tried to write yet does not wait for anybody.
    flushNow();
    const seen = new Set<Uint8Array>();
    let octets = 0;
    for (const one of this.#all) octets += one.ownOctets(seen);
    this.#mostOctets = octets;
    this.#countedOctets = octets;
    this.#countedAt = performance.now();
  }

  #relieve(limitOctets: number): void {
    this.#count();
    if (this.#mostOctets <= limitOctets) return;
    const waiting = [...this.#all]
      .filter((one) => one.mayGiveUp)
      .map((one) => ({ one, octets: one.backlogOctets }))
      .filter(({ octets }) => octets > 0)
      .toSorted((a, b) => b.octets - a.octets);
    const wanted = limitOctets * RELIEVED;
    for (let at = 0; at < waiting.length && this.#mostOctets > wanted;) {
      // As many as would do if nothing were shared; where it is, more have to go.
      let excess = this.#mostOctets - wanted;
      for (; excess > 0 && at < waiting.length; at++) {
        excess -= waiting[at]!.octets;
        waiting[at]!.one.giveUp();
      }
      this.#count();
    }
  }
}

const STEPS = 64;
const STALE_MS = 100;
/** So much of the limit may be left when some had to go, so that it does not begin anew with the next message. */
const RELIEVED = 3 / 4;

/** Those of this process. */
export const backlogs: Backlogs = new Backlogs();
