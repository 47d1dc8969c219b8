import type { Case } from "../case/case.js";
import { answers, message, negotiates } from "../case/expect.js";
import { family } from "../case/family.js";
import type { Negotiation } from "../case/negotiation.js";
import { octets, repeat, type Payload } from "../case/payload.js";
import type { RequirementId } from "../case/requirements.js";
import { close, closeAfter, text } from "../case/steps.js";
import { outOfReach } from "./out-of-reach.js";

const WINDOWS: readonly number[] = [8, 9, 10, 11, 12, 13, 14, 15];

/** A parameter that makes an offer worthless. */
interface Flaw {
  readonly parameter: string;
  readonly why: string;
  /** The header does not follow the grammar of RFC 6455 §9.1, so that the request may be refused. */
  readonly isMalformed?: true;
}

const BAD_WINDOWS: readonly Flaw[] = [
  { parameter: "=7", why: "The smallest number of window bits is 8." },
  { parameter: "=16", why: "The largest number of window bits is 15." },
  { parameter: "=0", why: "The smallest number of window bits is 8." },
  { parameter: "=08", why: "The number has a leading zero." },
  { parameter: "=015", why: "The number has a leading zero." },
  { parameter: "=-1", why: "The value is not a number of digits." },
  { parameter: "=abc", why: "The value is not a number." },
  { parameter: "=", why: "The value is missing, although the equals sign is there.", isMalformed: true },
];

const SERVER_FLAWS: readonly Flaw[] = [
  { parameter: "", why: "The value is missing, which this parameter needs in an offer too." },
  ...BAD_WINDOWS.filter(({ parameter }) => parameter !== "=015"),
];

/** Short when compressed. */
const SAME_LETTERS: Payload = repeat(octets("*"), 4096);

const OFFER = "permessage-deflate";
const DECLINES =
  "The server does not accept the offer: it answers 101 without permessage-deflate. Refusing the whole request is recorded and not judged.";
const DECLINES_MALFORMED =
  "The server does not accept the offer: it refuses the request with a status from 400 to 499, or it answers 101 without permessage-deflate.";
const FITS =
  "The server accepts the offer with an answer that fits it, or it declines. If it declines, the case says nothing about it.";

/**
 * 31.1: what a server makes of offers of permessage-deflate (RFC 7692 §5, §7). 31.1.14, that every answer fits, is checked
 * on every connection instead.
 */
export const DEFLATE_OFFERS: readonly Case[] = [
  fits("31.1.1", "Offer without parameters", [OFFER], "An offer without parameters, the simplest there is.", [
    "7692-5-2",
    "7692-7-5",
    "7692-7-6",
  ]),
  fits(
    "31.1.2",
    "Offer with client_max_window_bits without a value",
    [`${OFFER}; client_max_window_bits`],
    "The offer allows the server to limit the client's window. Only an offer may leave the number out; an answer that repeats the parameter needs one.",
    ["7692-7.1.2.2-1", "7692-7-6"],
  ),
  ...family("31.1.3", WINDOWS, (id, bits) =>
    fits(
      id,
      `Offer with client_max_window_bits=${bits}`,
      [`${OFFER}; client_max_window_bits=${bits}`],
      `The client says that its window has at most ${bits} bits. An answer may repeat the parameter with a number from 8 to 15. RFC 7692 §7.1.2.2 asks for one that is not larger, and in the next paragraph expects larger ones too; a larger one is recorded and not judged.`,
      ["7692-7.1.2.2-1", "7692-7-6"],
    ),
  ),
  ...family("31.1.4", BAD_WINDOWS, (id, flaw) => badWindow(id, "client_max_window_bits", flaw)),
  ...family("31.1.5", WINDOWS, serverWindow),
  ...family("31.1.6", SERVER_FLAWS, (id, flaw) => badWindow(id, "server_max_window_bits", flaw)),
  declines(
    "31.1.7",
    "Offer with an unknown parameter",
    `${OFFER}; x_wireproof`,
    "The offer has a parameter that RFC 7692 does not define.",
    "7692-7-1",
  ),
  ...family(
    "31.1.8",
    [
      "server_no_context_takeover; server_no_context_takeover",
      "server_max_window_bits=10; server_max_window_bits=10",
    ],
    (id, twice) =>
      declines(
        id,
        `Offer with ${twice.replace(/;.*/, "")} twice`,
        `${OFFER}; ${twice}`,
        "The offer has the same parameter twice. That both say the same does not matter.",
        "7692-7-3",
      ),
  ),
  ...family("31.1.9", ["server_no_context_takeover", "client_no_context_takeover"], (id, name) =>
    declines(
      id,
      `Offer with ${name}=1`,
      `${OFFER}; ${name}=1`,
      `The offer has ${name} with a value, which the parameter does not take.`,
      "7692-7-2",
    ),
  ),
  {
    ...fits(
      "31.1.10",
      "Offer that is invalid, then a valid one",
      [`${OFFER}; client_max_window_bits=16`, OFFER],
      "Two offers: the first has an invalid value, the second has no parameters. A server declines the first and goes on to the second. No rule says that it has to accept the second.",
      ["7692-7-2", "7692-5-1", "7692-7.1.2.2-2"],
    ),
    expectation:
      "The server accepts the second offer, or none. If it accepts none, the case says nothing about it.",
  },
  fits(
    "31.1.11",
    "Offer without client_max_window_bits",
    [`${OFFER}; client_no_context_takeover`],
    "The client does not offer that the server limits its window.",
    ["7692-7.1.2.2-2"],
  ),
  fits(
    "31.1.12",
    "Offer with server_no_context_takeover",
    [`${OFFER}; server_no_context_takeover`],
    "The client asks the server to compress every message with an empty window. A server that accepts the offer repeats the parameter in its answer.",
    ["7692-5-2", "7692-7.1.1.1-1"],
  ),
  fits(
    "31.1.13",
    "Three offers",
    [
      `${OFFER}; server_no_context_takeover; server_max_window_bits=12`,
      `${OFFER}; server_no_context_takeover`,
      OFFER,
    ],
    "Three offers of permessage-deflate with different parameters, in order of preference. A server accepts one of them at most.",
    ["7692-5-3", "7692-5-2"],
  ),
  {
    id: "31.1.15",
    title: "No offer, text that can be compressed",
    description:
      "The request offers no extension. The client then sends a text message of 4,096 octets, all of them the same letter.",
    expectation:
      "The answer has no extension, and the server echoes the message uncompressed: RSV1 is 0 in every frame.",
    requirements: ["6455-5.8-1", "7692-5-5", "6455-6.2-1"],
    peer: "server",
    script: [text(SAME_LETTERS), closeAfter(1)],
    expect: negotiates("either", answers(message(SAME_LETTERS))),
    since: "0.2.0",
  },
];

