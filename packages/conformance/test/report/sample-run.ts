import { createHash } from "node:crypto";
import type { Verdict } from "../../src/judge/verdict.js";
import type { CaseRecord, CloseRecord, EventView } from "../../src/record/record.js";
import type { FrameView, WireEntry } from "../../src/record/wire-log.js";
import type { CaseEnd, CaseInfo, RunEvent, RunStart } from "../../src/run/event.js";

/** Nothing of these strings may reach a terminal or a file as it is. */
export const HOSTILE_AGENT = "Evil/1.0 <script>alert(1)</script>\u001b[31m\u202e";
export const HOSTILE_TEXT = '<script>alert("x")</script>\u001b]0;owned\u0007\u009b2J\u0000\r\nend \\ ö\u2028';
export const HOSTILE_REASON: string = `\u001b[2J${"reason \u0007".repeat(14)}`;

/** Peers of the sample run. */
export const PEER = "peer-1";
export const REFUSING_PEER = "peer-2";
export const ABSENT_PEER = "peer-3";

export const SAMPLE_START: RunStart = {
  type: "run",
  suite: "0.1.0",
  startedAt: "2026-11-22T08:00:00.000Z",
  set: "all",
  profile: "modern",
  seed: 1,
  config: {
    urls: ["wss://127.0.0.1:9001/echo?a=1&b=2", "ws://127.0.0.1:9002", "ws://127.0.0.1:9"],
    concurrency: 8,
    timeoutScale: 1,
    insecure: true,
    headers: ["X-Token: it's me"],
    subprotocols: ["chat"],
  },
  cases: [
    info("1.1.1", "Text message without payload", "Framing"),
    info("1.1.2", "Text message of 125 octets", "Framing"),
    info("2.1", "Ping without payload", "Pings and pongs"),
    info("2.2", "Ping with payload", "Pings and pongs"),
    info("2.10", "Ten pings", "Pings and pongs"),
    info("3.2", "RSV2 in a text message", "Reserved bits", { by: "peer", codes: [1002], clean: false }),
    info("5.20", "As 5.19, every frame in a separate write", "Fragmentation"),
    info("6.3.1", "Text with an encoded surrogate", "UTF-8 handling", {
      by: "peer",
      codes: [1007],
      clean: false,
      sideIsFatal: true,
    }),
    info("6.4.1", "Invalid UTF-8, a fragment at a time", "UTF-8 handling"),
    info("7.1.6", "A large message, then a Close frame", "Close handling"),
    info("7.9.2", "Close frame with code 999, which must not appear on the wire", "Close handling"),
    info("10.1.1", "A message cut into fragments by the sender", "Auto-fragmentation by the sender"),
  ],
};

/** A run that met everything: passes, failures, a replay, hostile payloads, a refusing and an absent peer. */
export function sampleRun(): RunEvent[] {
  return [
    SAMPLE_START,
    { type: "peer-up", peer: PEER, agent: HOSTILE_AGENT, url: "wss://127.0.0.1:9001/echo?a=1&b=2" },
    ...firstPeer(),
    { type: "peer-up", peer: REFUSING_PEER, agent: "Ünïcode 服务器 😀", url: "ws://127.0.0.1:9002" },
    ...SAMPLE_START.cases.slice(0, 11).flatMap(({ id }) => refused(id)),
    {
      type: "peer-down",
      peer: REFUSING_PEER,
      url: "ws://127.0.0.1:9002",
      after: "7.9.2",
      because: "The peer at ws://127.0.0.1:9002 no longer accepts connections.",
    },
    {
      type: "peer-down",
      peer: ABSENT_PEER,
      url: "ws://127.0.0.1:9",
      after: null,
      because: "Nothing listens at ws://127.0.0.1:9: the connection was refused.",
    },
    {
      type: "run-end",
      totals: {
        durationMs: 1234,
        interrupted: true,
        outcomes: { pass: 4, "non-strict": 1, informational: 1, fail: 3, "harness-error": 1, blocked: 11 },
        closings: {
          ok: 5,
          unclean: 1,
          "wrong-code": 1,
          "not-applicable": 1,
          "wrong-side": 2,
          "not-opened": 11,
        },
        notRun: 14,
      },
    },
  ];
}

/** The same events, arriving one by one. */
export async function* arriving(events: readonly RunEvent[]): AsyncGenerator<RunEvent> {
  yield* events;
}

