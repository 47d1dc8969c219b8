import type { Case } from "../case/case.js";
import { agree, needsConfirmation, isHurried, isOpeningLate, kindOf } from "../run/unconfirmed.js";
import { RepeatLimits } from "../run/repeat-limits.js";
import type { Timeouts } from "../tester/timeouts.js";
import type { Verdict } from "../judge/verdict.js";
import type { CaseRecord, Profile } from "../record/record.js";
import type { Agent } from "./agents.js";

interface Doubt {
  readonly record: CaseRecord;
  readonly verdict: Verdict;
  /** Emits it as a result that counts. */
  readonly believe: () => void;
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
  readonly #doubts = new Map<string, Doubt>();
  readonly #agreeing = new Map<string, number>();
  #last: Promise<void> = Promise.resolve();

  constructor(profile: Profile) {
    this.#profile = profile;
    this.#repeatLimits = new RepeatLimits(profile);
  }

  /** The conditions of the next play of a case. A repeat begins when the one before it is over. */
  begin(agent: Agent, { id }: Case, usual: Timeouts): Turn {
    if (!this.#doubts.has(keyOf(agent, id))) {
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
  consider(agent: Agent, { id }: Case, isRepeat: boolean, doubt: Doubt): boolean {
    const key = keyOf(agent, id);
    const before = this.#doubts.get(key);
    if (before === undefined || !isRepeat) {
      if (!this.#mayBeOurFault(doubt)) return true;
      this.#doubts.set(key, doubt);
      return false;
    }
    this.#doubts.delete(key);
    this.#repeatLimits.learn(doubt.record);
    const kind = kindOf(before.record);
    this.#agreeing.set(kind, agree(before, doubt) ? (this.#agreeing.get(kind) ?? 0) + 1 : 0);
    this.#believe(kind);
    return true;
  }

  #mayBeOurFault({ record, verdict }: Doubt): boolean {
    if (!needsConfirmation(record, verdict)) return false;
    if ((this.#agreeing.get(kindOf(record)) ?? 0) >= AGREEING && !isOpeningLate(record)) return false;
    return record.concurrent || this.#profile === "modern" || isHurried(record);
  }

  #believe(kind: string): void {
    if ((this.#agreeing.get(kind) ?? 0) < AGREEING) return;
    for (const [key, doubt] of this.#doubts) {
      if (kindOf(doubt.record) !== kind || isOpeningLate(doubt.record)) continue;
      this.#doubts.delete(key);
      doubt.believe();
    }
  }
}

function keyOf(agent: Agent, id: string): string {
  return `${agent.name}\n${id}`;
}
