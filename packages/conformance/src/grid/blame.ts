import type { Offence } from "../lint/conversation.js";
import type { Side } from "../lint/direction.js";
import { cut, escapeText, quote } from "../report/escape.js";
import { eventText } from "../report/text.js";
import { saidText, type Fault, type Played } from "./played.js";
import { otherSide } from "./proxy.js";
import { debtorOf, type Step } from "./scenarios.js";
import { endText, type SeenEnd, type Talk } from "./talk.js";
import type { Walked } from "./walk.js";

/**
 * Who waited this long for something, and then gave up, did not give up too early. Times are those that the programs
 * could use, so a busy machine makes no difference.
 */
const PATIENCE_MS = 3000;
const TOO_BIG = 1009;
/** Close codes by which a side says that the other one did something wrong (RFC 6455 §7.4.1). */
const ACCUSING_CODES: ReadonlySet<number | null> = new Set([1002, 1003, 1007, 1008, 1010]);

type Missing = Extract<Walked, { outcome: "missing" }>;

/**
 * A step is missing, and nobody broke a rule of what may be sent: who is at fault is told by who ended the connection, how, and
 * after which time. A text says that the scenario is unsupported, and why.
 */
export function missingFault({ step, dueAtMs }: Missing, talk: Talk, played: Played): Fault | string {
  if (step.kind === "open") return notOpened(talk, played);
  const debtor = debtorOf(step);
  const end = talk.seen.find((one): one is SeenEnd => isEnd(one) && !isOwnAnswer(one, step, debtor));
  if (end?.type === "close" && end.code === TOO_BIG)
    return `the ${end.side} closed with 1009: the message is too big for it`;
  if (end === undefined) return never(step, debtor, played);
  const early = step.kind === "message" ? earlyEcho(talk, end) : null;
  if (early !== null) return early;
  if (isTurnedDown(end, talk, played)) {
    const because = `the client closed TCP behind the answer to its opening handshake, with which nothing is wrong; ${saidText(played.client)}`;
    return { side: "client", because };
  }
  if (end.side === debtor) return endedInstead(step, end);
  if (step.kind === "close" && step.isAnswer && end.atMs - dueAtMs < PATIENCE_MS)
    return didNotWait(step, end);
  return gaveUp(step, end, dueAtMs, played);
}

function isEnd(one: Talk["seen"][number]): one is SeenEnd {
  return one.type === "close" || one.type === "end";
}

/** The Close frame of the other side to which an answer is owed ends nothing by itself. */
function isOwnAnswer(one: SeenEnd, step: Step, debtor: Side): boolean {
  return step.kind === "close" && step.isAnswer && one.type === "close" && one.side !== debtor;
}

/** The server took a part of the client's message for the whole: there is no sense in sending the rest. */
function earlyEcho({ seen }: Talk, end: SeenEnd): Fault | null {
  const before = seen.slice(0, seen.indexOf(end));
  const echo = before.find((one) => one.type === "message" && one.side === "server" && one.isAhead);
  if (echo?.type !== "message") return null;
  const because = `the server sent ${eventText(echo.event)} while the message of the client was not yet at its end`;
  return { side: "server", because };
}

/** The client did not take the answer: it sent no frame, the server no message, and the client says that something went wrong. */
function isTurnedDown(end: SeenEnd, { seen, frames }: Talk, { client }: Played): boolean {
  const isSilent = frames.client === 0 && !seen.some(({ type }) => type === "message");
  return end.side === "client" && end.type === "end" && isSilent && client.code !== 0;
}

/** Nobody ended the connection until the time was over. */
function never(step: Step, side: Side, { limitMs }: Played): Fault {
  return fault(side, step, `the ${side} did not ${deedOf(step)} within ${limitMs / 1000} s`);
}

/** Who owed the step ended the connection. */
function endedInstead(step: Step, end: SeenEnd): Fault {
  const because = `the ${end.side} ${endText(end)}, and did not ${deedOf(step)}`;
  const isAnswer = step.kind === "close" && step.isAnswer;
  if (isAnswer || step.kind === "pong") return fault(end.side, step, because);
  return { side: end.side, ...brokenBy(end), because };
}

/**
 * Who begins the closing handshake ended TCP before the answer. A direction that is closed keeps nobody from answering in the
 * other one, and from a Close frame without an answer nobody may take the end for granted (RFC 6455 §5.5.1): both are at fault.
 */
function didNotWait(step: Step, end: SeenEnd): Fault {
  const what = `the ${end.side} ${endOfTcp(end)} without waiting for the answer to its Close frame`;
  if (isReset(end)) return { side: end.side, requirement: "6455-7.1.1-1", because: what };
  return fault("both", step, `${what}, and the ${otherSide(end.side)} did not answer it`);
}

/** The other side ended the connection while it still had to wait. */
function gaveUp(step: Step, end: SeenEnd, dueAtMs: number, { client }: Played): Fault {
  const debtor = otherSide(end.side);
  const waitedMs = end.atMs - dueAtMs;
  const after = `after ${waitedMs < 1000 ? `${Math.round(waitedMs)} ms` : `${Math.round(waitedMs / 1000)} s`}`;
  if (waitedMs >= PATIENCE_MS) {
    const gone = `the ${end.side} ${end.type === "close" ? endText(end) : endOfTcp(end)} ${after}`;
    return fault(debtor, step, `the ${debtor} did not ${deedOf(step)}, and ${gone}`);
  }
  const what = `the ${end.side} ${endText(end)} ${after}`;
  if (end.type === "close" && ACCUSING_CODES.has(end.code)) {
    const because = `${what}, although nothing is wrong with what the ${debtor} had sent`;
    return { side: end.side, requirement: "6455-7.4.1-3", because };
  }
  const early = `${what}, before the ${debtor} could ${deedOf(step)}`;
  if (end.type === "end" || end.side === "server")
    return { side: end.side, ...brokenBy(end), because: early };
  return { side: null, because: `${early}; ${saidText(client)}` };
}

