import type { Blame } from "./blame.js";
import type { CaseFacts } from "./case-facts.js";
import { Opcode } from "../case/opcode.js";
import { ORDINARY_CODES } from "./failing.js";
import type { Observation } from "./observation.js";

/** One thing that a peer cannot do, from which the failures of several cases follow. */
export interface Cause {
  readonly requirement: string;
  readonly observation: Observation;
  /** To follow `The server …`. */
  readonly does: string;
  /** Whether it explains what is said against the peer in a case. */
  readonly explains: (facts: CaseFacts, blame: Blame) => boolean;
}

/**
 * What explains more than one failure, in the order in which they are tried. Each rule compares cases that have a trait
 * with cases that lack it and are otherwise alike: none of the former has what it expects, and some of the latter have.
 * Where that is not so, nothing is said: the failures stay with the requirements that they name. `isBlocked`: cases were
 * not played, because the first ones got no answer.
 */
export function causesOf(facts: readonly CaseFacts[], isBlocked: boolean): readonly Cause[] {
  const found: Cause[] = [];
  if (isShown(facts, TOGETHER)) found.push(framesLost(facts));
  for (const rule of RULES) {
    // What is explained already says nothing about another cause.
    const open = facts.filter(
      (one) => !one.blames.some((blame) => found.some((other) => other.explains(one, blame))),
    );
    if (isShown(open, rule)) found.push(rule.cause);
  }
  for (const { cause, isShownBy } of MANY) if (isShownBy(facts, isBlocked)) found.push(cause);
  return found;
}

interface Comparison {
  /** What the tester sends that the peer cannot take. */
  readonly trait: (facts: CaseFacts) => boolean;
  /** The cases that are compared. */
  readonly among: (facts: CaseFacts) => boolean;
  /** What every case with the trait has to show besides; absent if nothing. */
  readonly shows?: (facts: CaseFacts) => boolean;
  /** Cases without the trait that must not lose anything, because then the fault is another one; absent if none. */
  readonly spares?: (facts: CaseFacts) => boolean;
}

interface Rule extends Comparison {
  readonly cause: Cause;
}

/** So many cases have to fail, and as many to pass. */
const ENOUGH = 3;

function isShown(facts: readonly CaseFacts[], { trait, among, shows, spares }: Comparison): boolean {
  // An echo is asked for, and nothing illegal is sent.
  const compared = facts.filter(
    (one) => one.opened && one.mustFail === false && one.wanted > 0 && among(one),
  );
  const having = compared.filter(trait);
  const lacking = compared.filter((one) => !trait(one) && one.isComplete);
  return (
    having.filter(hasLost).length >= ENOUGH &&
    !having.some(({ isComplete }) => isComplete) &&
    having.every((one) => shows?.(one) !== false) &&
    !compared.some((one) => !trait(one) && spares?.(one) === true && hasLost(one)) &&
    lacking.length >= ENOUGH
  );
}

/** An answer is missing, or another one came. */
function hasLost({ blames }: CaseFacts): boolean {
  return blames.some(isLoss);
}

function isLoss({ outcome, observation }: Blame): boolean {
  return outcome === "fail" && observation === "wrong-answer";
}

/** A rule whose cause explains every loss in a case with its trait. */
function rule(
  about: Pick<Cause, "requirement" | "observation" | "does">,
  trait: Rule["trait"],
  among: Rule["among"],
  more: Pick<Rule, "shows" | "spares"> = {},
): Rule {
  const explains = (facts: CaseFacts, blame: Blame): boolean =>
    facts.mustFail === false && trait(facts) && isLoss(blame);
  return { cause: { ...about, explains }, trait, among, ...more };
}

const WHOLE = (facts: CaseFacts): boolean => !facts.sent.fragments;
const PLAIN = (facts: CaseFacts): boolean => !facts.isDeflated;

const TOGETHER: Comparison = {
  trait: ({ sent }) => sent.together,
  among: ({ sent }) => sent.frames > 1,
};

/** What usual systems hand over in one read at least. */
const ONE_READ = 16_384;

