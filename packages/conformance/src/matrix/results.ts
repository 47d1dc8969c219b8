/**
 * What is kept of the runs against all stacks, `interop/results`: a file a stack, small enough for a repository, with
 * counts for each section and the evidence of each finding. `wireproof matrix run` writes it, `wireproof matrix site`
 * reads it and nothing else.
 */
import { z } from "zod";

import { OUTCOMES } from "../judge/verdict.js";

const count = z.int().min(0);
const sentence = z.string().min(1);
const day = z.iso.date();

/** Number of cases, by outcome; `not-run` for those that were selected and have no result. */
const counts = z.partialRecord(z.enum([...OUTCOMES, "not-run"]), count);

/** Ids as reports list them: `2.1–2.6, 2.9`. */
const idList = z.string();

const evidence = z.strictObject({
  case: z.string(),
  because: sentence.optional(),
  /** What the peer said instead of opening the connection. */
  answer: z.string().optional(),
  /** The decisive lines of the wire log, at most eight, as in a run file. */
  wire: z.array(z.strictObject({ at: z.number(), entry: z.looseObject({ dir: z.string() }) })),
});

/** One fault of one role, as `findings` of a run file has it. */
const storedFinding = z.strictObject({
  /** Requirement, observation and role. */
  id: z.string(),
  /** Id of the requirement; null where no RFC demands it, as for a crash. */
  requirement: z.string().nullable(),
  observation: z.string(),
  severity: z.enum(["critical", "error", "warning", "note"]),
  outcome: z.enum(["fail", "non-strict", "informational"]),
  because: sentence,
  hint: sentence.optional(),
  cases: idList,
  /** On how many connections it was seen. */
  connections: count,
  evidence,
});

/** How a run against one role came out. */
const roleResult = z.strictObject({
  role: z.enum(["server", "client"]),
  over: z.enum(["http1", "http2"]),
  /** Version of the implementation. */
  version: z.string(),
  /** Everything that was installed for it, `name version`. */
  packages: z.array(z.string()),
  /** SHA-256 of the folder of the stack, hexadecimal: what was run. */
  folder: z.string(),
  suite: z.string(),
  /** SHA-256 of what was asked for: the cases and how they are judged. */
  set: z.string(),
  profile: z.enum(["modern", "autobahn"]),
  /** When the run began: UTC, ISO 8601. */
  startedAt: z.string(),
  seconds: z.number().min(0),
  /**
   * `tested` to the end; `cut` when its limit of time ran out: what was not played is `not-run`; `failed` when it could not
   * be built or started, or no connection opened.
   */
  status: z.enum(["tested", "cut", "failed"]),
  /** Why it was cut or failed. */
  because: sentence.optional(),
  /** By the number of the section, such as "7". */
  sections: z.record(z.string(), counts),
  /** Ids by outcome, without those that passed. */
  cases: z.partialRecord(z.enum([...OUTCOMES, "not-run"]), idList),
  findings: z.array(storedFinding),
});

/** What is remembered of an earlier version. */
const earlier = z.strictObject({
  role: z.enum(["server", "client"]),
  over: z.enum(["http1", "http2"]),
  version: z.string(),
  suite: z.string(),
  day,
  totals: counts,
  /** Ids of findings that are faults: requirement, observation and role. */
  findings: z.array(z.string()),
});

/** The file of one stack, `interop/results/stacks/<folder>.json`. */
export const stackResults = z.strictObject({
  stack: z.string(),
  roles: z.array(roleResult),
  history: z.array(earlier),
});

/**
 * Somebody looked at a finding: who is at fault, by which sentence, seen in which octets. Of a finding without one nobody
 * is accused: it is shown as unreviewed.
 */
const review = z.strictObject({
  role: z.enum(["server", "client"]),
  over: z.enum(["http1", "http2"]),
  /** Id of the finding. */
  finding: z.string(),
  /** `stack`: the implementation. `program`: our echo program. `suite`: ours is the mistake. `nobody`: it is allowed. */
  fault: z.enum(["stack", "program", "suite", "nobody"]),
  /** The section that decides, such as `RFC 6455 §5.1`. */
  by: z.string(),
  /** What it does, in a sentence. */
  says: sentence,
  /** The cases whose wire logs were read, and that it speaks of. */
  cases: idList,
  /** The version that was looked at. */
  version: z.string(),
  day,
});

/** The file of what was looked at, `interop/results/reviews/<folder>.json`. */
export const stackReviews = z.strictObject({ stack: z.string(), reviews: z.array(review) });

export type RoleResult = z.infer<typeof roleResult>;
export type StoredFinding = z.infer<typeof storedFinding>;
export type StackResults = z.infer<typeof stackResults>;
export type Review = z.infer<typeof review>;
export type StackReviews = z.infer<typeof stackReviews>;

/** What came of one scenario between a client and a server. */
const gridScenario = z.strictObject({
  scenario: z.string(),
  /** `unsupported`: one of the two says that it cannot do this. */
  outcome: z.enum(["works", "fails", "unsupported"]),
  /** Who is at fault, by the requirement; null where the octets do not tell. Absent unless it fails. */
  fault: z.enum(["client", "server", "both"]).nullable().optional(),
  requirement: z.string().optional(),
  because: sentence.optional(),
  /** Lines of the proxy's log, client to server `>`, server to client `<`; absent unless it fails. */
  wire: z.array(z.string()).optional(),
  /** What the proxy's linter found although the scenario worked: side and requirement. */
  offences: z
    .array(z.strictObject({ side: z.enum(["client", "server"]), requirement: z.string(), because: sentence }))
    .optional(),
});

/** `interop/results/grid.json`: every client against every server. */
export const gridResults = z.strictObject({
  day,
  suite: z.string(),
  /** Version by the name of the stack's folder. */
  clients: z.record(z.string(), z.string()),
  servers: z.record(z.string(), z.string()),
  /** What each scenario does, in a sentence, by its name. */
  scenarios: z.record(z.string(), sentence),
  pairs: z.array(
    z.strictObject({ client: z.string(), server: z.string(), scenarios: z.array(gridScenario) }),
  ),
});
export type GridResults = z.infer<typeof gridResults>;
export type GridScenario = z.infer<typeof gridScenario>;

/** Where a run through a proxy came out otherwise than the run without it. */
const proxyDifference = z.strictObject({
  case: z.string(),
  direct: z.string(),
  through: z.string(),
  because: sentence,
  evidence: evidence.optional(),
});

/** The file of one proxy with a good server behind it, `interop/results/proxies/<folder>.json`. */
export const proxyResults = z.strictObject({
  stack: z.string(),
  version: z.string(),
  /** What its front and its back speak, such as `HTTP/1.1` or `HTTP/2 to HTTP/1.1`. */
  path: z.string(),
  suite: z.string(),
  set: z.string(),
  startedAt: z.string(),
  status: z.enum(["tested", "cut", "failed"]),
  because: sentence.optional(),
  sections: z.record(z.string(), counts),
  /** Only what differs from the run against the same server without the proxy. */
  differences: z.array(proxyDifference),
  /** Beside the cases: half-close, data behind a refused upgrade, idle time-outs and so on; what was seen, in a sentence. */
  probes: z.array(
    z.strictObject({
      name: z.string(),
      outcome: z.enum(["kept", "changed", "broken", "unknown"]),
      seen: sentence,
      requirement: z.string().optional(),
    }),
  ),
});
export type ProxyResults = z.infer<typeof proxyResults>;
