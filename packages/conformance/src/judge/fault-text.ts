import { REQUIREMENTS } from "../case/requirements.js";
import type { Observation } from "./observation.js";

/** What a case says of a fault, for a sentence about it. */
export interface FaultTold {
  /** The verdict of the case, in a sentence. */
  readonly because: string;
  /** The title of the case. */
  readonly title?: string;
}

/**
 * What is said of a fault, in a sentence or two about the client or the server: what is common to all cases that show it,
 * and where that would say too little, what one of them says, and what the RFC wants.
 */
export function faultText(
  requirement: string | undefined,
  observation: Observation,
  isClient: boolean,
  told: FaultTold,
): string {
  const known = clauseOf(requirement ?? "", observation);
  if (known !== undefined) return ofPeer(`the peer ${known}`, isClient);
  const required = requiredText(requirement);
  const general = GENERAL[observation];
  if (general !== undefined) return `${ofPeer(`the peer ${general}`, isClient)}${required}`;
  // What a violation or a refused opening handshake breaks is said with it.
  const saysAll =
    observation === "violation" || (observation === "handshake-refused" && requirement === undefined);
  const { title, because } = told;
  const verb = BY_TITLE[observation];
  if (verb !== undefined && title !== undefined && !saysAll)
    return `${ofPeer(`the peer ${verb}: "${title}"`, isClient)}${required}`;
  return `${ofPeer(because, isClient)}${saysAll ? "" : required}`;
}

/** `the peer sent …` as a sentence about the client or the server. */
export function ofPeer(clause: string, isClient: boolean): string {
  return asSentence(clause.replace(/\bthe peer\b/i, `the ${isClient ? "client" : "server"}`));
}

