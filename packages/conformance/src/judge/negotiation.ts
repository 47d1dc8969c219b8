import type { Case } from "../case/case.js";
import type { AnswerNeed } from "../case/negotiation.js";
import type { CaseRecord, HandshakeRecord } from "../record/record.js";
import { readAnswer } from "../wire/deflate-negotiation.js";
import { EXTENSION_NAME } from "../wire/deflate-parameters.js";
import { isToken, parseExtensions } from "../wire/extension-header.js";
import {
  headerValues,
  isOpening,
  parseRequest,
  parseResponse,
  type RequestHead,
  type ResponseHead,
} from "../wire/http1.js";
import { writeAnswer } from "../wire/written-answer.js";
import { hasPeerActed, NOT_APPLICABLE, NOT_OPENED } from "./closing.js";
import { mustRefuse } from "./client-opening.js";
import type { Finding } from "./finding.js";
import type { Judgement } from "./verdict.js";

/**
 * What the negotiation of extensions and subprotocols decides, in both profiles; undefined if nothing was wrong with it,
 * and the rest of the record decides.
 */
export function judgeNegotiation(judged: Case, record: CaseRecord): Judgement | undefined {
  const found = record.role === "server" ? notOffered(judged, record) : answered(judged, record);
  if (found === undefined) return undefined;
  // Of what is only observed nothing is demanded, not even that a connection opens.
  const mustOpen = found.outcome !== "informational" && (judged.expect.opening?.end ?? "opened") === "opened";
  return { ...found, ...(mustOpen && !record.handshake.opened ? NOT_OPENED : NOT_APPLICABLE) };
}

/** A client that does not offer what the answer of the tester needs, or that need not be able to do what it asks. */
function notOffered(judged: Case, record: CaseRecord): Finding | undefined {
  const { deflate, expect, requirements } = judged;
  const { handshake } = record;
  if (typeof deflate?.acceptor !== "object" || !handshake.opened) return undefined;
  const offers = headerValues(parseRequest(handshake.request ?? ""), EXTENSIONS);
  const written = writeAnswer(offers, deflate.acceptor);
  if (written === null) return { outcome: "unimplemented", because: UNMET[deflate.acceptor.needs] };
  if (expect.opening?.end === "refused") return mustRefuse(judged, record);
  if (deflate.acceptor.needs !== "fit" || !hasRefused(record)) return undefined;
  const because = `the client failed the connection because of the answer "${written.answer ?? ""}"`;
  return deflate.acceptor.mayBeRefused === true
    ? { outcome: "unimplemented", because: `${because}, which it need not support` }
    : broken(requirements[0], `${because}, which every client has to support`);
}

/** The client failed the connection without a sign that it had opened it. */
function hasRefused(record: CaseRecord): boolean {
  const { frames, close } = record;
  const isQuiet = Object.keys(frames.received).every((opcode) => opcode === "8");
  if (!isQuiet || close.closedByTester || !hasPeerActed(record)) return false;
  return close.remotePayload === null || close.remoteCode === 1002 || close.remoteCode === 1010;
}

const EXTENSIONS = "sec-websocket-extensions";
const SUBPROTOCOL = "sec-websocket-protocol";

/** Why a case says nothing about a client. */
const UNMET: Readonly<Record<AnswerNeed, string>> = {
  deflate: `the client does not offer ${EXTENSION_NAME}`,
  "no-deflate": `the client offers ${EXTENSION_NAME}, so an answer may accept it`,
  fit: `the client makes no offer of ${EXTENSION_NAME} that the answer of this case fits`,
  "no-client-window": `the client does not offer ${EXTENSION_NAME}, or it offers client_max_window_bits`,
  "server-window": `the client does not ask for a server_max_window_bits below 15 in every offer of ${EXTENSION_NAME}`,
};

/** What a server made of the offers. */
function answered(judged: Case, record: CaseRecord): Finding | undefined {
  const { handshake } = record;
  const { negotiation, opening } = judged.expect;
  if (negotiation === undefined) return undefined;
  if (handshake.response === null)
    return negotiation.mustAnswer === true ? silent(judged, record) : undefined;
  const request = parseRequest(handshake.request ?? "");
  const response = parseResponse(handshake.response);
  const { neverField } = negotiation;
  if (neverField !== undefined && headerValues(response, neverField.toLowerCase()).length > 0) {
    return broken(judged.requirements[0], `the answer has a field ${neverField}, which came from a value`);
  }
  if (response.status >= 400) return refused(judged, handshake, response.status);
  if (!isOpening(response)) return undefined;
  const found = subprotocolProblem(request, response) ?? extensionFinding(judged, request, response);
  if (found?.outcome === "fail") return found;
  // Something else was wrong with the answer.
  if (!handshake.opened) return undefined;
  return found ?? (opening?.end === "either" ? { outcome: "pass", because: NOTHING_WRONG } : undefined);
}

