import { isAdvice, isDemand, REQUIREMENTS } from "../case/requirements.js";
import type { MaskingKeyFacts } from "../record/masking-keys.js";
import { hasZeroPadBits, type OpeningKeyNews } from "../record/opening-keys.js";
import type { CaseRecord } from "../record/record.js";
import { VIOLATIONS, type ViolationName } from "../record/violation.js";
import { readAnswer } from "../wire/deflate-negotiation.js";
import { headerValues, lastAnswer, parseRequest } from "../wire/http1.js";
import { http2Faults } from "./http2.js";
import type { FaultOutcome } from "./verdict.js";

/** A requirement that a peer broke, whatever the case was about. */
export interface Fault {
  readonly requirement: string;
  /** What it means: a MUST is a failure, a SHOULD is not, and some things are only mentioned. */
  readonly outcome: FaultOutcome;
  /** What the peer did, in a clause. */
  readonly because: string;
}

/** What the octets of one connection show, each requirement once. */
export function faultsOf(record: CaseRecord): readonly Fault[] {
  const { violations, handshake } = record;
  const faults = new Map<string, Fault>();
  const { requirement, problem = "the opening handshake failed" } = handshake;
  if (requirement !== undefined) faults.set(requirement, fault(requirement, problem));
  for (const { finding } of http2Faults(record)) {
    const { requirement, because } = finding;
    if (!faults.has(requirement)) faults.set(requirement, fault(requirement, because));
  }
  for (const { requirement, violation } of violations) {
    // Those of a stored run are only words, as are its requirements.
    if (!Object.hasOwn(VIOLATIONS, violation) || faults.has(requirement)) continue;
    if (isMisread(record, violation as ViolationName)) continue;
    const { sentence } = VIOLATIONS[violation as ViolationName];
    faults.set(requirement, fault(requirement, `the peer ${sentence}`));
  }
  return [...faults.values()].filter(({ requirement }) => REQUIREMENTS.has(requirement));
}

/**
 * Whether octets only look like a violation, because the tester gave an answer that nobody may take: behind a status that
 * is not 101 the next request of HTTP may come, and a client that takes a faulty answer about permessage-deflate may
 * compress. That it took the answer is what its case says.
 */
function isMisread(
  { role, handshake: { request, response } }: CaseRecord,
  violation: ViolationName,
): boolean {
  if (role !== "server") return false;
  const answer = lastAnswer(response);
  if (answer.status !== 101 && answer.status !== 0) return true;
  if (!SHOWN_BY_COMPRESSION.has(violation)) return false;
  const offers = headerValues(parseRequest(request ?? ""), "sec-websocket-extensions");
  return (
    "problem" in readAnswer(headerValues(answer, "sec-websocket-extensions"), offers, { lenient: false })
  );
}

/** What compressed frames look like where nobody has agreed on how to read them. */
const SHOWN_BY_COMPRESSION: ReadonlySet<ViolationName> = new Set([
  "rsv",
  "misplaced-rsv1",
  "invalid-utf8",
  "corrupt-deflate",
  "window-exceeded",
  "context-taken-over",
]);

/** The key of an opening handshake that has one and only one of the right form; undefined otherwise. */
export function openingKeyOf(request: string | null): string | undefined {
  const keys = headerValues(parseRequest(request ?? ""), "sec-websocket-key");
  return keys.length === 1 && /^[A-Za-z0-9+/]{22}==$/.test(keys[0] ?? "") ? keys[0] : undefined;
}

/** What the key of an opening handshake shows beside those before it. */
export function openingKeyFaults(key: string, news: OpeningKeyNews): readonly Fault[] {
  const faults: Fault[] = [];
  if (news !== "fresh") {
    const what =
      news === "repeated"
        ? "sent a Sec-WebSocket-Key that it had sent before"
        : "sent a Sec-WebSocket-Key of which one half is the same as in an earlier one";
    faults.push(fault("6455-4.1-16", `the peer ${what}`));
  }
  if (!hasZeroPadBits(key)) {
    const because = "the last bits of the peer's Sec-WebSocket-Key, which encode nothing, are not 0";
    // Erratum 3150: the RFC's own example does the same, and a server may take such a key.
    faults.push({ ...fault("4648-3.5-1", because), outcome: "informational" });
  }
  return faults;
}

/** What was found about all masking keys together, and on which connections it showed. */
export interface KeyFault extends Fault {
  readonly shownBy: "repeats" | "foreseen" | "all";
}

