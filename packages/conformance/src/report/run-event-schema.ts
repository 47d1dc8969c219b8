import * as z from "zod";
import { OBSERVATIONS } from "../judge/observation.js";
import { CLOSINGS, OUTCOMES } from "../judge/verdict.js";
import type { RunEvent } from "../run/event.js";
import type { WireEntry } from "../record/wire-log.js";
import { SEVERITIES } from "../run/finding.js";

const count = z.int().min(0);
const amount = z.number().min(0);
const hexadecimal = z.string().regex(/^([0-9a-f]{2})*$/);
// Ids become parts of file names.
const caseId = z.string().regex(/^\d+(\.\d+)+$/);
const instant = z.iso.datetime();
const profile = z.enum(["modern", "autobahn"]);
const outcome = z.enum(OUTCOMES);
const closing = z.enum(CLOSINGS);
const counts = z.record(z.string().regex(/^\d+$/), count);

const requirementInfo = z.looseObject({
  id: z.string(),
  citation: z.string(),
  level: z.string(),
  text: z.string(),
  link: z.string(),
});

const caseInfo = z.looseObject({
  id: caseId,
  title: z.string(),
  description: z.string(),
  expectation: z.string(),
  section: z.string(),
  ending: z.looseObject({
    by: z.enum(["tester", "peer"]),
    codes: z.array(count),
    clean: z.boolean(),
    sideIsFatal: z.boolean().exactOptional(),
  }),
  requirements: z.array(requirementInfo),
  since: z.string().exactOptional(),
  reports: z
    .looseObject({ time: z.boolean().exactOptional(), ratio: z.boolean().exactOptional() })
    .exactOptional(),
  differs: z.array(z.string()),
});

const runFacts = {
  suite: z.string(),
  startedAt: instant,
  set: z.string(),
  profile,
  messages: z.enum(["full", "enough"]).exactOptional(),
  seed: z.number(),
  config: z.looseObject({
    role: z.literal("server").exactOptional(),
    urls: z.array(z.string()),
    concurrency: count,
    shard: z.looseObject({ index: z.int().min(1), of: z.int().min(1) }).exactOptional(),
    timeoutScale: z.number(),
    loadSilenceSeconds: amount.exactOptional(),
    keepaliveSeconds: amount.exactOptional(),
    http2: z.literal(true).exactOptional(),
    insecure: z.boolean(),
    ca: z.string().exactOptional(),
    servername: z.string().exactOptional(),
    origin: z.string().exactOptional(),
    start: z.string().exactOptional(),
    single: z.boolean().exactOptional(),
    waitSeconds: amount.exactOptional(),
    headers: z.array(z.string()),
    subprotocols: z.array(z.string()),
  }),
};
const runStart = z.looseObject({ type: z.literal("run"), ...runFacts, cases: z.array(caseInfo) });

const frame = z.looseObject({
  opcode: z.int().min(0).max(15),
  fin: z.boolean(),
  rsv: z.int().min(0).max(7),
  masked: z.boolean(),
  mask: hexadecimal.nullable(),
  // The peer may claim any 64-bit length: beyond 2^53 it is no longer exact.
  length: amount,
  payload: hexadecimal,
  chop: count.exactOptional(),
  sync: z.boolean().exactOptional(),
  pattern: count.exactOptional(),
});

const http2Frame = z.looseObject({
  type: z.string(),
  flags: z.array(z.string()),
  stream: count,
  length: count,
  payload: hexadecimal.exactOptional(),
  padding: count.exactOptional(),
  fields: z.array(z.tuple([z.string(), z.string()])).exactOptional(),
  says: z.string().exactOptional(),
});

const direction = z.enum([">", "<"]);
const remark = z.literal("=");
/** One line of the wire log. */
export const wireEntrySchema: z.ZodType<WireEntry> = z.union([
  z.looseObject({ dir: direction, octets: count, hex: hexadecimal, queued: z.boolean().exactOptional() }),
  z.looseObject({ dir: direction, frame }),
  z.looseObject({ dir: direction, http2: http2Frame }),
  z.looseObject({
    dir: remark,
    timer: z.enum(["wait", "kill", "close"]),
    phase: z.enum(["set", "fired"]),
    seconds: amount,
    tag: z.string().exactOptional(),
    early: z.boolean().exactOptional(),
  }),
  z.looseObject({ dir: remark, log: z.boolean() }),
  z.looseObject({ dir: remark, note: z.string() }),
  z.looseObject({ dir: z.literal("!"), violation: z.string(), requirement: z.string() }),
]);