const NOTHING_WRONG = "the server opened the connection and accepted nothing that was not offered";

function silent(
  { requirements }: Case,
  { handshake: { noAnswer }, limits = {} }: CaseRecord,
): Finding | undefined {
  if (noAnswer === undefined) return undefined;
  if (noAnswer !== "late")
    return { outcome: "pass", because: `the server ${noAnswer} TCP without an answer` };
  const seconds = limits["answer-timeout"];
  const within = seconds === undefined ? "in time" : `within ${seconds} s`;
  return broken(requirements[0], `the server neither answered the request nor closed TCP ${within}`);
}

/**
 * A server that refuses the request accepts nothing. Where it could decline, the client loses more than it has to, but no
 * rule forbids that. A server that breaks down over an offer has not declined it.
 */
function refused(
  { expect }: Case,
  { usualOpens, request }: HandshakeRecord,
  status: number,
): Finding | undefined {
  const because = `the server refused the request with HTTP ${status}`;
  if (expect.opening?.end === "either") {
    return { outcome: status < 500 ? "pass" : "informational", because };
  }
  // A server that refuses the usual request as well says nothing about the offer.
  if (expect.negotiation?.deflate === "either" || usualOpens !== true) return undefined;
  const instead = `${because}; to decline an offer, it answers ${request?.startsWith(":") === true ? 200 : 101} without the extension (RFC 7692 §5.1)`;
  return status < 500 ? { outcome: "informational", because: instead } : broken(DECLINES, instead);
}

/** A server declines an offer with a configuration that it does not support. */
const DECLINES = "7692-7-4";
function subprotocolProblem(request: RequestHead, response: ResponseHead): Finding | undefined {
  const [chosen, second] = headerValues(response, SUBPROTOCOL);
  if (chosen === undefined) return undefined;
  if (second !== undefined) {
    return broken("6455-11.3.4-1", "the answer has more than one Sec-WebSocket-Protocol header");
  }
  if (chosen === "") return broken("6455-4.2.2-7", "the answer has an empty Sec-WebSocket-Protocol header");
  const offered = headerValues(request, SUBPROTOCOL);
  if (offered.length === 0) {
    return broken("6455-4.2.2-7", "the answer chooses a subprotocol, although none was offered");
  }
  const names = elements(offered).filter(isToken);
  if (names.includes(chosen)) return undefined;
  return broken("6455-4.2.2-6", `the answer chooses "${shown(chosen)}", which is none of those offered`);
}

function extensionFinding(judged: Case, request: RequestHead, response: ResponseHead): Finding | undefined {
  const values = headerValues(response, EXTENSIONS);
  const wanted = judged.expect.negotiation?.deflate;
  if (values.length === 0) return wanted === "accepted" ? DECLINED : undefined;
  const accepted = parseExtensions(values);
  if (accepted === null) {
    return broken("6455-9.1-1", "the Sec-WebSocket-Extensions header of the answer is malformed");
  }
  const offers = headerValues(request, EXTENSIONS);
  const names = elements(offers).map((offer) => offer.split(";", 1).join("").trim().toLowerCase());
  const stranger = accepted.find(({ name }) => !names.includes(name));
  if (stranger !== undefined) {
    return broken("6455-9-1", `the answer accepts ${shown(stranger.name)}, which was not offered`);
  }
  const unknown = accepted.find(({ name }) => name !== EXTENSION_NAME);
  if (unknown !== undefined) {
    return broken("6455-9.1-3", `the answer accepts ${shown(unknown.name)}, which does not exist`);
  }
  if (wanted === "declined") {
    const said = shown(values.join(", "));
    return broken(
      judged.requirements[0],
      `the server accepted an offer that it has to decline, with "${said}"`,
    );
  }
  return fitFinding(values, offers);
}

const DECLINED: Finding = {
  outcome: "unimplemented",
  because: `the server accepts no offer of ${EXTENSION_NAME} here, which is its right`,
};

/** Whether the answer fits an offer. A hint about the client's window may be exceeded, as RFC 7692 §7.1.2.2 says itself. */
function fitFinding(values: readonly string[], offers: readonly string[]): Finding | undefined {
  const read = readAnswer(values, offers, { lenient: false });
  if ("problem" in read) return broken(read.requirement, read.problem);
  if (read.hint === undefined) return undefined;
  return {
    outcome: "informational",
    because: `the server answered "${shown(values.join(", "))}" to an offer with ${read.hint} bits; RFC 7692 §7.1.2.2 lets a server ignore the value that was offered`,
  };
}

function broken(requirement: string, because: string): Finding {
  return { outcome: "fail", because, requirement };
}

function elements(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => value.split(",")).map((element) => element.trim());
}

/** The peer's own words in a sentence are cut here. */
function shown(text: string): string {
  return text.slice(0, 100);
}
