import type { Case } from "../case/case.js";
import { agree, needsConfirmation, isHurried, isOpeningLate, kindOf } from "../run/unconfirmed.js";
import { RepeatLimits } from "../run/repeat-limits.js";
import type { Timeouts } from "../tester/timeouts.js";
import type { Verdict } from "../judge/verdict.js";
import type { CaseRecord, Profile } from "../record/record.js";
import type { Agent } from "./agents.js";

interface UnconfirmedPlay {
  readonly record: CaseRecord;
  readonly verdict: Verdict;
  /** Emits it as a result that counts. */
  readonly accept: () => void;
}

/** A play that is about to begin. */
export interface Turn {
  readonly isRepeat: boolean;
  readonly timeouts: Timeouts;
  /** Settles when the script may begin. */
  readonly ready: Promise<void>;
  /** Call this when the play is over. */
  readonly leave: () => void;
}

/** How many repeats of a kind in a row must agree before the others of that kind are confirmed without a repeat. */
const AGREEING = 3;

/**
 * Cases that failed because of a time limit, of clients that come again. Each is played again, one at a time, before
 * its result counts. When three of a kind agree, the others of that kind count, too.
 */
export class Repeats {
  readonly #profile: Profile;
  readonly #repeatLimits: RepeatLimits;
  readonly #unconfirmed = new Map<string, UnconfirmedPlay>();
  readonly #agreeing = new Map<string, number>();
  #last: Promise<void> = Promise.resolve();

  constructor(profile: Profile) {
    this.#profile = profile;
    this.#repeatLimits = new RepeatLimits(profile);
  }

  /** The conditions of the next play of a case. A repeat begins when the one before it is over. */
  begin(agent: Agent, { id }: Case, usual: Timeouts): Turn {
    if (!this.#unconfirmed.has(keyOf(agent, id))) {
      return { isRepeat: false, timeouts: usual, ready: Promise.resolve(), leave: () => undefined };
    }
    const ready = this.#last;
    let leave: () => void = () => undefined;
    this.#last = new Promise((resolve) => {
      leave = resolve;
    });
    return { isRepeat: true, timeouts: this.#repeatLimits.stretch(usual), ready, leave };
  }

  /** True if the result counts. Otherwise it is kept until the case is played again. */
  consider(agent: Agent, { id }: Case, isRepeat: boolean, play: UnconfirmedPlay): boolean {
    const key = keyOf(agent, id);
    const before = this.#unconfirmed.get(key);
    if (before === undefined || !isRepeat) {
      if (!this.#mayBeOurFault(play)) return true;
      this.#unconfirmed.set(key, play);
      return false;
    }
    this.#unconfirmed.delete(key);
    this.#repeatLimits.learn(play.record);
    const kind = kindOf(before.record);
    this.#agreeing.set(kind, agree(before, play) ? (this.#agreeing.get(kind) ?? 0) + 1 : 0);
    this.#acceptAgreeing(kind);
    return true;
  }

  #mayBeOurFault({ record, verdict }: UnconfirmedPlay): boolean {
    if (!needsConfirmation(record, verdict)) return false;
    if ((this.#agreeing.get(kindOf(record)) ?? 0) >= AGREEING && !isOpeningLate(record)) return false;
    return record.concurrent || this.#profile === "modern" || isHurried(record);
  }

  #acceptAgreeing(kind: string): void {
    if ((this.#agreeing.get(kind) ?? 0) < AGREEING) return;
    for (const [key, play] of this.#unconfirmed) {
      if (kindOf(play.record) !== kind || isOpeningLate(play.record)) continue;
      this.#unconfirmed.delete(key);
      play.accept();
    }
  }
}

function keyOf(agent: Agent, id: string): string {
  return `${agent.name}\n${id}`;
}
