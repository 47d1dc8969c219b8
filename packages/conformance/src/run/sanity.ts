import { sectionOf } from "../case/case-id.js";
import type { Case } from "../case/case.js";
import { sameEvent, traceView } from "../record/event-view.js";
import type { CaseRecord, Profile } from "../record/record.js";
import { unplayed } from "../record/unplayed.js";
import type { Played } from "./unconfirmed.js";

/** Played before all others, and tried once more at the end: an empty text message that has to come back. */
const FIRST = "1.1.1";

/**
 * Tried if the first gets no echo: a text message and a binary message. A peer that echoes only some kinds of messages is
 * judged case by case.
 */
const OTHERS: readonly string[] = ["1.1.2", "1.2.2"];

/** The cases without which no other case is of use. */
export const SANITY_CASES: readonly string[] = [FIRST, ...OTHERS];

/** Times that the first case is tried at the end before it counts as no longer passing. */
const LAST_TRIES = 3;

/** These are about opening handshakes: they need no connection that opens otherwise. */
const HANDSHAKE_SECTIONS: ReadonlySet<number> = new Set([20, 21, 22]);

export interface SanityContext {
  /** Plays a case and reports it. Undefined if it has no result that counts. */
  readonly play: (one: Case) => Promise<Played | undefined>;
  /**
   * Plays a case of which nothing is reported. `isPatient`: with the limits of a repeat. A string says why there was no
   * connection; undefined if there is nothing to say.
   */
  readonly look: (one: Case, isPatient: boolean) => Promise<Played | string | undefined>;
}

/** What the run has done to a peer. */
export interface Damage {
  /** The case that passed at first and no longer at the end. */
  readonly case: string;
  /** In a clause. */
  readonly text: string;
}

/**
 * What the first case says of all others. If no connection opens or nothing is echoed, that is the finding, and hundreds
 * of cases that would only repeat it are not played.
 */
export class Sanity {
  readonly #context: SanityContext;
  readonly #first: Case | undefined;
  readonly #others: readonly Case[];
  #hasPassed = false;
  /** A connection opens, and nothing is echoed. */
  #isMute = false;

  /** Without all of these cases there is nothing to say: the user wants to see certain ones. */
  constructor(cases: readonly Case[], context: SanityContext) {
    this.#context = context;
    const find = (id: string): readonly Case[] => cases.filter((one) => one.id === id);
    const [first] = find(FIRST);
    this.#others = OTHERS.flatMap(find);
    this.#first = this.#others.length === OTHERS.length ? first : undefined;
  }

  /** Whether this is the case that is played first. */
  isFirst(one: Case): boolean {
    return one === this.#first;
  }

  /** Whether a case needs what the first case has shown to be missing: a connection that opens, or an echo. */
  needsEcho({ id, expect }: Case): boolean {
    if (!HANDSHAKE_SECTIONS.has(sectionOf(id))) return true;
    // Where the opening handshake decides, an echo shows nothing that is not known from the answer.
    const isDecidedBefore =
      expect.informational === true ||
      expect.negotiation !== undefined ||
      (expect.opening !== undefined &&
        (expect.opening.end !== "opened" || expect.opening.reply !== undefined));
    return this.#isMute && !isDecidedBefore && expect.pass.length > 0;
  }

  /** Before all other cases. Null, or why those that need an echo are not played, in a clause. */
  async before(): Promise<string | null> {
    const first = this.#first;
    if (first === undefined) return null;
    const result = await this.#context.play(first);
    this.#hasPassed = result?.verdict.outcome === "pass";
    if (result === undefined || isEchoed(first, result)) return null;
    const results = [result];
    for (const one of this.#others) {
      const other = await this.#context.look(one, true);
      if (other === undefined || typeof other === "string" || isEchoed(one, other)) return null;
      results.push(other);
    }
    this.#isMute = hasOpened(results);
    return reason(first, results);
  }

  /**
   * After all other cases. If the first case passed, does not pass now, and not when it is repeated either, the run has
   * damaged the peer; then a clause says so. That is no verdict on any case.
   */
  async after(): Promise<Damage | null> {
    const first = this.#first;
    if (first === undefined || !this.#hasPassed) return null;
    let problem = "";
    for (let tries = 0; tries < LAST_TRIES; tries++) {
      const result = await this.#context.look(first, tries > 0);
      if (result === undefined) return null;
      if (typeof result === "string") problem = result;
      else if (result.verdict.outcome === "pass") return null;
      else problem = clauseOf(result.verdict.because);
    }
    const text = `the peer passed ${first.id} at first, and no longer at the end of the run: ${problem}`;
    return { case: first.id, text };
  }
}

/** The record of a case that was not played. */
export function notPlayed(profile: Profile, startedAt: string, because: string): CaseRecord {
  return unplayed({ profile, role: "client", startedAt, why: { notPlayed: because } });
}

/** Whether the echo came, whatever else is wrong. */
function isEchoed(one: Case, { record }: Played): boolean {
  return traceView(one.expect.pass).every((wanted) =>
    record.events.some((event) => sameEvent(event, wanted)),
  );
}

function hasOpened(results: readonly Played[]): boolean {
  return results.some(({ record }) => record.handshake.opened);
}

function reason({ id }: Case, results: readonly Played[]): string {
  const why = clauseOf(results[0]?.verdict.because ?? "");
  return `not played, because ${hasOpened(results) ? "the peer echoes no message" : "no connection opens"} (${id}: ${why})`;
}

/** A sentence as a part of another one. */
function clauseOf(sentence: string): string {
  return `${sentence.slice(0, 1).toLowerCase()}${sentence.slice(1).replace(/\.$/, "")}`;
}