/** An endpoint begins the closing handshake with a Close frame (RFC 6455 §7.1.2), and closes TCP cleanly (§7.1.1). */
function brokenBy(end: SeenEnd): Pick<Fault, "requirement"> {
  if (end.type === "close") return ACCUSING_CODES.has(end.code) ? { requirement: "6455-7.4.1-3" } : {};
  return { requirement: isReset(end) ? "6455-7.1.1-1" : "6455-7.1.2-1" };
}

function notOpened(talk: Talk, { client, limitMs, path }: Played): Fault {
  const { kind, request, answer, requestAtMs, octets } = talk;
  const end = talk.seen.find(isEnd);
  const other = wrongTarget(talk, path);
  if (other !== null) return other;
  if (kind === "refused" && answer !== null) return refused(answer.status, answer.firstLine);
  if (request === null) {
    if (end?.side === "server")
      return { side: "server", because: `the server ${endOfTcp(end)} before a request came` };
    if (octets.client === 0)
      return { side: "client", because: `the client connected and sent nothing; ${saidText(client)}` };
    const because = "what the client sent is no opening handshake of HTTP/1.1";
    return { side: "client", requirement: "6455-4.1-10", because };
  }
  if (end === undefined)
    return {
      side: "server",
      because: `the server did not answer the opening handshake within ${limitMs / 1000} s`,
    };
  if (end.side === "server")
    return {
      side: "server",
      because: `the server ${endOfTcp(end)} and did not answer the opening handshake`,
    };
  const waitedMs = end.atMs - requestAtMs;
  if (waitedMs >= PATIENCE_MS) {
    const because = `the server did not answer the opening handshake within ${Math.round(waitedMs / 1000)} s`;
    return { side: "server", because };
  }
  const because = `the client ${endOfTcp(end)} before the opening handshake was answered; ${saidText(client)}`;
  return { side: null, because };
}

/** A request names the resource of the URL by its path, or by the whole URL (RFC 6455 §4.1). Null if it does. */
export function wrongTarget({ request }: Talk, path: string): Offence | null {
  if (request === null || request.target === path || /^https?:/i.test(request.target)) return null;
  const because = `the client asked for ${quote(cut(request.target, 100))}, and not for ${quote(path)}`;
  return { side: "client", requirement: "6455-4.1-11", because };
}

/** Nothing was wrong with the request, or the linter had said so. */
function refused(status: number, firstLine: string): Fault {
  if (status === 0)
    return {
      side: "server",
      requirement: "6455-4.1-28",
      because: "the server's answer to the opening handshake is not HTTP",
    };
  const said = escapeText(firstLine.slice(0, 100));
  return {
    side: "server",
    because: `the server answered with ${said} to a request with which nothing is wrong`,
  };
}

function endOfTcp(end: SeenEnd): string {
  return isReset(end) ? "reset TCP" : "closed TCP";
}

function isReset(end: SeenEnd): boolean {
  return end.type === "end" && end.isReset;
}

/** What a debtor has to do, behind `did not`. */
function deedOf(step: Step): string {
  switch (step.kind) {
    case "message":
      return "send the message of the scenario";
    case "echo":
      return "send the message back";
    case "ping":
      return "send a Ping";
    case "pong":
      return "answer the Ping";
    case "close":
      return step.isAnswer ? "answer the Close frame" : `close with ${step.code ?? 1000}`;
    case "open":
    case "deflate":
    case "subprotocol":
      return "complete the opening handshake";
  }
}

/** The requirement behind a step, if an RFC has one. */
function fault(side: Side | "both", step: Step, because: string): Fault {
  const requirement =
    step.kind === "pong"
      ? "6455-5.5.2-1"
      : step.kind === "close" && step.isAnswer
        ? "6455-5.5.1-5"
        : undefined;
  return { side, ...(requirement === undefined ? {} : { requirement }), because };
}

/** Everything was there, and still the client is not content: all that is left is how the connection ended. */
export function endFault({ seen }: Talk, { client, limitMs }: Played): Fault {
  const closedAtMs = seen.findLast(({ type }) => type === "close")?.atMs ?? 0;
  // A client that has closed its own direction still waits for the server (RFC 6455 §7.1.1).
  const over = seen.find((one) => one.type === "end" && (one.side === "server" || one.isReset));
  if (seen.some((one) => one.type === "end" && one.side === "server" && one.isReset)) {
    const because = "the server reset TCP after both Close frames, instead of closing it";
    return { side: "server", requirement: "6455-7.1.1-1", because };
  }
  const endedAtMs = over?.atMs ?? Math.min(client.atMs, limitMs);
  if (endedAtMs - closedAtMs >= PATIENCE_MS) {
    const seconds = Math.round((endedAtMs - closedAtMs) / 1000);
    const because = `the server did not close TCP within ${seconds} s after both Close frames`;
    return { side: "server", requirement: "6455-5.5.1-8", because };
  }
  if (client.code === null || client.isLate) {
    const how = client.isLate ? `did not end within ${limitMs / 1000} s` : client.how;
    return {
      side: "client",
      because: `the client's program ${how}, although the connection ended as it has to`,
    };
  }
  return { side: null, because: `${saidText(client)}; the octets show nothing wrong` };
}
