import type { CaseRecord, Profile } from "../record/record.js";
import type { Timeouts } from "../tester/timeouts.js";

/** How many times longer the limits of a repeat are: a peer that is only slow must not fail. */
const REPEAT_FACTOR = 6;
/** The same for the stall limit of load cases, which is already long. */
const LOAD_REPEAT_FACTOR = 3;
/**
 * After so many repeats in which a long limit ran out nevertheless, the peer is known, and a shorter limit is enough.
 */
const TIMEOUTS_UNTIL_KNOWN = 2;
const KNOWN_FACTOR = 1.5;

/**
 * The limits of repeats. Under `modern` they are long, until a limit is known to run out however long it is. Under
 * `autobahn` they are those of the original.
 */
export class RepeatLimits {
  readonly #profile: Profile;
  readonly #ranOut = new Map<string, number>();

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  /** The limits for the next repeat. */
  stretch(usual: Timeouts): Timeouts {
    if (this.#profile === "autobahn") return usual;
    const factor = (name: string, by = REPEAT_FACTOR): number =>
      (this.#ranOut.get(name) ?? 0) >= TIMEOUTS_UNTIL_KNOWN ? KNOWN_FACTOR : by;
    return {
      ...usual,
      // Long limits need not be made longer again for a busy machine.
      stretch: usual.stretch / REPEAT_FACTOR,
      connectMs: usual.connectMs * REPEAT_FACTOR,
      openMs: usual.openMs * factor("answer-timeout"),
      closeMs: usual.closeMs * factor("close-timeout"),
      dropMs: usual.dropMs * factor("drop-timeout"),
      stallMs: usual.stallMs * factor("stalled", LOAD_REPEAT_FACTOR),
      scale: usual.scale * Math.min(factor("kill"), factor("close"), factor("until")),
    };
  }

  /** A repeat is over. */
  learn({ timers }: CaseRecord): void {
    for (const name of timers) this.#ranOut.set(name, (this.#ranOut.get(name) ?? 0) + 1);
  }
}
