import type { Case } from "../../src/case/case.js";
import type { AnswerNeed, Negotiation, WrittenAnswer } from "../../src/case/negotiation.js";
import type { Trace } from "../../src/case/expect.js";
import { NOTHING_CLOSED } from "../../src/record/close-record.js";
import { traceView } from "../../src/record/event-view.js";
import type { ViolationName } from "../../src/record/violation.js";
import { VIOLATIONS } from "../../src/record/violation.js";
import type { CaseRecord, CloseRecord, HandshakeRecord, LoopRecord } from "../../src/record/record.js";
import { grant, validOffers } from "../../src/wire/deflate-negotiation.js";
import { writeAnswer } from "../../src/wire/written-answer.js";

export interface RecordChanges extends Partial<Omit<CaseRecord, "close" | "events" | "violations">> {
  readonly close?: Partial<CloseRecord>;
  readonly trace?: Trace;
  readonly violations?: readonly ViolationName[];
}

const CLEAN: CloseRecord = {
  ...NOTHING_CLOSED,
  closedByTester: true,
  clean: true,
  localCode: 1000,
  localPayload: "03e8",
  remoteCode: 1000,
  remotePayload: "03e8",
  tcp: "ended-by-peer",
};

/** The record of a connection that was closed in the best order, except for what a test changes. */
export function recordOf(changes: RecordChanges = {}): CaseRecord {
  const { close, trace = [], violations = [], ...rest } = changes;
  const events = traceView(trace);
  return {
    profile: "modern",
    role: "client",
    startedAt: "2026-01-01T00:00:00.000Z",
    durationMs: 3,
    handshake: { opened: true, request: "GET / HTTP/1.1\r\n\r\n", response: "HTTP/1.1 101\r\n\r\n" },
    events,
    eventCount: events.length,
    violations: violations.map((violation) => ({
      violation,
      requirement: VIOLATIONS[violation].requirement,
      at: 10,
    })),
    close: { ...CLEAN, ...close },
    octets: { received: {}, sent: {} },
    frames: { received: {}, sent: {} },
    timers: [],
    undeclared: [],
    concurrent: false,
    ...rest,
  };
}

/**
 * What a peer did that keeps every rule: the expected events, every echo of a loop, the extension, and the end that the
 * case asks for. Where a test changes the events to none, nothing came back in a loop either.
 */
export function idealRecord(judged: Case, changes: RecordChanges = {}): CaseRecord {
  const { pass, ending } = judged.expect;
  const [code = null] = ending.codes;
  const close = {
    closedByTester: ending.by === "tester",
    remoteCode: code,
    remotePayload: code === null ? "" : code.toString(16).padStart(4, "0"),
    ...changes.close,
  };
  const handshake = handshakeOf(judged);
  return recordOf({
    trace: pass,
    ...handshake,
    ...loadOf(judged, changes.trace),
    ...changes,
    close: { ...close, ...handshake.close, ...changes.close },
  });
}

const REPLY =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n";

/** A request that has to be refused is; offers that may be accepted are; an answer that no client may take is not taken. */
function handshakeOf(judged: Case): RecordChanges {
  const { expect, deflate } = judged;
  if (typeof deflate?.acceptor === "object") return clientsPart(judged, deflate.acceptor);
  if (expect.negotiation !== undefined) return { handshake: serversPart(judged, expect.negotiation) };
  if (expect.opening?.reply !== undefined) {
    return { handshake: { opened: true, request: "GET / HTTP/1.1\r\n\r\n", response: REPLY, status: 101 } };
  }
  if (expect.opening?.end !== "refused") return {};
  const lines = (expect.opening.carries ?? []).map(({ name, element = "x" }) => `${name}: ${element}\r\n`);
  const { statuses: [status = 400] = [] } = expect.opening;
  const response = `HTTP/1.1 ${status} Refused\r\n${lines.join("")}\r\n`;
  const request = "GET / HTTP/1.1\r\n\r\n";
  return { handshake: { opened: false, request, response, status, problem: "it was refused" } };
}

/** What a client offers so that a case says something about it. */
const OFFER_FOR: Readonly<Record<AnswerNeed, string>> = {
  deflate: "permessage-deflate",
  "no-deflate": "x-other",
  fit: "permessage-deflate; client_max_window_bits",
  "no-client-window": "permessage-deflate",
  "server-window": "permessage-deflate; server_max_window_bits=10",
};

function clientsPart({ expect }: Case, acceptor: WrittenAnswer): RecordChanges {
  const offer = OFFER_FOR[acceptor.needs];
  const said = writeAnswer([offer], acceptor)?.answer ?? null;
  const handshake = shake([`Sec-WebSocket-Extensions: ${offer}`], said);
  const end = { closedByTester: false, clean: false, remoteCode: null, remotePayload: null };
  return {
    role: "server",
    handshake,
    ...(expect.opening?.end === "refused" ? { trace: [], close: end } : {}),
  };
}

/** The first valid offer is granted. */
function serversPart({ deflate, request }: Case, { deflate: wanted }: Negotiation): HandshakeRecord {
  const lines = request?.lines ?? [`Sec-WebSocket-Extensions: ${deflate?.offers.join(", ") ?? ""}`];
  const values = lines.flatMap((line) => /^Sec-WebSocket-Extensions: (.*)/.exec(line)?.[1] ?? []);
  const [offer] = validOffers(values);
  return shake(lines, wanted === "declined" || offer === undefined ? null : grant(offer));
}

function shake(lines: readonly string[], extension: string | null): HandshakeRecord {
  const said = extension === null ? "" : `Sec-WebSocket-Extensions: ${extension}\r\n`;
  return {
    opened: true,
    request: `GET / HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`,
    response: `HTTP/1.1 101 Switching Protocols\r\n${said}\r\n`,
    status: 101,
  };
}

/** The first echo loop of a case, finished: all messages of the original came back. */
export function finishedLoop(judged: Case): LoopRecord {
  const step = judged.script.find((candidate) => candidate.do === "echo-loop");
  if (step?.do !== "echo-loop") throw new Error(`case ${judged.id} has no echo loop`);
  const { count } = step.messages;
  return { wanted: count, sent: count, matched: count };
}

function loadOf(judged: Case, trace: Trace | undefined): Pick<CaseRecord, "loop" | "extension"> {
  const { expect, deflate } = judged;
  const isSilent = trace?.length === 0;
  return {
    ...(deflate === undefined ? {} : { extension: answerTo(deflate.offers) }),
    ...(expect.loopDecides === true
      ? { loop: isSilent ? { ...finishedLoop(judged), sent: 1, matched: 0 } : finishedLoop(judged) }
      : {}),
  };
}

/** The first offer, granted as it is: only a value for the client's window is not asked for. */
function answerTo(offers: readonly string[]): string {
  return offers[0]?.replace("; client_max_window_bits", "") ?? "";
}