function fits(
  id: string,
  title: string,
  offers: readonly string[],
  description: string,
  requirements: readonly [RequirementId, ...RequirementId[]],
): Case {
  return offering(id, title, offers, description, FITS, requirements, "accepted");
}

function declines(
  id: string,
  title: string,
  offer: string,
  description: string,
  requirement: RequirementId,
): Case {
  return offering(id, title, [offer], description, DECLINES, [requirement, "7692-5-5"], "declined");
}

function offering(
  id: string,
  title: string,
  offers: readonly string[],
  description: string,
  expectation: string,
  requirements: readonly [RequirementId, ...RequirementId[]],
  deflate: Negotiation["deflate"],
): Case {
  return {
    id,
    title,
    description: `${description} ${offers.length > 1 ? "The offers are" : "The offer is"} "${offers.join(", ")}".`,
    expectation,
    requirements,
    peer: "server",
    deflate: { offers, acceptor: "plain" },
    script: [close(1000)],
    expect: negotiates(deflate),
    since: "0.2.0",
  };
}

function badWindow(id: string, name: string, { parameter, why, isMalformed }: Flaw): Case {
  const offer = `${OFFER}; ${name}${parameter}`;
  const value =
    parameter === "" ? " without a value" : parameter === "=" ? " with an empty value" : parameter;
  const bad = declines(id, `Offer with ${name}${value}`, offer, why, "7692-7-2");
  if (isMalformed !== true) return bad;
  const expect = { ...bad.expect, opening: { end: "either" as const } };
  return {
    ...bad,
    expectation: DECLINES_MALFORMED,
    expect,
    requirements: [...bad.requirements, "6455-9.1-1"],
  };
}

function serverWindow(id: string, bits: number): Case {
  const far = outOfReach(bits);
  return {
    ...fits(
      id,
      `Offer with server_max_window_bits=${bits}`,
      [`${OFFER}; server_max_window_bits=${bits}`],
      `The client asks the server for a window of at most ${bits} bits. It then sends an uncompressed text message whose last 200 characters occur once before, a little more than ${2 ** bits} octets back, out of reach of that window.`,
      ["7692-7.1.2.1-1", "7692-7-4", "7692-7.2.1-4", "6455-6.2-1"],
    ),
    expectation: `The server accepts the offer with a window of ${bits} bits or less and echoes the message without a reference that goes back farther, or it declines. If it declines, the case says nothing about it.`,
    script: [text(far), closeAfter(10)],
    expect: negotiates("accepted", answers(message(far))),
  };
}
