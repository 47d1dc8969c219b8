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

const ILLEGAL: readonly Row[] = [
  [0, "below 1000, where no code is used"],
  [999, "the last number below the first code"],
  [1004, "reserved without a meaning yet"],
  [1005, "kept for interfaces that report a missing code"],
  [1006, "kept for interfaces that report a missing Close frame"],
  [1016, "not defined by RFC 6455"],
  [1100, "not defined by RFC 6455"],
  [2000, "in the range kept for the protocol, not defined"],
  [2999, "the last number of the range kept for the protocol, not defined"],
];

const BEYOND: readonly Row[] = [
  [5000, "the first number above the last range"],
  [65535, "the highest number of two octets"],
];

/** 7.7, 7.9 and 7.13: close codes that may, must not and should not be sent (RFC 6455 §7.4). */
export const CLOSE_CODES: readonly Case[] = [
  ...family("7.7", LEGAL, legalCode),
  ...family("7.9", ILLEGAL, illegalCode),
  ...family("7.13", BEYOND, beyondRanges),
];

function legalCode(id: string, [code, what]: Row): Case {
  return {
    id,
    title: `Close code ${code}, ${what}`,
    description: `A Close frame with code ${code} (${what}) and no reason. The code may appear on the wire (RFC 6455 §7.4).`,
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

function illegalCode(id: string, [code, what]: Row): Case {
  const interfaceOnly = code >= 1004 && code <= 1006;
  return {
    id,
    title: `Close code ${code}, ${what}`,
    description: `A Close frame with ${code} where its close code belongs (RFC 6455 §7.4): ${what}. It must not appear in a Close frame.`,
    expectation:
      "The peer fails the connection instead of echoing the code or closing normally; the close code, if it sends one, is 1002 (protocol error).",
    requirements: [interfaceOnly ? "6455-7.4.1-1" : "6455-7.4.2-1", ...FAILING],
    script: [rawClose(closePayload(code)), kill(1)],
    expect: refusesClose(1002),
    illegal: ["close-code"],
    differs: FAILING_DIFFERS,
  };
}

function beyondRanges(id: string, [code, what]: Row): Case {
  return {
    id,
    title: `Close code ${code}, ${what}`,
    description: `A Close frame with ${code} as its close code, ${what}. RFC 6455 §7.4.2 says nothing about codes above 4999.`,
    expectation: `Nothing is demanded: the peer may fail the connection (1002), answer normally (1000) or echo the code. The record shows what it did.`,
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
