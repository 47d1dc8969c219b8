import type { Case } from "../case/case.js";
import { closedByScript, closesWith, observes, refusesClose } from "../case/expect.js";
import { FAILING, FAILING_DIFFERS } from "../case/family.js";
import { closePayload, kill, rawClose } from "../case/steps.js";

/** A close code and what it is. */
export type CodeRow = readonly [code: number, what: string];

/** What RFC 6455 §7.4 says about a code that is not free to use. */
export type Standing = "unused" | "forbidden" | "undefined";

/** A code that is not free to use. */
export type DoubtfulRow = readonly [...CodeRow, Standing];

/** A Close frame with a code that may be used, and nothing else. */
export function legalCode(id: string, [code, what]: CodeRow): Case {
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

/** A Close frame with a code that is not free to use. */
export function doubtfulCode(id: string, [code, what, standing]: DoubtfulRow): Case {
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

/** A Close frame with a code of which RFC 6455 says nothing. */
export function beyondRanges(id: string, [code, what]: CodeRow): Case {
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
