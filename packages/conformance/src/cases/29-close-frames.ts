import type { Case } from "../case/case.js";
import { closedByScript, closesWith, message, observes, refusesClose } from "../case/expect.js";
import { FAILING, FAILING_DIFFERS, family } from "../case/family.js";
import { concat, hex, octets, type Payload } from "../case/payload.js";
import { closePayload, kill, rawClose, text, until } from "../case/steps.js";
import { beyondRanges, doubtfulCode, type CodeRow, type DoubtfulRow } from "./close-code-cases.js";

const LEGAL: readonly number[] = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 3000, 3999, 4000, 4999];
/** Registered at IANA after RFC 6455. */
const REGISTERED: readonly CodeRow[] = [
  [1012, "service restart"],
  [1013, "try again later"],
  [1014, "bad gateway"],
];
/** Numbers without a meaning of their own, the same in every run. */
const SAMPLE: readonly DoubtfulRow[] = [
  ...[5, 417, 733, 998].map((code): DoubtfulRow => [code, "below 1000, where no code is used", "unused"]),
  ...[1017, 1399, 1871, 2563, 2998].map((code): DoubtfulRow => [
    code,
    "not defined, in the range reserved for the protocol",
    "undefined",
  ]),
];
const SAMPLE_BEYOND: readonly CodeRow[] = [5001, 12_345, 27_182, 65_534].map((code) => [
  code,
  "a number above the last range",
]);

const INVALID_REASONS = [
  { what: "a surrogate", octets: "eda080" },
  { what: "an overlong form", octets: "c0af" },
  { what: "a character that is cut off", octets: "e282" },
  { what: "the octet f5", octets: "f5" },
  { what: "a continuation octet on its own", octets: "80" },
  { what: "a code point above U+10FFFF", octets: "f4908080" },
];

const EDGES: readonly { readonly what: string; readonly reason: Payload }[] = [
  {
    what: "of 123 octets that ends with a character of four octets",
    reason: octets(`${"*".repeat(119)}😀`),
  },
  { what: "with U+0000 in its middle", reason: octets("before\0behind") },
  { what: "with a byte order mark at its beginning", reason: octets("\u{feff}reason") },
];

/** 29.1: Close frames of the tester (RFC 6455 §5.5.1, §7.4), beyond section 7. */
export const CLOSE_FRAMES: readonly Case[] = [
  {
    id: "29.1.1",
    title: "Close frame without payload behind a message",
    description: "A text message and, after its echo, a Close frame without code or reason.",
    expectation:
      "The peer echoes the message and answers with a Close frame without a code, or with 1000. It never sends 1005, 1006 or 1015.",
    requirements: ["6455-5.5.1-5", "6455-7.4.1-1", "6455-7.1.5-1"],
    script: [text("Hello"), until(message("Hello")), rawClose(octets(""))],
    expect: closedByScript({ ...closesWith(1000), pass: [message("Hello")] }),
    differs: ["closing-handshake-required"],
    since: "0.2.0",
  },
  ...family("29.1.2", LEGAL, (id, code) => withReason(id, code)),
  { ...withReason(`29.1.2.${LEGAL.length + 1}`, 1010), peer: "server" },
  ...family("29.1.3", REGISTERED, registered),
  {
    ...doubtfulCode("29.1.4", [1015, "reserved for interfaces that report a failure of TLS", "forbidden"]),
    since: "0.2.0",
  },
  ...family("29.1.5", SAMPLE, (id, row) => ({ ...doubtfulCode(id, row), since: "0.2.0" })),
  ...SAMPLE_BEYOND.map((row, index): Case => {
    const id = `29.1.5.${SAMPLE.length + index + 1}`;
    return { ...beyondRanges(id, row), since: "0.2.0" };
  }),
  {
    ...withReason("29.1.6", 1010),
    title: "Close code 1010 from a server",
    description:
      "A Close frame with code 1010 and a reason, from a tester that is the server. RFC 6455 §7.4.1 defines 1010 for clients that miss an extension.",
    expectation: "Nothing is required: the record shows how the client closes.",
    requirements: ["6455-7.4.1-2", "6455-5.5.1-5"],
    script: [rawClose(closePayload(1010, octets("permessage-deflate"))), kill(1)],
    expect: observes(closesWith(1000, 1010)),
    peer: "client",
    differs: ["observed-only"],
  },
  ...family("29.1.7", INVALID_REASONS, (id, { what, octets: digits }) => ({
    id,
    title: `Close reason with ${what}`,
    description: `A Close frame with code 1000 and a reason that ends with ${what} (${digits}). A reason is UTF-8.`,
    expectation:
      "The peer fails the connection. If it sends a close code, the code is 1007 (invalid payload data) or 1002 (protocol error).",
    requirements: ["6455-8.1-1", "6455-5.5.1-2", ...FAILING],
    script: [rawClose(closePayload(1000, concat([octets("because "), hex(digits)]))), kill(1)],
    expect: closedByScript(refusesClose(1002, 1007)),
    illegal: ["close-payload"],
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  })),
  ...family("29.1.8", EDGES, (id, { what, reason }) => ({
    id,
    title: `Close reason ${what}`,
    description: `A Close frame with code 1000 and a reason ${what}.`,
    expectation: "The peer answers with a Close frame whose code, if it has one, is 1000.",
    requirements: ["6455-5.5.1-5", "6455-5.5.1-2", "6455-7.1.6-1"],
    script: [rawClose(closePayload(1000, reason)), kill(1)],
    expect: closedByScript(closesWith(1000)),
    differs: ["closing-handshake-required"],
    since: "0.2.0",
  })),
];

/** A legal code with a reason, behind a message. Most peers answer with the code that they got (RFC 6455 §5.5.1). */
function withReason(id: string, code: number): Case {
  return {
    id,
    title: `Close code ${code} with a reason, behind a message`,
    description: `A text message and, after its echo, a Close frame with code ${code} and a short reason.`,
    expectation: `The peer echoes the message and answers with a Close frame whose code, if it has one, is ${code === 1000 ? "1000" : `${code} or 1000`}.`,
    requirements: ["6455-5.5.1-5", code < 3000 ? "6455-7.4.1-3" : "6455-7.4.2-1", "6455-5.5.1-7"],
    script: [
      text("Hello"),
      until(message("Hello")),
      rawClose(closePayload(code, octets("goodbye"))),
      kill(1),
    ],
    expect: closedByScript({ ...closesWith(1000, code), pass: [message("Hello")] }),
    differs: ["closing-handshake-required"],
    since: "0.2.0",
  };
}

/** No document says that an endpoint has to know the codes that came later. */
function registered(id: string, [code, what]: CodeRow): Case {
  return {
    id,
    title: `Close code ${code}, ${what}`,
    description: `A Close frame with code ${code} (${what}) and no reason. The code was registered at IANA after RFC 6455, which keeps it for a future definition.`,
    expectation: `Nothing is required: the peer may answer with ${code}, with 1000 or without a code, or fail the connection (1002, protocol error) because it does not know the code. The record shows what it did.`,
    requirements: ["6455-7.4.2-1"],
    script: [rawClose(closePayload(code)), kill(1)],
    expect: observes(closedByScript(refusesClose(1002, 1000, code))),
    illegal: ["close-code"],
    differs: ["observed-only"],
    since: "0.2.0",
  };
}
