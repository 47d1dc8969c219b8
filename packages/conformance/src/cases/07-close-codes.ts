import type { Case } from "../case/case.js";
import { closedByScript, closesWith, observes, refusesClose } from "../case/expect.js";
import { FAILING, FAILING_DIFFERS, family } from "../case/family.js";
import { closePayload, kill, rawClose } from "../case/steps.js";

/** A close code and what it is. */
type Row = readonly [code: number, what: string];

const LEGAL: readonly Row[] = [
  [1000, "normal closure"],
  [1001, "going away"],
  [1002, "protocol error"],
  [1003, "unacceptable type of data"],
  [1007, "inconsistent data"],
  [1008, "policy violation"],
  [1009, "message too big"],
  [1010, "a required extension is missing"],
  [1011, "internal error"],
  [3000, "the first code for libraries and frameworks"],
  [3999, "the last code for libraries and frameworks"],
  [4000, "the first code for private use"],
  [4999, "the last code for private use"],
];

/** What RFC 6455 §7.4 says about a code that is not free to use. */
type Standing = "unused" | "forbidden" | "undefined";

const DOUBTFUL: readonly (readonly [...Row, Standing])[] = [
  [0, "below 1000, where no code is used", "unused"],
  [999, "the last number below the first code", "unused"],
  [1004, "reserved, without a meaning yet", "undefined"],
  [1005, "reserved for interfaces that report a missing code", "forbidden"],
  [1006, "reserved for interfaces that report a missing Close frame", "forbidden"],
  [1016, "not defined by RFC 6455", "undefined"],
  [1100, "not defined by RFC 6455", "undefined"],
  [2000, "not defined, in the range reserved for the protocol", "undefined"],
  [2999, "not defined, the last number of the range reserved for the protocol", "undefined"],
];

const BEYOND: readonly Row[] = [
  [5000, "the first number above the last range"],
  [65535, "the highest number of two octets"],
];

/** 7.7, 7.9 and 7.13: close codes that are defined, forbidden, not used, or not mentioned (RFC 6455 §7.4). */
export const CLOSE_CODES: readonly Case[] = [
  ...family("7.7", LEGAL, legalCode),
  ...family("7.9", DOUBTFUL, doubtfulCode),
  ...family("7.13", BEYOND, beyondRanges),
];

function legalCode(id: string, [code, what]: Row): Case {
  return {
    id,
    title: `Close code ${code}, ${what}`,
    description: `A Close frame with code ${code} (${what}) and no reason. RFC 6455 §7.4 allows this code in a Close frame.`,
    expectation: `The peer answers with a Close frame whose code, if it has one, is ${code === 1000 ? "1000" : `${code} or 1000`}. The server closes TCP.`,
    requirements: ["6455-5.5.1-5", code < 3000 ? "6455-7.4.1-3" : "6455-7.4.2-1", "6455-5.5.1-7"],
    script: [rawClose(closePayload(code)), kill(1)],
    expect: closesWith(1000, code),
    differs:
      code === 1010
        ? ["closing-handshake-required", "code-1010-is-for-clients"]
        : ["closing-handshake-required"],
  };
}

function doubtfulCode(id: string, [code, what, standing]: (typeof DOUBTFUL)[number]): Case {
  const facts = {
    id,
    title: `Close code ${code}, ${what}`,
    script: [rawClose(closePayload(code)), kill(1)],
    expect: refusesClose(1002),
    illegal: ["close-code"],
  } satisfies Partial<Case>;
  switch (standing) {
    case "forbidden":
      return {
        ...facts,
        description: `A Close frame with ${code} as its close code: ${what}. RFC 6455 §7.4.1 says that no endpoint sets it in a Close frame.`,
        expectation:
          "The peer fails the connection; the close code, if it sends one, is 1002 (protocol error). It neither echoes the code nor closes normally.",
        requirements: ["6455-7.4.1-1", ...FAILING],
        differs: FAILING_DIFFERS,
      };
    case "unused":
      return {
        ...facts,
        description: `A Close frame with ${code} as its close code: ${what}. RFC 6455 §7.4.2 says that such codes are not used, but does not forbid them.`,
        expectation:
          "The peer should fail the connection; the close code, if it sends one, is then 1002 (protocol error). A peer that answers it like an ordinary Close frame is non-strict; it fails the case under the autobahn profile.",
        requirements: ["6455-5.5.1-5", "6455-7.4.2-1", "6455-10.7-2", "6455-7.1.7-3"],
        differs: [...FAILING_DIFFERS, "close-code-not-used"],
      };
    case "undefined":
      return {
        ...facts,
        description: `A Close frame with ${code} as its close code: ${what}. RFC 6455 §7.4 reserves it for a future definition and does not forbid sending it.`,
        expectation:
          "The peer answers the Close frame with this code, with 1000 or without a code, or it fails the connection (1002, protocol error). RFC 6455 allows both; the autobahn profile requires that the connection fails.",
        requirements: ["6455-5.5.1-5", code === 1004 ? "6455-7.4.1-4" : "6455-7.4.2-1", "6455-7.1.7-3"],
        differs: [...FAILING_DIFFERS, "close-code-not-defined"],
      };
  }
}

function beyondRanges(id: string, [code, what]: Row): Case {
  return {
    id,
    title: `Close code ${code}, ${what}`,
    description: `A Close frame with ${code} as its close code, ${what}. RFC 6455 §7.4.2 says nothing about codes above 4999.`,
    expectation: `Nothing is required: the peer may fail the connection (1002), answer normally (1000) or echo the code. The record shows what it did.`,
    requirements: ["6455-7.4.2-1"],
    script: [rawClose(closePayload(code)), kill(1)],
    expect: observes(
      closedByScript({
        pass: [],
        ending: { by: "tester", codes: [1000, code, 1002], clean: false },
      }),
    ),
    illegal: ["close-code"],
    differs: ["observed-only"],
  };
}
