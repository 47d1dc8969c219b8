import type { AcceptorName } from "../case/case.js";
import {
  EXTENSION_NAME,
  readParameters,
  type DeflateParameters,
  type ParameterProblem,
  type ReadParameters,
} from "./deflate-parameters.js";
import { parseExtensions, type Extension } from "./extension-header.js";

/** What an answer agrees to. */
export interface ReadAnswer {
  /** Null if the server uses no extension. */
  readonly agreed: DeflateParameters | null;
  /** The client_max_window_bits that was offered, if the answer names a larger one. */
  readonly hint?: number;
}

/**
 * As client: what the server's Sec-WebSocket-Extensions headers mean, given what was offered. A `problem` fails the
 * handshake (RFC 7692 §5, §7.1) and names the requirement. `lenient` takes the answer as it is, as the original suite
 * does, and does not ask whether it fits the offers. Never throws.
 */
export function readAnswer(
  values: readonly string[],
  offers: readonly string[],
  options: { readonly lenient: boolean },
): ReadAnswer | ParameterProblem {
  if (values.length === 0) return { agreed: null };
  const extensions = parseExtensions(values);
  if (extensions === null) return MALFORMED;
  const answer = onlyAnswer(extensions, offers);
  if ("problem" in answer) return answer;
  const said = readParameters(answer, "answer");
  if ("problem" in said) return said;
  return options.lenient ? { agreed: agreedBy(said) } : fitToOffers(said, offers);
}

/**
 * As server: lets an acceptor choose among the offers in a client's Sec-WebSocket-Extensions headers. Null if no
 * offer fits: then the connection has no extension. A `problem` is answered with HTTP 400. An offer with parameters
 * that mean nothing is declined (RFC 7692 §7); with `lenient` it is a problem, as in the original suite. Never
 * throws.
 */
export function answerOffers(
  values: readonly string[],
  acceptor: AcceptorName,
  options: { readonly lenient: boolean },
): { answer: string; agreed: DeflateParameters } | null | ParameterProblem {
  if (values.length === 0) return null;
  const extensions = parseExtensions(values);
  if (extensions === null) return MALFORMED;
  const problem = options.lenient ? firstProblem(extensions) : undefined;
  if (problem !== undefined) return problem;
  const said = choose(validOffers(values), acceptor);
  return said === null ? null : { answer: formatAnswer(said), agreed: agreedBy(said) };
}

function firstProblem(extensions: readonly Extension[]): ParameterProblem | undefined {
  return extensions
    .filter(({ name }) => name === EXTENSION_NAME)
    .map((extension) => readParameters(extension, "offer"))
    .find((offer) => "problem" in offer);
}

const MALFORMED: ParameterProblem = {
  requirement: "6455-9.1-1",
  problem: "the Sec-WebSocket-Extensions header is malformed",
};

function onlyAnswer(
  extensions: readonly Extension[],
  offers: readonly string[],
): Extension | ParameterProblem {
  const [answer, second] = extensions;
  if (answer === undefined || offers.length === 0 || extensions.some(({ name }) => name !== EXTENSION_NAME)) {
    return {
      requirement: "6455-4.1-26",
      problem: "the answer accepts an extension that was not offered",
    };
  }
  if (second !== undefined) {
    return { requirement: "7692-5-3", problem: `the answer accepts ${EXTENSION_NAME} more than once` };
  }
  return answer;
}

/** An answer has to fit one offer. If it fits none, the problem is that of the last offer, which usually asks the least. */
function fitToOffers(said: ReadParameters, offers: readonly string[]): ReadAnswer | ParameterProblem {
  let complaint: ParameterProblem | null = null;
  let beyond: ReadAnswer | null = null;
  for (const offer of validOffers(offers)) {
    complaint = misfit(said, offer);
    if (complaint !== null) continue;
    const fitted = agreedWith(said, offer);
    if (fitted.hint === undefined) return fitted;
    beyond ??= fitted;
  }
  return beyond ?? complaint ?? { agreed: agreedBy(said) };
}

/** The offers of permessage-deflate that a server may accept (RFC 7692 §7); none where the grammar is broken. */
export function validOffers(values: readonly string[]): readonly ReadParameters[] {
  return (parseExtensions(values) ?? []).flatMap((extension) => {
    if (extension.name !== EXTENSION_NAME) return [];
    const offer = readParameters(extension, "offer");
    return "problem" in offer ? [] : [offer];
  });
}

