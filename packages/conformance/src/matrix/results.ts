/**
 * What is kept of the runs against all stacks, `interop/results`: a file a stack, small enough for a repository, with
 * counts for each section and the evidence of each finding. `wireproof matrix run` writes it, `wireproof matrix site`
 * reads it and nothing else.
 */
import { z } from "zod";

import { OUTCOMES, type FaultOutcome, type Outcome } from "../judge/verdict.js";
import type { Profile } from "../record/record.js";
import type { WireEntry } from "../record/wire-log.js";
import { wireEntrySchema } from "../report/run-event-schema.js";
import { SEVERITIES, type Severity } from "../run/finding.js";

export const ROLES = ["server", "client"] as const;
export type Role = (typeof ROLES)[number];
/** HTTP/1.1 with or without TLS; or TLS and HTTP/2 (RFC 8441). */
export const VERSIONS_OF_HTTP = ["http1", "http2"] as const;
export type HttpVersion = (typeof VERSIONS_OF_HTTP)[number];

/** Number of cases, by outcome; `not-run` for those that were selected and have no result. */
export type Counts = Readonly<Partial<Record<Outcome | "not-run", number>>>;

/** What shows a finding. */
export interface StoredEvidence {
  readonly case: string;
  readonly because?: string;
  /** What the peer said instead of opening the connection. */
  readonly answer?: string;
  /** The decisive lines of the wire log, at most eight, as in a run file. */
  readonly wire: readonly { readonly at: number; readonly entry: WireEntry }[];
}

/** One fault of one role, as `findings` of a run file has it. */
export interface StoredFinding {
  /** Requirement, observation and role. */
  readonly id: string;
  /** Id of the requirement; null where no RFC demands it, as for a crash. */
  readonly requirement: string | null;
  readonly observation: string;
  readonly severity: Severity;
  readonly outcome: FaultOutcome;
  readonly because: string;
  readonly hint?: string;
  /** Ids as `2.1–2.6, 2.9`; empty where no case is about it. */
  readonly cases: string;
  /** On how many connections it was seen. */
  readonly connections: number;
  readonly evidence: StoredEvidence;
}

/** How a run against one role came out. */
export interface RoleResult {
  readonly role: Role;
  readonly over: HttpVersion;
  /** Version of the implementation. */
  readonly version: string;
  /** Everything that was installed for it, `name version`. */
  readonly packages: readonly string[];
  /** SHA-256 of what was used of the folder of the stack, hexadecimal: what was run. */
  readonly folder: string;
  readonly suite: string;
  /** SHA-256 of what was asked for: the cases and how they are judged. */
  readonly set: string;
  readonly profile: Profile;
  /** When the run began: UTC, ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  /**
   * `tested` to the end; `cut` when a limit ended it, or when it went away for good: what was not played is `not-run`;
   * `failed` when it could not be built or started, or no connection opened.
   */
  readonly status: "tested" | "cut" | "failed";
  /** Why it was cut or failed. */
  readonly because?: string;
  /** By the number of the section, such as "7". */
  readonly sections: Readonly<Record<string, Counts>>;
  /** Ids by outcome, without those that passed, as `2.1–2.6, 2.9`. */
  readonly cases: Readonly<Partial<Record<Outcome | "not-run", string>>>;
  readonly findings: readonly StoredFinding[];
}

/** What is remembered of an earlier version. */
export interface EarlierResult {
  readonly role: Role;
  readonly over: HttpVersion;
  readonly version: string;
  readonly suite: string;
  readonly day: string;
  readonly totals: Counts;
  /** Ids of findings that are faults: requirement, observation and role. */
  readonly findings: readonly string[];
}

/** The file of one stack, `interop/results/stacks/<folder>.json`. */
export interface StackResults {
  readonly stack: string;
  readonly roles: readonly RoleResult[];
  readonly history: readonly EarlierResult[];
}

/**
 * Somebody looked at a finding: who is at fault, by which sentence, seen in which octets. Of a finding without one nobody
 * is accused: it is shown as unreviewed.
 */
