import type { CaseRecord, Profile } from "../record/record.js";
import type { Timeouts } from "../tester/timeouts.js";

/** How much longer the limits of a repeat are: nobody is accused who merely takes his time. */
const REPEAT_FACTOR = 6;
/** The limit for silence under load is long already. */
const LOAD_REPEAT_FACTOR = 3;
/** Repeats in which a long limit ran out all the same; from then on the peer is known, and this much will do. */
const TIMEOUTS_UNTIL_KNOWN = 2;
const KNOWN_FACTOR = 1.5;

/**
 * The limits of repeats: long ones under `modern`, until it is known of a limit that it runs out however long it is.
 * Under `autobahn` they are those of the original.
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
      // Long limits are long enough for a busy machine, too.
      stretch: usual.stretch / REPEAT_FACTOR,
      connectMs: usual.connectMs * REPEAT_FACTOR,
      openMs: usual.openMs * REPEAT_FACTOR,
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