function firstPeer(): RunEvent[] {
  return [
    ...play("1.1.1", { verdict: { because: "The echo came." } }),
    ...play("2.1", {
      verdict: { closing: "unclean", closingBecause: "The peer dropped TCP without a Close frame." },
      record: { close: close({ clean: false, notCleanReason: "The peer dropped TCP.", remoteCode: null }) },
    }),
    ...play("2.2", { verdict: { closing: "unclean", closingBecause: "The peer dropped TCP." } }),
    ...play("2.10", { verdict: { outcome: "fail", because: "A timer decided." } }),
    { type: "note", peer: PEER, text: "A case that failed was played again alone\u001b[0m." },
    ...play("2.10", { attempt: 2, verdict: { because: "All pongs came in order." } }),
    ...harnessError(),
    ...case520(),
    ...hostileCase(),
    ...play("6.4.1", { verdict: { outcome: "non-strict", because: "The peer failed late." } }),
    ...play("7.1.6", { verdict: { outcome: "informational", closing: "not-applicable" } }),
    ...case792(),
    ...endedIn("1.1.2"),
  ];
}

/** A case that ended the process of the peer, which prints what it likes. */
function endedIn(id: string): RunEvent[] {
  const events = play(id, { verdict: { outcome: "fail", because: "No echo came within 10 s." } });
  const lines = [
    { from: "stdout", text: "one more message" },
    { from: "stderr", text: HOSTILE_TEXT },
    { from: "stderr", text: "" },
  ] as const;
  return [
    ...events.slice(0, -1),
    { type: "peer-output", peer: PEER, lines, omitted: 3 },
    {
      type: "peer-exit",
      peer: PEER,
      url: "wss://127.0.0.1:9001/echo?a=1&b=2",
      code: 1,
      signal: null,
      because: "The command ended with exit status 1.",
      cases: [id, "7.9.2"],
      after: "7.1.6",
      output: lines,
    },
    ...events.slice(-1),
  ];
}

function case520(): RunEvent[] {
  const all = "fragment1fragment2fragment3fragment4fragment5";
  const sent = (opcode: number, payload: string, fin: boolean): WireEntry[] => [
    { dir: ">", frame: frame(opcode, payload, { fin, masked: true, mask: "37fa213d", sync: true }) },
    { dir: ">", octets: payload.length + 6, hex: "8189", queued: true },
  ];
  const received = (opcode: number, payload: string): WireEntry[] => [
    { dir: "<", octets: payload.length + 2, hex: "8a09" },
    { dir: "<", frame: frame(opcode, payload) },
  ];
  return play("5.20", {
    wire: [
      ...sent(1, "fragment1", false),
      ...sent(0, "fragment2", false),
      ...sent(9, "pongme 1!", true),
      { dir: "=", timer: "wait", phase: "set", seconds: 1 },
      ...received(10, "pongme 1!"),
      { dir: "=", timer: "wait", phase: "fired", seconds: 1, early: true },
      ...sent(0, "fragment3", false),
      ...sent(0, "fragment4", false),
      ...sent(9, "pongme 2!", true),
      ...sent(0, "fragment5", true),
      { dir: "=", timer: "close", phase: "set", seconds: 1 },
      ...received(10, "pongme 2!"),
      ...received(1, all),
      { dir: ">", frame: frame(8, "\u0003\u00e8", { masked: true, mask: "00000000" }, "latin1") },
      { dir: "<", frame: frame(8, "\u0003\u00e8", {}, "latin1") },
    ],
    record: {
      events: [event("pong", "pongme 1!"), event("pong", "pongme 2!"), event("text", all)],
      eventCount: 3,
      octets: { received: { "11": 2, "47": 1, "129": 1, "4": 1 }, sent: { "15": 7, "8": 1, "160": 1 } },
      frames: { received: { "10": 2, "1": 1, "8": 1 }, sent: { "0": 4, "1": 1, "9": 2, "8": 1 } },
    },
    verdict: {
      because: "The pongs and the message came in the order demanded.",
      expected: [
        {
          outcome: "pass",
          events: [event("pong", "pongme 1!"), event("pong", "pongme 2!"), event("text", all)],
        },
      ],
    },
  });
}