/** A peer that loses frames, or parts of them, takes what follows for something else, and sends back what is illegal. */
function framesLost(facts: readonly CaseFacts[]): Cause {
  const others = new Set(
    facts
      .filter(
        ({ mustFail, sent, octetsSent }) => mustFail === false && sent.frames <= 1 && octetsSent <= ONE_READ,
      )
      .flatMap(({ blames }) => blames.map(({ requirement }) => requirement)),
  );
  return {
    requirement: "6455-6.2-1",
    observation: "frames-lost",
    does: "handles only the first frame of what one read brings: frames that come together are lost, and the same frames one by one are not",
    explains: ({ mustFail, sent, octetsSent }, blame) => {
      if (mustFail !== false) return false;
      // What comes in several reads is lost as well: the second read is taken for a frame.
      const isLong = octetsSent > ONE_READ && !others.has(blame.requirement);
      if (isLong && (blame.observation === "violation" || isLoss(blame))) return true;
      if (blame.observation === "no-close-answer") return sent.closeTogether;
      if (blame.observation === "violation") return sent.frames > 1 && !others.has(blame.requirement);
      // Frames that are written one by one may come together all the same.
      return sent.frames > 1 && isLoss(blame);
    },
  };
}

const RULES: readonly Rule[] = [
  // First of all: what loses a type loses its fragments and its long messages as well.
  rule(
    {
      requirement: "6455-6.2-1",
      observation: "type-lost",
      does: "sends text messages back as binary ones",
    },
    ({ sent }) => sent.text,
    (facts) => PLAIN(facts) && WHOLE(facts),
    { shows: (facts) => count(facts, Opcode.binary) > 0 },
  ),
  rule(
    {
      requirement: "6455-6.2-1",
      observation: "type-lost",
      does: "sends binary messages back as text",
    },
    ({ sent }) => sent.binary,
    (facts) => PLAIN(facts) && WHOLE(facts),
    { shows: (facts) => count(facts, Opcode.text) > 0 },
  ),
  rule(
    { requirement: "6455-6.2-1", observation: "type-lost", does: "echoes no binary message" },
    ({ sent }) => sent.binary,
    (facts) => PLAIN(facts) && WHOLE(facts),
    { shows: (facts) => count(facts, Opcode.text) === 0 },
  ),
  rule(
    { requirement: "6455-6.2-1", observation: "type-lost", does: "echoes no text message" },
    ({ sent }) => sent.text,
    (facts) => PLAIN(facts) && WHOLE(facts),
    { shows: (facts) => count(facts, Opcode.binary) === 0 },
  ),
  rule(
    {
      requirement: "7692-6.2-1",
      observation: "wrong-answer",
      does: "agrees on permessage-deflate and echoes no compressed message",
    },
    (facts) => facts.isDeflated,
    () => true,
  ),
  rule(
    { requirement: "6455-5.4-6", observation: "wrong-answer", does: "puts no fragmented message together" },
    ({ sent }) => sent.fragments,
    (facts) => PLAIN(facts),
  ),
  rule(
    {
      requirement: "6455-5.4-1",
      observation: "wrong-answer",
      does: "handles no control frames between the fragments of a message",
    },
    ({ sent }) => sent.controlInside,
    ({ sent, isDeflated }) => sent.fragments && !isDeflated,
  ),
  rule(
    {
      requirement: "6455-6.2-1",
      observation: "lengths-lost",
      does: "takes no frame of more than 65,535 octets",
    },
    ({ sent }) => sent.longest > 65_535,
    (facts) => PLAIN(facts) && WHOLE(facts),
    { spares: () => true },
  ),
  rule(
    {
      requirement: "6455-6.2-1",
      observation: "lengths-lost",
      does: "takes no frame of more than 125 octets",
    },
    ({ sent }) => sent.longest > 125,
    (facts) => PLAIN(facts) && WHOLE(facts),
    { spares: () => true },
  ),
];