/**
 * Below this probability something is no chance any more. All bounds below hold for keys that are chosen at random, and
 * they are not estimates but upper bounds. Each of the four tests accuses such a client with a probability below 10^-10,
 * all of them together below 10^-9.
 */
const CHANCE = 1e-10;

/** How many bits of a masking key may never change before its keys count as predictable. */
const FIXED_BITS = 16;

/**
 * What all masking keys of a client show (RFC 6455 §5.3).
 *
 * - Repeats: the probability that key number i had come before is at most (i-1)/2^32. That r of n keys had, is below
 *   λ^r / r! with λ = n(n-1)/2 / 2^32: one or two repeats among thousands are chance, and prove nothing.
 * - Foreseen: a key continues the steps of the two before it with a probability of 2^-32, in one of two orders of
 *   octets. That k of m keys do, is below λ^k / k! with λ = m / 2^31.
 * - Fixed bits: the probability that c bits are the same in n keys is below C(32, c) · 2^-c(n-1). With 16 bits or more
 *   there are at most 65,536 keys, which a peer can try.
 * - Frequencies: how often a bit is set in n keys, and how often it changes from one key to the next, has a binomial
 *   distribution with p = 1/2. It is farther from n/2 than t with a probability of at most 2·exp(-2t²/n) (Hoeffding),
 *   and there are 64 such counts. A key that had come before counts once only: that it came again is told above. RFC 6455 does not say how random is enough: keys that fail only here may still be
 *   hard to predict, so it is advice that they break.
 */
export function maskingKeyFaults(facts: MaskingKeyFacts): readonly KeyFault[] {
  const { frames, sampled, repeats, followers, foreseen } = facts;
  const found: KeyFault[] = [];
  if (tail((sampled * (sampled - 1)) / 2 / 2 ** 32, repeats) < CHANCE) {
    const because = `${repeats} of ${sampled} masking keys of the peer had been used before`;
    found.push({ ...fault("6455-5.3-1", because), shownBy: "repeats" });
  }
  if (tail(followers / 2 ** 31, foreseen) < CHANCE) {
    const because = `${foreseen} of ${frames} masking keys of the peer follow from the two before, as in a counter or with a fixed key`;
    found.push({ ...fault("6455-5.3-2", because), shownBy: "foreseen" });
    return found;
  }
  const different = sampled - repeats;
  const fixed = facts.ones.filter((count) => count === 0 || count === different).length;
  if (fixed >= FIXED_BITS && fixedByChance(fixed, different) < CHANCE) {
    const because = `${fixed} of the 32 bits are the same in all ${different} different masking keys of the peer`;
    found.push({ ...fault("6455-5.3-2", because), shownBy: "all" });
    return found;
  }
  const odd = oddBits(facts);
  if (odd > 0) {
    const because = `${odd} of the 32 bits are set, or change, far more or less often than in half of the ${different} different masking keys of the peer`;
    found.push({ ...fault("6455-5.3-2", because), outcome: "non-strict", shownBy: "all" });
  }
  return found;
}

/** An upper bound of the probability of `count` events or more, of which `expected` are expected. */
function tail(expected: number, count: number): number {
  let bound = 1;
  for (let i = 1; i <= count && bound > 0; i++) bound *= expected / i;
  // Below the expected number the bound says nothing.
  return count > expected ? Math.min(1, bound) : 1;
}

function fixedByChance(bits: number, keys: number): number {
  // C(32, 16) is the largest of them.
  return 601_080_390 * 2 ** (-bits * (keys - 1));
}

function oddBits({ ones, sampled, repeats, flips, pairs }: MaskingKeyFacts): number {
  return ones.filter((count, bit) => isOdd(count, sampled - repeats) || isOdd(flips[bit] ?? 0, pairs)).length;
}

function isOdd(count: number, of: number): boolean {
  if (of === 0) return false;
  const far = count - of / 2;
  return 64 * 2 * Math.exp((-2 * far * far) / of) < CHANCE;
}

function fault(requirement: string, because: string): Fault {
  return { requirement, outcome: requirementOutcome(requirement), because };
}

/** What it means to break a requirement. */
export function requirementOutcome(requirement: string): FaultOutcome {
  if (!REQUIREMENTS.has(requirement)) return "informational";
  if (isDemand(requirement)) return "fail";
  return isAdvice(requirement) ? "non-strict" : "informational";
}