const payloadFacts = { length: amount, sha256: z.string().regex(/^[0-9a-f]{64}$/), head: hexadecimal };
const eventView = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("message"), binary: z.boolean(), ...payloadFacts }),
  z.looseObject({ type: z.literal("pong"), ...payloadFacts }),
  z.looseObject({ type: z.literal("timeout"), tag: z.string() }),
]);

const verdict = z.looseObject({
  outcome,
  closing,
  because: z.string(),
  closingBecause: z.string(),
  requirement: z.string().exactOptional(),
  closingRequirement: z.string().exactOptional(),
  expected: z.array(
    z.looseObject({
      outcome: z.enum(["pass", "non-strict"]),
      events: z.array(eventView),
      ending: z.string().exactOptional(),
    }),
  ),
  ended: z.string().exactOptional(),
  measured: z.record(z.string(), z.number()).exactOptional(),
});

const loop = z.looseObject({
  wanted: count,
  sent: count,
  matched: count,
  mismatch: z.looseObject({ index: count, expected: eventView, observed: eventView }).exactOptional(),
  latency: z
    .looseObject({ min: amount, mean: amount, p50: amount, p99: amount, max: amount })
    .exactOptional(),
});

const trafficCounts = z.looseObject({
  wire: count,
  payload: count,
  application: count,
  frames: count,
  messages: count,
});

const traffic = z.looseObject({
  received: trafficCounts,
  sent: trafficCounts,
  handshake: z.looseObject({ received: count, sent: count }),
});

const acknowledgements = z.looseObject({ settings: count, pings: count });

const http2Record = z.looseObject({
  settings: z.array(z.array(z.tuple([count, count]))),
  asked: acknowledgements,
  acknowledged: acknowledgements,
  ended: z.enum(["end-stream", "rst-stream", "connection"]).nullable(),
  code: z.string().exactOptional(),
  goaway: z.string().exactOptional(),
  behindReset: count.exactOptional(),
  endedBeside: z.literal(true).exactOptional(),
  problem: z
    .looseObject({ because: z.string(), code: z.string(), requirement: z.string().exactOptional() })
    .exactOptional(),
  others: z
    .looseObject({
      webSockets: count,
      opened: count,
      refused: count,
      gets: count,
      answered: count,
      unopened: z.string().exactOptional(),
      problem: z.string().exactOptional(),
    })
    .exactOptional(),
});

const caseRecord = z.looseObject({
  profile,
  role: z.enum(["client", "server"]),
  startedAt: instant,
  durationMs: amount,
  handshake: z.looseObject({
    opened: z.boolean(),
    request: z.string().nullable(),
    response: z.string().nullable(),
    problem: z.string().exactOptional(),
    requirement: z.string().exactOptional(),
    status: count.exactOptional(),
    noAnswer: z.enum(["closed", "reset", "late"]).exactOptional(),
    bodyEnd: z.enum(["whole", "cut", "open"]).exactOptional(),
    usualOpens: z.boolean().exactOptional(),
    early: count.exactOptional(),
    url: z.string().exactOptional(),
    downgraded: z.literal(true).exactOptional(),
    body: z.string().exactOptional(),
    before: z
      .looseObject({
        request: z.string(),
        response: z.string().nullable(),
        status: count.exactOptional(),
        end: z.enum(["whole", "last", "closed", "reset", "late", "endless", "foreign"]),
      })
      .exactOptional(),
    crowd: z
      .looseObject({
        size: count,
        opened: count,
        refused: count,
        wrong: z.looseObject({ problem: z.string(), requirement: z.string() }).exactOptional(),
      })
      .exactOptional(),
  }),
  events: z.array(eventView),
  pings: z.looseObject({ count, firstMs: amount.nullable() }).exactOptional(),
  eventCount: count,
  violations: z.array(
    z.looseObject({
      violation: z.string(),
      requirement: z.string(),
      at: amount,
      closing: z.literal(true).exactOptional(),
    }),
  ),
  close: z.looseObject({
    closedByTester: z.boolean(),
    failedByTester: z.boolean(),
    droppedByTester: z.boolean(),
    clean: z.boolean(),
    notCleanReason: z.string().nullable(),
    openTimeout: z.boolean(),
    closeTimeout: z.boolean(),
    dropTimeout: z.boolean(),
    localCode: count.nullable(),
    localReason: z.string().nullable(),
    remoteCode: count.nullable(),
    remoteReason: z.string().nullable(),
    remotePayload: hexadecimal.nullable(),
    remoteAfterEvents: count.exactOptional(),
    localPayload: hexadecimal.nullable(),
    tcp: z.enum(["ended-by-peer", "reset-by-peer", "ended-by-tester", "never-connected"]),
  }),
  octets: z.looseObject({ received: counts, sent: counts }),
  frames: z.looseObject({ received: counts, sent: counts }),
  maskingKeys: z
    .looseObject({ frames: count, keys: z.array(z.string().regex(/^[0-9a-f]{8}$/)), foreseen: count })
    .exactOptional(),
  extension: z.string().nullable().exactOptional(),
  http2: http2Record.exactOptional(),
  loop: loop.exactOptional(),
  traffic: traffic.exactOptional(),
  timers: z.array(z.string()),
  limits: z.record(z.string(), amount).exactOptional(),
  lostMs: amount.exactOptional(),
  undeclared: z.array(z.string()),
  concurrent: z.boolean(),
  notPlayed: z.string().exactOptional(),
  lacked: z.string().exactOptional(),
  untried: z.string().exactOptional(),
});