/** What shows only in all cases together. */
const MANY: readonly {
  readonly cause: Cause;
  readonly isShownBy: (facts: readonly CaseFacts[], isBlocked: boolean) => boolean;
}[] = [
  {
    cause: {
      requirement: "6455-6.2-1",
      observation: "closed-early",
      does: "ends every connection before it has answered anything",
      explains: explainsSilence,
    },
    isShownBy: (facts, isBlocked) =>
      isSilent(facts, isBlocked) && facts.every(({ opened, endsFirst }) => !opened || endsFirst),
  },
  {
    cause: {
      requirement: "6455-6.2-1",
      observation: "wrong-answer",
      does: "answers no message at all",
      explains: explainsSilence,
    },
    isShownBy: isSilent,
  },
  {
    cause: {
      requirement: "6455-5.5.2-1",
      observation: "wrong-answer",
      does: "answers no Ping at all",
      explains: ({ mustFail, sent }, blame) => mustFail === false && sent.pings && isLoss(blame),
    },
    isShownBy: (facts) => {
      const asked = facts.filter(
        ({ mustFail, sent, wanted }) => mustFail === false && sent.pings && wanted > 0,
      );
      return (
        asked.filter(hasLost).length >= ENOUGH &&
        !facts.some((one) => count(one, Opcode.pong) > 0) &&
        facts.some(({ isComplete, wanted }) => isComplete && wanted > 0)
      );
    },
  },
  {
    cause: {
      requirement: "6455-5.5.1-5",
      observation: "no-close-frame",
      does: "closes TCP without a Close frame, and never sends one",
      explains: (_, { observation }) => observation === "no-close-frame",
    },
    isShownBy: (facts) =>
      !facts.some((one) => count(one, Opcode.close) > 0) &&
      facts.filter(({ blames }) =>
        blames.some((one) => one.observation === "no-close-frame" && one.requirement === "6455-5.5.1-5"),
      ).length >= ENOUGH,
  },
  {
    cause: {
      requirement: "6455-5.5.1-5",
      observation: "no-close-answer",
      does: "answers no Close frame, and leaves TCP open",
      explains: (_, { observation }) => observation === "no-close-answer",
    },
    isShownBy: (facts) =>
      !facts.some((one) => count(one, Opcode.close) > 0) &&
      facts.filter(({ blames }) =>
        blames.some((one) => one.observation === "no-close-answer" && one.requirement === "6455-5.5.1-5"),
      ).length >= ENOUGH,
  },
  {
    cause: {
      requirement: "6455-10.7-1",
      observation: "violation",
      does: "sends Close frames back unchecked, illegal ones too",
      explains: hasEchoedClose,
    },
    isShownBy: (facts) => requirementsOf(facts, hasEchoedClose).size >= ENOUGH,
  },
  {
    cause: {
      requirement: "6455-7.1.7-3",
      observation: "wrong-close-code",
      does: "fails connections with an ordinary close code, as if nothing were wrong",
      explains: hasOrdinaryCode,
    },
    // A peer that does not see what is illegal leaves some of these connections open.
    isShownBy: (facts) =>
      requirementsOf(facts, hasOrdinaryCode).size >= ENOUGH &&
      facts.every((one) =>
        one.blames.every((blame) => blame.observation !== "illegal-accepted" || hasOrdinaryCode(one, blame)),
      ),
  },
  {
    cause: {
      requirement: "6455-4.2.1-1",
      observation: "handshake-accepted",
      does: "takes opening handshakes that it has to refuse, in many ways: it checks little or nothing of them",
      explains: hasTakenHandshake,
    },
    isShownBy: (facts) => requirementsOf(facts, hasTakenHandshake).size >= MANY_WAYS,
  },
];

/** Nothing that answers anything came on any connection, and something was asked for. */
function isSilent(facts: readonly CaseFacts[], isBlocked: boolean): boolean {
  const answers = [Opcode.continuation, Opcode.text, Opcode.binary, Opcode.pong];
  return (
    facts.filter((one) => one.opened && one.blames.some((blame) => explainsSilence(one, blame))).length >=
      (isBlocked ? 1 : ENOUGH) && !facts.some((one) => answers.some((opcode) => count(one, opcode) > 0))
  );
}

function explainsSilence({ mustFail }: CaseFacts, blame: Blame): boolean {
  return mustFail !== true && isLoss(blame);
}

function hasEchoedClose({ echoesIllegalClose }: CaseFacts, { observation, outcome }: Blame): boolean {
  return echoesIllegalClose && observation === "violation" && outcome === "fail";
}

/** So many rules are broken by a server that does not check the opening handshake. */
const MANY_WAYS = 6;

function hasOrdinaryCode({ mustFail, ownCode }: CaseFacts, { observation }: Blame): boolean {
  return mustFail === true && observation === "illegal-accepted" && ORDINARY_CODES.has(ownCode ?? 0);
}

/** Of servers: what a client takes is an answer. */
function hasTakenHandshake(_: CaseFacts, { observation, requirement }: Blame): boolean {
  return (
    observation === "handshake-accepted" &&
    /^(6455-(4\.2\.1|4\.2\.2-4|9\.1-1|10\.7-3|11\.3\.[15])|9112|9110-[57])/.test(requirement ?? "")
  );
}

function requirementsOf(
  facts: readonly CaseFacts[],
  explains: Cause["explains"],
): ReadonlySet<string | undefined> {
  return new Set(
    facts.flatMap((one) =>
      one.blames.filter((blame) => explains(one, blame)).map(({ requirement }) => requirement),
    ),
  );
}

function count({ received }: CaseFacts, opcode: number): number {
  return received[String(opcode)] ?? 0;
}