/** A clause as a sentence: with a capital letter, and a full stop if it has no end. */
export function asSentence(clause: string): string {
  const sentence = `${clause.slice(0, 1).toUpperCase()}${clause.slice(1)}`;
  return /[.?!]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** Whether the requirement says what a peer has to fail the connection for. */
export function isAboutIllegal(requirement: string | undefined): boolean {
  return requirement !== undefined && Object.hasOwn(ILLEGAL, requirement);
}

function clauseOf(requirement: string, observation: Observation): string | undefined {
  const known = CLAUSES[`${requirement}/${observation}`];
  if (known !== undefined) return known;
  switch (observation) {
    case "illegal-accepted":
      return about("does not fail the connection for", ILLEGAL[requirement]);
    case "handshake-accepted":
      return about("takes an opening handshake", REFUSED[requirement]);
    case "handshake-refused":
      return about("refuses an opening handshake", LEGAL[requirement]);
    default:
      return undefined;
  }
}

function about(verb: string, thing: string | undefined): string | undefined {
  return thing === undefined ? undefined : `${verb} ${thing}`;
}

function requiredText(requirement: string | undefined): string {
  const text = REQUIREMENTS.get(requirement ?? "")?.text;
  return text === undefined ? "" : ` Required: ${text}`;
}

/** By observation, where nothing better is known of the requirement. */
const GENERAL: Readonly<Partial<Record<Observation, string>>> = {
  crash: "ended, or stopped taking connections, during the run",
  "no-answer": "does not answer the opening handshake",
  "wrong-close-code": "sends a close code that does not fit",
  "no-close-frame": "closes TCP without a Close frame",
  "no-close-answer": "does not answer the Close frame",
  "tcp-left-open": "does not close TCP after both Close frames",
  "tcp-reset": "resets TCP, so that its Close frame may be lost",
  "closed-early": "closes connections on which nothing is wrong",
  "wrong-side": "leaves it to the tester to end the connection",
};

/** To be followed by the title of a case: the verdict on it says only that it was so. */
const BY_TITLE: Readonly<Partial<Record<Observation, string>>> = {
  "illegal-accepted": "does not fail the connection in the case",
  "handshake-accepted": "takes an opening handshake that is not valid",
  "handshake-refused": "refuses a valid opening handshake",
};

/** What no requirement says alone: by requirement and observation. */
const CLAUSES: Readonly<Record<string, string>> = {
  "6455-5.5.1-5/no-close-frame": "closes TCP without answering the Close frame",
  "6455-5.5.1-5/no-close-answer": "does not answer the Close frame, and leaves TCP open",
  "6455-5.5.1-5/wrong-answer": "fails the connection for a legal Close frame",
  "6455-5.5.1-8/tcp-left-open": "does not close TCP after both Close frames",
  "6455-5.5.1-7/tcp-left-open": "does not close TCP after both Close frames",
  "6455-7.1.7-3/no-close-frame": "fails connections by closing TCP, without a Close frame that says why",
  "6455-7.1.7-3/wrong-close-code": "fails connections with a close code that says something else",
  "6455-10.7-3/handshake-faulty": "closes TCP without an answer to a bad opening handshake",
  "6455-10.7-3/handshake-accepted": "does not answer a bad opening handshake with an HTTP error",
  "8441-5-5/wrong-answer": "does not end its stream as it should, with END_STREAM",
  "9113-4.3-1/no-answer": "does not answer a request whose head has padding, a priority, or several frames",
  "9113-6.5.3-1/wrong-answer": "does not acknowledge SETTINGS",
  "9113-6.7-1/wrong-answer": "does not acknowledge a PING of HTTP/2",
  "9220-3-1/handshake-faulty": "refuses an unknown :protocol with another status than 501",
  "6455-10.7-2/illegal-accepted": "takes lengths that are not in the shortest form",
  "6455-10.7-2/wrong-close-code":
    "answers what is not valid, such as a close code that is not in use, with an ordinary Close frame",
  "/wrong-close-code": "sends a close code that does not fit",
  "/no-close-frame": "closes TCP without a Close frame, although nothing is wrong",
  "6455-5.5.2-1/wrong-answer": "does not answer every Ping with a Pong",
  "6455-5.5.3-1/wrong-answer": "does not send a Pong with the payload of the latest Ping",
  "6455-5.4-1/wrong-answer": "does not handle control frames between the fragments of a message",
  "6455-5.4-6/wrong-answer": "does not put every fragmented message together as it was sent",
  "6455-5.6-1/wrong-answer": "does not echo every valid text as it was sent",
  "6455-6.2-1/wrong-answer": "does not echo every message as it was sent",
  "6455-6.2-2/wrong-answer": "does not unmask what it receives",
  "6455-7.2.1-1/wrong-answer": "goes on when TCP ends without a Close frame, instead of closing it too",
  "7692-6.2-1/wrong-answer": "does not echo every compressed message as it was sent",
  "7692-7.2.2-1/wrong-answer": "does not keep its window between compressed messages",
  "7692-7.2.2-2/wrong-answer": "does not take references as far back as the window that was agreed on",
};

/** What a peer has to fail the connection for, by the requirement that says so. */
const ILLEGAL: Readonly<Record<string, string>> = {
  "6455-5.1-2": "frames that are not masked",
  "6455-5.1-5": "frames that are masked",
  "6455-5.2-1": "a reserved bit that has no meaning",
  "6455-5.2-2": "a reserved bit that has no meaning",
  "6455-5.2-3": "a reserved opcode",
  "6455-5.2-4": "a length whose highest bit is set",
  "6455-5.2-5": "a length that is not in the shortest form",
  "6455-5.4-2": "a fragmented control frame",
  "6455-5.4-4": "a message that begins inside another one",
  "6455-5.4-7": "a continuation frame that continues nothing",
  "6455-5.4-10": "a continuation frame that continues nothing",
  "6455-5.5-1": "a control frame of more than 125 octets",
  "6455-5.5.1-1": "a Close frame with a payload of one octet",
  "6455-5.6-1": "text that is not valid UTF-8",
  "6455-8.1-1": "text that is not valid UTF-8",
  "6455-7.4.1-1": "a close code that must not appear in a Close frame",
  "6455-7.1.7-1": "a frame with the wrong masking",
  "6455-10.7-1": "compressed data that is not valid",
  "9113-6.5.2-1": "an initial window of more than 2^31 - 1 octets",
  "9113-6.9-1": "a WINDOW_UPDATE of 0 octets",
  "9113-6.9.1-2": "a window of more than 2^31 - 1 octets",
  "7692-6.1-2": "RSV1 in a control frame or a continuation frame",
  "7692-6.1-3": "RSV1 in a control frame or a continuation frame",
  "7692-7.2.1-4": "a reference beyond the agreed window",
  "7692-7.2.1-5": "a reference to an earlier message, although no context takeover was agreed on",
  "7692-8-1": "compressed data that cannot be inflated",
};

/** What an opening handshake may be like, by the requirement that says so. */
const LEGAL: Readonly<Record<string, string>> = {
  "6455-4.1-23": "whose answer has the Upgrade header in other letters or another form, which is valid",
  "6455-4.1-24": "whose answer has the Connection header in other letters or another form, which is valid",
  "6455-4.1-25": "whose Sec-WebSocket-Accept has blanks around it, which is valid",
  "6455-4.2.1-4": "whose Upgrade header is in other letters or another form, which is valid",
  "6455-4.2.1-5": "whose Connection header is in other letters or another form, which is valid",
  "7692-7.1.1.2-1": "whose answer has client_no_context_takeover, which every client has to support",
  "7692-5-7": "whose answer has parameters of permessage-deflate that fit its offer",
  "9110-5.6.1-1": "with an empty element in a list, which it has to ignore",
  "9110-7.8-2": "whose Upgrade header lists other protocols beside websocket, which it may",
  "9110-15.2-1": "in which an answer with a 1xx status comes first, which it has to skip",
  "9112-2.2-2": "with an empty line in front of it, which it should ignore",
  "9112-3.2.2-1": "whose target is an absolute URL, which it has to accept",
};

/** What an opening handshake must not be like, by the requirement that says so. */
const REFUSED: Readonly<Record<string, string>> = {
  "6455-4.1-22": "that is answered with another status than 101",
  "6455-4.1-23": "whose answer has no Upgrade: websocket",
  "6455-4.1-24": "whose answer has no Connection: Upgrade",
  "6455-4.1-25": "with a wrong Sec-WebSocket-Accept",
  "6455-4.1-26": "in which an extension is accepted that was not offered",
  "6455-4.1-27": "in which a subprotocol is chosen that was not offered",
  "6455-4.2.1-2": "that is no GET request of HTTP/1.1",
  "6455-4.2.1-3": "without a Host header",
  "6455-4.2.1-4": "without Upgrade: websocket",
  "6455-4.2.1-5": "without Connection: Upgrade",
  "6455-4.2.1-6": "without a valid Sec-WebSocket-Key",
  "6455-4.2.1-7": "whose Sec-WebSocket-Version is not 13",
  "6455-4.2.2-4": "of a version that it does not know, instead of naming those that it knows",
  "6455-11.3.1-1": "with two Sec-WebSocket-Key headers",
  "6455-11.3.3-1": "with two Sec-WebSocket-Accept headers",
  "6455-11.3.5-1": "with two Sec-WebSocket-Version headers",
  "6455-9.1-1": "whose Sec-WebSocket-Extensions does not follow its grammar",
  "7692-5-4": "in which two extensions are accepted that use the same reserved bit",
  "7692-5-6": "in which permessage-deflate is accepted although it was not offered, or otherwise than it was",
  "7692-7-5": "in which permessage-deflate has a parameter that is not defined",
  "7692-7-6": "in which a parameter of permessage-deflate has a value that is not valid",
  "7692-7-7": "in which permessage-deflate has a parameter twice",
  "7692-7-8": "in which permessage-deflate has a parameter that was not offered",
  "9110-5.5-1": "with a CR, LF or NUL in the value of a header",
  "9112-3.2-1": "without one valid Host header",
  "9112-5.1-1": "with a blank between the name of a header and its colon",
  "8441-4-2": "with a :protocol that is not websocket",
  "9113-8.2-1": "whose header fields HTTP/2 does not allow",
  "9113-8.5-1": "that is a CONNECT without :protocol",
};