const finding = z.looseObject({
  id: z.string(),
  requirement: requirementInfo.nullable(),
  observation: z.enum([...OBSERVATIONS.keys()]),
  rule: caseId.exactOptional(),
  severity: z.enum(SEVERITIES),
  outcome: z.enum(["fail", "non-strict", "informational"]),
  because: z.string(),
  hint: z.string().exactOptional(),
  first: caseId,
  cases: z.array(caseId),
  connections: count,
  counted: z.boolean(),
  fixes: count.exactOptional(),
  evidence: z.looseObject({
    case: caseId,
    attempt: z.int().min(1),
    because: z.string().exactOptional(),
    answer: z.string().exactOptional(),
    wire: z.array(z.looseObject({ at: amount, entry: wireEntrySchema })),
  }),
  known: z
    .looseObject({
      reason: z.string(),
      issue: z.string().exactOptional(),
      expires: z.string().exactOptional(),
    })
    .exactOptional(),
});

const outputLine = z.looseObject({ from: z.enum(["stdout", "stderr"]), text: z.string() });

const ofCase = { peer: z.string(), case: caseId, attempt: z.int().min(1) };

/** One event of a run file. Fields that a later version may add are kept. */
export const runEventSchema: z.ZodType<RunEvent> = z.discriminatedUnion("type", [
  runStart,
  z.looseObject({
    type: z.literal("peer-up"),
    peer: z.string(),
    agent: z.string(),
    url: z.string(),
    run: z.looseObject({ file: z.string(), selected: z.array(caseId), ...runFacts }).exactOptional(),
  }),
  z.looseObject({ type: z.literal("case-start"), ...ofCase }),
  z.looseObject({ type: z.literal("wire"), ...ofCase, at: amount, entry: wireEntrySchema }),
  z.looseObject({
    type: z.literal("case-end"),
    ...ofCase,
    record: caseRecord,
    verdict,
    verdicts: z.looseObject({ autobahn: verdict.exactOptional(), modern: verdict.exactOptional() }),
  }),
  z.looseObject({ type: z.literal("case-unconfirmed"), ...ofCase, record: caseRecord, verdict }),
  z.looseObject({ type: z.literal("checkpoint"), peer: z.string().exactOptional() }),
  z.looseObject({
    type: z.literal("note"),
    peer: z.string().exactOptional(),
    text: z.string(),
    damaged: caseId.exactOptional(),
  }),
  z.looseObject({
    type: z.literal("peer-output"),
    peer: z.string(),
    lines: z.array(outputLine),
    omitted: count,
  }),
  z.looseObject({
    type: z.literal("peer-exit"),
    peer: z.string(),
    url: z.string(),
    code: z.int().nullable(),
    signal: z.string().nullable(),
    because: z.string(),
    cases: z.array(caseId),
    after: caseId.nullable(),
    output: z.array(outputLine),
  }),
  z.looseObject({
    type: z.literal("peer-down"),
    peer: z.string(),
    url: z.string(),
    after: caseId.nullable(),
    because: z.string(),
    answer: z.string().exactOptional(),
    hint: z.string().exactOptional(),
  }),
  z.looseObject({
    type: z.literal("findings"),
    peer: z.string(),
    connections: count,
    maskingKeys: count.exactOptional(),
    findings: z.array(finding),
  }),
  z.looseObject({
    type: z.literal("run-end"),
    totals: z.looseObject({
      durationMs: amount,
      interrupted: z.boolean(),
      outcomes: z.partialRecord(outcome, count),
      closings: z.partialRecord(closing, count),
      notRun: count,
    }),
  }),
]);