export interface Review {
  readonly role: Role;
  readonly over: HttpVersion;
  /** Id of the finding. */
  readonly finding: string;
  /** `stack`: the implementation. `program`: our program that uses it. `suite`: ours is the mistake. `nobody`: it is allowed. */
  readonly fault: "stack" | "program" | "suite" | "nobody";
  /** The section that decides, such as `RFC 6455 §5.1`. */
  readonly by: string;
  /** What it does, in a sentence. */
  readonly says: string;
  /** The cases whose wire logs were read, and that it speaks of. */
  readonly cases: string;
  /** The version that was looked at. */
  readonly version: string;
  readonly day: string;
}

/** The same of what a stack did in the interop grid. It speaks of every pair in which the stack broke this in these scenarios. */
export interface GridReview {
  /** Which side of the pair the stack was. */
  readonly role: Role;
  /** The requirement that the grid names; null where it names none. */
  readonly requirement: string | null;
  /** Names of the scenarios whose octets were read. */
  readonly scenarios: readonly string[];
  readonly fault: Review["fault"];
  /** The section that decides; absent where no RFC speaks of it. */
  readonly by?: string;
  readonly says: string;
  readonly version: string;
  readonly day: string;
}

/** The file of what was looked at, `interop/results/reviews/<folder>.json`. */
export interface StackReviews {
  readonly stack: string;
  readonly reviews: readonly Review[];
  readonly grid?: readonly GridReview[];
}

/** What came of one scenario between a client and a server. */
export interface GridScenario {
  readonly scenario: string;
  /** `unsupported`: one of the two says that it cannot do this. */
  readonly outcome: "works" | "fails" | "unsupported";
  /** Who is at fault, by the requirement; null where the octets do not tell. Absent unless it fails. */
  readonly fault?: "client" | "server" | "both" | null;
  readonly requirement?: string;
  /** Why it fails or is not supported; of one that works, what is unusual about it and allowed. */
  readonly because?: string;
  /** Lines of the proxy's log, client to server `>`, server to client `<`; absent unless it fails. */
  readonly wire?: readonly string[];
  /**
   * What the proxy's linter found although the scenario worked. Where it failed because both sides sent what they may never
   * send: what the second one sent.
   */
  readonly offences?: readonly {
    readonly side: "client" | "server";
    readonly requirement: string;
    readonly because: string;
  }[];
}

/** `interop/results/grid.json`: every client against every server. */
export interface GridResults {
  readonly day: string;
  readonly suite: string;
  /** Version by the name of the stack's folder. */
  readonly clients: Readonly<Record<string, string>>;
  readonly servers: Readonly<Record<string, string>>;
  /** What was run: changes with a program, with what is installed for it, and with the suite. By the names of the folders. */
  readonly programs?: {
    readonly clients: Readonly<Record<string, string>>;
    readonly servers: Readonly<Record<string, string>>;
  };
  /** What each scenario does, in a sentence, by its name. */
  readonly scenarios: Readonly<Record<string, string>>;
  readonly pairs: readonly {
    readonly client: string;
    readonly server: string;
    readonly scenarios: readonly GridScenario[];
  }[];
}

/** The file of one proxy with a good server behind it, `interop/results/proxies/<folder>.json`. */
export interface ProxyResults {
  readonly stack: string;
  readonly version: string;
  /** What its front and its back speak, such as `HTTP/1.1` or `HTTP/2 to HTTP/1.1`. */
  readonly path: string;
  /** SHA-256 of what was used of the folder of the stack, hexadecimal. */
  readonly folder: string;
  readonly suite: string;
  readonly set: string;
  readonly startedAt: string;
  readonly status: "tested" | "cut" | "failed";
  readonly because?: string;
  readonly sections: Readonly<Record<string, Counts>>;
  /** Only what differs from the run against the same server without the proxy. */
  readonly differences: readonly {
    readonly case: string;
    readonly direct: string;
    readonly through: string;
    readonly because: string;
    readonly evidence?: StoredEvidence;
  }[];
  /** Beside the cases: half-close, data behind a refused upgrade, idle time-outs and so on; what was seen, in a sentence. */
  readonly probes: readonly {
    readonly name: string;
    readonly outcome: "kept" | "changed" | "broken" | "unknown";
    readonly seen: string;
    readonly requirement?: string;
  }[];
}