/** A text that would take over a terminal, a lone surrogate, long octets, and an illegal Close frame. */
function hostileCase(): RunEvent[] {
  const surrogate = Buffer.from("eda080", "hex");
  const long = Buffer.alloc(65, 0xfe);
  return play("6.3.1", {
    wire: [
      { dir: ">", frame: { ...frame(1, surrogate), masked: true, mask: "01020304" } },
      {
        dir: ">",
        frame: { ...frame(2, "ab"), masked: true, mask: "01020304", length: 65536, pattern: 2, chop: 997 },
      },
      { dir: "=", timer: "wait", phase: "set", seconds: 0.2, tag: "A" },
      { dir: "=", timer: "wait", phase: "fired", seconds: 0.2, tag: "A" },
      { dir: "=", timer: "kill", phase: "set", seconds: 1 },
      { dir: "<", octets: 70, hex: long.toString("hex") },
      { dir: "<", frame: frame(1, HOSTILE_TEXT) },
      { dir: "<", frame: { ...frame(3, long), rsv: 5, fin: false } },
      { dir: "<", frame: { ...frame(9, "x"), masked: true, mask: "0a0b0c0d" } },
      { dir: "=", log: false },
      { dir: "=", note: `the peer said ${HOSTILE_TEXT}` },
      { dir: "=", log: true },
      { dir: "!", violation: `the peer sent a masked frame ${HOSTILE_TEXT}`, requirement: "6455-5.1-4" },
      { dir: "=", timer: "kill", phase: "fired", seconds: 1 },
      { dir: "<", frame: frame(8, Buffer.from("03", "hex")) },
      { dir: "<", frame: frame(8, closePayload(64999, HOSTILE_REASON)) },
    ],
    record: {
      events: [
        event("text", surrogate),
        event("binary", long),
        event("text", HOSTILE_TEXT),
        { type: "timeout", tag: "A" },
      ],
      eventCount: 1500,
      handshake: {
        opened: true,
        request: REQUEST,
        response: `HTTP/1.1 101 OK\r\nServer: ${HOSTILE_AGENT}\r\n\r\n`,
      },
      violations: [{ violation: "masked", requirement: "6455-5.1-4", at: 900 }],
      close: close({
        clean: false,
        notCleanReason: `killed ${HOSTILE_TEXT}`,
        failedByTester: true,
        localCode: 1000,
        remoteCode: 64999,
        remoteReason: HOSTILE_REASON,
        remotePayload: closePayload(64999, HOSTILE_REASON).toString("hex"),
        tcp: "reset-by-peer",
      }),
    },
    verdict: {
      outcome: "fail",
      closing: "wrong-side",
      because: `The peer echoed invalid UTF-8: ${HOSTILE_TEXT}`,
      closingBecause: "The tester had to fail the connection.",
      requirement: "6455-8.1-1",
      expected: [
        { outcome: "pass", events: [] },
        { outcome: "non-strict", events: [{ type: "timeout", tag: "A" }] },
      ],
    },
  });
}

function case792(): RunEvent[] {
  const payload = closePayload(999, "");
  return play("7.9.2", {
    wire: [
      { dir: ">", frame: { ...frame(8, payload), masked: true, mask: "01020304" } },
      { dir: "<", frame: frame(8, payload) },
    ],
    record: { close: close({ remoteCode: 999, remotePayload: payload.toString("hex") }) },
    verdict: {
      outcome: "fail",
      closing: "wrong-code",
      because: "CLOSE 999 was echoed and the connection closed cleanly.",
      closingBecause: "The peer sent code 999; accepted are 1002 or none.",
      requirement: "6455-7.4.2-1",
      expected: [{ outcome: "pass", events: [] }],
    },
  });
}

function harnessError(): RunEvent[] {
  return play("3.2", {
    record: { undeclared: ["a frame with RSV1 that the case does not declare"] },
    verdict: {
      outcome: "harness-error",
      closing: "not-applicable",
      because: "The tester broke its own rules.",
    },
  });
}

function refused(id: string): RunEvent[] {
  return play(id, {
    peer: REFUSING_PEER,
    record: {
      durationMs: 3,
      handshake: {
        opened: false,
        request: REQUEST,
        response: id === "1.1.1" ? null : "HTTP/1.1 400 Bad Request\r\n\r\n",
        problem: "The peer answered with status 400.",
        requirement: "6455-4.1-22",
      },
      close: close({
        closedByTester: false,
        clean: false,
        localCode: null,
        remoteCode: null,
        localPayload: null,
        remotePayload: null,
      }),
      octets: { received: { "28": 1 }, sent: { "160": 1 } },
      frames: { received: {}, sent: {} },
    },
    verdict: {
      outcome: "blocked",
      closing: "not-opened",
      because: "The opening handshake failed: the peer answered with status 400.",
      closingBecause: "The connection never opened.",
      requirement: "6455-4.1-22",
    },
  });
}

interface PlayOptions {
  readonly peer?: string;
  readonly attempt?: number;
  readonly wire?: readonly WireEntry[];
  readonly record?: Partial<CaseRecord>;
  readonly verdict?: Partial<Verdict>;
}