/** Why an answer does not fit an offer; null if it does. */
export function misfit(said: ReadParameters, offer: ReadParameters): ParameterProblem | null {
  if (offer.serverNoContextTakeover && !said.serverNoContextTakeover) {
    return {
      requirement: "7692-5-2",
      problem: "the answer leaves out server_no_context_takeover, which the offer asked for",
    };
  }
  if (offer.serverMaxWindowBits !== null && bits(said.serverMaxWindowBits) > offer.serverMaxWindowBits) {
    return {
      requirement: "7692-7.1.2.1-1",
      problem: `the server's window of ${bits(said.serverMaxWindowBits)} bits is above the offered ${offer.serverMaxWindowBits}`,
    };
  }
  if (said.clientMaxWindowBits === null || offer.clientMaxWindowBits !== null) return null;
  return {
    requirement: "7692-7.1.2.2-2",
    problem: "the answer has client_max_window_bits, which was not offered",
  };
}

/**
 * What an answer to an offer that it fits agrees to. RFC 7692 §7.1.2.2 lets a server ignore a value in the offer of
 * client_max_window_bits, and speaks of answers with a greater one: the client keeps to its own.
 */
function agreedWith(said: ReadParameters, offer: ReadParameters): ReadAnswer {
  const agreed = agreedBy(said);
  const hint = bits(offer.clientMaxWindowBits);
  if (said.clientMaxWindowBits === null || agreed.clientMaxWindowBits <= hint) return { agreed };
  return { agreed: { ...agreed, clientMaxWindowBits: hint }, hint };
}

/** What an acceptor asks of the client; a window it asks for has to be on offer (RFC 7692 §7.1.2.2). */
interface Demand {
  readonly clientNoContextTakeover: boolean;
  readonly clientMaxWindowBits: number | null;
}

const NOTHING_ASKED: Demand = { clientNoContextTakeover: false, clientMaxWindowBits: null };

const DEMANDS: Readonly<Record<AcceptorName, readonly Demand[]>> = {
  plain: [NOTHING_ASKED],
  "client-nct": [{ clientNoContextTakeover: true, clientMaxWindowBits: null }],
  "client-window-8": window(8),
  "client-window-9": window(9),
  "client-window-10": window(10),
  "client-window-11": window(11),
  "client-window-12": window(12),
  "client-window-13": window(13),
  "client-window-14": window(14),
  "client-window-15": window(15),
  "client-nct-window-9": [{ clientNoContextTakeover: true, clientMaxWindowBits: 9 }],
  "client-nct-window-15": [{ clientNoContextTakeover: true, clientMaxWindowBits: 15 }],
  "first-of-three": [
    { clientNoContextTakeover: true, clientMaxWindowBits: 9 },
    { clientNoContextTakeover: true, clientMaxWindowBits: null },
    NOTHING_ASKED,
  ],
};

function window(bits: number): readonly Demand[] {
  return [{ clientNoContextTakeover: false, clientMaxWindowBits: bits }];
}

/** The first demand that an offer fits, and the first such offer. */
function choose(offers: readonly ReadParameters[], acceptor: AcceptorName): ReadParameters | null {
  for (const demand of DEMANDS[acceptor]) {
    const offer = offers.find(
      (offer) => demand.clientMaxWindowBits === null || offer.clientMaxWindowBits !== null,
    );
    if (offer !== undefined) return answerTo(offer, demand);
  }
  return null;
}

/** What the client asked of the server is granted, what the acceptor asks of the client is added. */
function answerTo(offer: ReadParameters, demand: Demand): ReadParameters {
  return {
    serverNoContextTakeover: offer.serverNoContextTakeover,
    serverMaxWindowBits: offer.serverMaxWindowBits,
    clientNoContextTakeover: demand.clientNoContextTakeover,
    clientMaxWindowBits:
      demand.clientMaxWindowBits === null
        ? null
        : Math.min(demand.clientMaxWindowBits, bits(offer.clientMaxWindowBits)),
  };
}

/** The answer that grants what an offer asks, and asks nothing of the client. */
export function grant(offer: ReadParameters): string {
  return formatAnswer(answerTo(offer, NOTHING_ASKED));
}

function formatAnswer(said: ReadParameters): string {
  return [
    EXTENSION_NAME,
    ...(said.serverNoContextTakeover ? ["server_no_context_takeover"] : []),
    ...(said.serverMaxWindowBits === null ? [] : [`server_max_window_bits=${said.serverMaxWindowBits}`]),
    ...(said.clientNoContextTakeover ? ["client_no_context_takeover"] : []),
    ...(said.clientMaxWindowBits === null ? [] : [`client_max_window_bits=${said.clientMaxWindowBits}`]),
  ].join("; ");
}

function agreedBy(said: ReadParameters): DeflateParameters {
  return {
    serverNoContextTakeover: said.serverNoContextTakeover,
    clientNoContextTakeover: said.clientNoContextTakeover,
    serverMaxWindowBits: bits(said.serverMaxWindowBits),
    clientMaxWindowBits: bits(said.clientMaxWindowBits),
  };
}

/** Nothing said means the largest window. */
function bits(said: number | "any" | null): number {
  return typeof said === "number" ? said : 15;
}