const count = z.int().min(0);
const sentence = z.string().min(1);
const day = z.iso.date();
const counts = z.partialRecord(z.enum([...OUTCOMES, "not-run"]), count);
const idList = z.string();
const role = z.enum(ROLES);
const over = z.enum(VERSIONS_OF_HTTP);
const status = z.enum(["tested", "cut", "failed"]);

const evidence = z.strictObject({
  case: z.string(),
  because: sentence.exactOptional(),
  answer: z.string().exactOptional(),
  wire: z.array(z.strictObject({ at: z.number(), entry: wireEntrySchema })),
});

const finding = z.strictObject({
  id: z.string(),
  requirement: z.string().nullable(),
  observation: z.string(),
  severity: z.enum(SEVERITIES),
  outcome: z.enum(["fail", "non-strict", "informational"]),
  because: sentence,
  hint: sentence.exactOptional(),
  cases: idList,
  connections: count,
  evidence,
});

const roleResult = z.strictObject({
  role,
  over,
  version: z.string(),
  packages: z.array(z.string()),
  folder: z.string(),
  suite: z.string(),
  set: z.string(),
  profile: z.enum(["modern", "autobahn"]),
  startedAt: z.string(),
  seconds: z.number().min(0),
  status,
  because: sentence.exactOptional(),
  sections: z.record(z.string(), counts),
  cases: z.partialRecord(z.enum([...OUTCOMES, "not-run"]), idList),
  findings: z.array(finding),
});

const earlier = z.strictObject({
  role,
  over,
  version: z.string(),
  suite: z.string(),
  day,
  totals: counts,
  findings: z.array(z.string()),
});

const fault = z.enum(["stack", "program", "suite", "nobody"]);

const review = z.strictObject({
  role,
  over,
  finding: z.string(),
  fault,
  by: z.string(),
  says: sentence,
  cases: idList,
  version: z.string(),
  day,
});

const gridReview = z.strictObject({
  role,
  requirement: z.string().nullable(),
  scenarios: z.array(z.string()).min(1),
  fault,
  by: z.string().exactOptional(),
  says: sentence,
  version: z.string(),
  day,
});

const gridScenario = z.strictObject({
  scenario: z.string(),
  outcome: z.enum(["works", "fails", "unsupported"]),
  fault: z.enum(["client", "server", "both"]).nullable().exactOptional(),
  requirement: z.string().exactOptional(),
  because: sentence.exactOptional(),
  wire: z.array(z.string()).exactOptional(),
  offences: z
    .array(z.strictObject({ side: z.enum(["client", "server"]), requirement: z.string(), because: sentence }))
    .exactOptional(),
});

export const stackResults: z.ZodType<StackResults> = z.strictObject({
  stack: z.string(),
  roles: z.array(roleResult),
  history: z.array(earlier),
});

export const stackReviews: z.ZodType<StackReviews> = z.strictObject({
  stack: z.string(),
  reviews: z.array(review),
  grid: z.array(gridReview).exactOptional(),
});

export const gridResults: z.ZodType<GridResults> = z.strictObject({
  day,
  suite: z.string(),
  clients: z.record(z.string(), z.string()),
  servers: z.record(z.string(), z.string()),
  programs: z
    .strictObject({ clients: z.record(z.string(), z.string()), servers: z.record(z.string(), z.string()) })
    .exactOptional(),
  scenarios: z.record(z.string(), sentence),
  pairs: z.array(
    z.strictObject({ client: z.string(), server: z.string(), scenarios: z.array(gridScenario) }),
  ),
});

export const proxyResults: z.ZodType<ProxyResults> = z.strictObject({
  stack: z.string(),
  version: z.string(),
  path: z.string(),
  folder: z.string(),
  suite: z.string(),
  set: z.string(),
  startedAt: z.string(),
  status,
  because: sentence.exactOptional(),
  sections: z.record(z.string(), counts),
  differences: z.array(
    z.strictObject({
      case: z.string(),
      direct: z.string(),
      through: z.string(),
      because: sentence,
      evidence: evidence.exactOptional(),
    }),
  ),
  probes: z.array(
    z.strictObject({
      name: z.string(),
      outcome: z.enum(["kept", "changed", "broken", "unknown"]),
      seen: sentence,
      requirement: z.string().exactOptional(),
    }),
  ),
});