/** The events of one case: started, its wire log with a millisecond between entries, ended. */
export function play(id: string, options: PlayOptions = {}): RunEvent[] {
  const peer = options.peer ?? PEER;
  const attempt = options.attempt ?? 1;
  const of = { peer, case: id, attempt };
  const wire = (options.wire ?? []).map((entry, i): RunEvent => ({
    type: "wire",
    ...of,
    at: 1000 * i + 123,
    entry,
  }));
  return [{ type: "case-start", ...of }, ...wire, caseEnd(of, options)];
}

function caseEnd(of: { peer: string; case: string; attempt: number }, options: PlayOptions): CaseEnd {
  const verdict: Verdict = {
    outcome: "pass",
    closing: "ok",
    because: "Everything came as demanded.",
    closingBecause: "The closing handshake was completed with code 1000.",
    expected: [{ outcome: "pass", events: [] }],
    ...options.verdict,
  };
  const autobahn: Verdict = {
    ...verdict,
    outcome: verdict.outcome === "non-strict" ? "pass" : verdict.outcome,
  };
  return {
    type: "case-end",
    ...of,
    record: { ...RECORD, ...options.record },
    verdict,
    verdicts: { modern: verdict, autobahn },
  };
}

const REQUEST = "GET /echo HTTP/1.1\r\nHost: 127.0.0.1:9001\r\nSec-WebSocket-Version: 13\r\n\r\n";

export const RECORD: CaseRecord = {
  profile: "modern",
  role: "client",
  startedAt: "2026-11-22T08:00:01.500Z",
  durationMs: 4.4,
  handshake: {
    opened: true,
    request: REQUEST,
    response: "HTTP/1.1 101 Switching Protocols\r\nServer: x\r\n\r\n",
  },
  events: [],
  eventCount: 0,
  violations: [],
  close: close({}),
  octets: { received: { "129": 1, "4": 1 }, sent: { "160": 1, "8": 1 } },
  frames: { received: { "8": 1 }, sent: { "8": 1 } },
  timers: [],
  undeclared: [],
  concurrent: false,
};

function close(facts: Partial<CloseRecord>): CloseRecord {
  return {
    closedByTester: true,
    failedByTester: false,
    droppedByTester: false,
    clean: true,
    notCleanReason: null,
    openTimeout: false,
    closeTimeout: false,
    dropTimeout: false,
    localCode: 1000,
    localReason: null,
    remoteCode: 1000,
    remoteReason: null,
    remotePayload: "03e8",
    localPayload: "03e8",
    tcp: "ended-by-peer",
    ...facts,
  };
}

function info(
  id: string,
  title: string,
  section: string,
  ending: CaseInfo["ending"] = { by: "tester", codes: [1000], clean: true },
): CaseInfo {
  return {
    id,
    title,
    description: `What case ${id} sends, told in sentences that are long enough to be broken into lines by whoever shows them – with an é.`,
    expectation: `What a conforming peer does in case ${id}.`,
    section,
    ending,
    requirements: [
      {
        id: "6455-8.1-1",
        citation: "RFC 6455 §8.1",
        level: "MUST",
        text: "Text that is not valid UTF-8 fails the connection.",
        link: "https://www.rfc-editor.org/rfc/rfc6455#section-8.1",
      },
    ],
    differs: id === "6.4.1" || id === "5.20" ? ["The pauses are short."] : [],
  };
}

/** A frame as a wire entry shows it; payloads are cut like the engine cuts them. */
export function frame(
  opcode: number,
  payload: string | Buffer,
  facts: Partial<FrameView> = {},
  encoding: BufferEncoding = "utf8",
): FrameView {
  const octets = typeof payload === "string" ? Buffer.from(payload, encoding) : payload;
  const shown = octets.subarray(0, 256).toString("hex");
  return {
    opcode,
    fin: true,
    rsv: 0,
    masked: false,
    mask: null,
    length: octets.length,
    payload: shown,
    ...facts,
  };
}

export function event(type: "text" | "binary" | "pong", payload: string | Buffer): EventView {
  const octets = Buffer.from(payload);
  const facts = {
    length: octets.length,
    sha256: createHash("sha256").update(octets).digest("hex"),
    head: octets.subarray(0, 64).toString("hex"),
  };
  return type === "pong" ? { type, ...facts } : { type: "message", binary: type === "binary", ...facts };
}

export function closePayload(code: number, reason: string): Buffer {
  return Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)]);
}
