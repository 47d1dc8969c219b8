import { REQUIREMENTS } from "../case/requirements.js";
import type { Observation } from "./observation.js";

/** What is said of a fault, whichever case shows it: one sentence about the client or the server. */
export function faultText(
  requirement: string | undefined,
  observation: Observation,
  isClient: boolean,
): string | undefined {
  const clause = clauseOf(requirement ?? "", observation);
  return clause === undefined ? undefined : `The ${isClient ? "client" : "server"} ${clause}.`;
}

/** Whether the requirement says what a peer has to fail the connection for. */
export function isAboutIllegal(requirement: string | undefined): boolean {
  return requirement !== undefined && Object.hasOwn(ILLEGAL, requirement);
}

function clauseOf(requirement: string, observation: Observation): string | undefined {
  const known = CLAUSES[`${requirement}/${observation}`];
  if (known !== undefined) return known;
  if (observation === "illegal-accepted") {
    const thing = ILLEGAL[requirement];
    if (thing !== undefined) return `does not fail the connection for ${thing}`;
  }
  if (observation === "handshake-accepted") {
    const thing = REFUSED[requirement];
    if (thing !== undefined) return `takes an opening handshake ${thing}`;
  }
  const general = GENERAL[observation];
  const text = REQUIREMENTS.get(requirement)?.text;
  if (general === undefined || text === undefined) return general;
  return `${general}. Required: ${text.replace(/\.$/, "")}`;
}

/** By observation, where nothing better is known of the requirement. */
const GENERAL: Readonly<Partial<Record<Observation, string>>> = {
  crash: "ended, or stopped taking connections, during the run",
  "illegal-accepted": "does not fail the connection for what it has to refuse",
  "handshake-accepted": "takes an opening handshake that it has to refuse",
  "handshake-refused": "refuses a legal opening handshake",
  "handshake-faulty": "does its part of the opening handshake wrongly",
  "no-answer": "does not answer the opening handshake",
  "wrong-answer": "does not answer what it has to answer, or not in the way it has to",
  "wrong-close-code": "sends a close code that does not fit",
  "no-close-frame": "closes TCP without a Close frame",
  "no-close-answer": "does not answer the Close frame",
  "tcp-left-open": "does not close TCP after both Close frames",
  "tcp-reset": "resets TCP, so that its Close frame may be lost",
  "closed-early": "closes connections on which nothing is wrong",
  "wrong-side": "leaves it to the tester to end the connection",
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
  "6455-10.7-2/wrong-close-code": "answers close codes that are not in use as if they were",
  "/wrong-close-code": "sends a close code that does not fit",
  "/no-close-frame": "closes TCP without a Close frame, although nothing is wrong",
  "6455-5.5.2-1/wrong-answer": "does not answer every Ping with a Pong",
  "6455-5.5.3-1/wrong-answer": "sends Pongs without the payload of the Ping",
  "6455-5.4-1/wrong-answer": "does not handle control frames between the fragments of a message",
  "6455-5.4-6/wrong-answer": "does not put every fragmented message together as it was sent",
  "6455-5.6-1/wrong-answer": "does not echo every valid text as it was sent",
  "6455-6.2-1/wrong-answer": "does not echo every message as it was sent",
  "6455-6.2-2/wrong-answer": "does not unmask what it receives",
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
  "6455-7.1.7-1": "something illegal",
  "6455-10.7-1": "something invalid",
  "7692-6.1-2": "RSV1 in a control frame or a continuation frame",
  "7692-6.1-3": "RSV1 in a control frame or a continuation frame",
  "7692-7.2.1-4": "a reference beyond the agreed window",
  "7692-7.2.1-5": "a reference to an earlier message, although no context takeover was agreed on",
  "7692-8-1": "compressed data that cannot be inflated",
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
  "6455-11.3.1-1": "with two Sec-WebSocket-Key headers",
  "6455-11.3.3-1": "with two Sec-WebSocket-Accept headers",
  "6455-11.3.5-1": "with two Sec-WebSocket-Version headers",
  "7692-5-6": "in which permessage-deflate is accepted although it was not offered",
};
