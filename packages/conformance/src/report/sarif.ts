import { createHash } from "node:crypto";
import { OBSERVATIONS } from "../judge/observation.js";
import type { CaseInfo, RunEvent } from "../run/event.js";
import type { PeerFinding, Severity } from "../run/finding.js";
import { escapeText, safeJson } from "./escape.js";
import {
  findingCitation,
  findingEvidence,
  findingHint,
  findingPlaces,
  findingTitle,
  knownText,
  safeLink,
} from "./finding-text.js";
import { findingsOf, isNeverOpened } from "./headline.js";
import type { ReportChunk, ReportContext } from "./reporter.js";
import {
  isUnexpected,
  resultsOf,
  type CaseResult,
  type PeerResults,
  type RunResults,
} from "./run-results.js";
import { peerName } from "./words.js";

const HOME = "https://github.com/wireproof/wireproof";

type Level = "error" | "warning" | "note";

const LEVELS: Readonly<Record<Severity, Level>> = {
  critical: "error",
  error: "error",
  warning: "warning",
  note: "note",
};

/** GitHub calls 9.0 and more critical, 7.0 high, 4.0 medium. A note has none. */
const SECURITY_SEVERITIES: Readonly<Record<Severity, string | undefined>> = {
  critical: "9.0",
  error: "7.0",
  warning: "4.0",
  note: undefined,
};

/** A rule as SARIF has it (§3.49), with what decides its level. */
interface Rule {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly help: string;
  readonly link: string | null;
  readonly severity: Severity;
}

/** A result (§3.27) before its rule has a place in the list. */
interface Result {
  readonly rule: Rule;
  readonly level: Level;
  readonly message: string;
  /** The same in every run. */
  readonly fingerprint: string;
  /** Why a baseline accepts it. */
  readonly accepted?: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * SARIF 2.1.0 for code scanning: a result for everything that was found, under the requirement that was broken, and one
 * for each unexpected case that no finding names, under the case. Every result needs a place: the file of the project
 * that the user named, or else the run file.
 */
export async function* sarifReporter(
  events: AsyncIterable<RunEvent>,
  { source }: ReportContext,
): AsyncGenerator<ReportChunk> {
  const run = await resultsOf(events);
  if (run.start === null) return;
  yield { data: `${safeJson(log(run, source ?? "run.ndjson"), 2)}\n` };
}

function log(run: RunResults, place: string): unknown {
  const peers = [...run.peers.values()];
  const results = peers.flatMap((peer) => peerResults(run, peer, peers.length > 1));
  const rules = new Map<string, Rule>();
  for (const { rule } of results) {
    const known = rules.get(rule.id);
    if (known === undefined || isWorse(rule.severity, known.severity)) rules.set(rule.id, rule);
  }
  const indexes = new Map([...rules.keys()].map((id, index) => [id, index]));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "Wireproof",
            informationUri: HOME,
            version: run.start?.suite ?? "",
            rules: [...rules.values()].map(reportingDescriptor),
          },
        },
        automationDetails: {
          id: `wireproof/${run.start?.config.role === "server" ? "clients" : "servers"}/`,
        },
        invocations: [invocation(run)],
        results: results.map((result) => resultObject(result, indexes.get(result.rule.id) ?? 0, place)),
      },
    ],
  };
}

const ORDER: readonly Severity[] = ["note", "warning", "error", "critical"];

function isWorse(one: Severity, other: Severity): boolean {
  return ORDER.indexOf(one) > ORDER.indexOf(other);
}

/** With several peers, the name keeps apart what two of them do. */
function peerResults(run: RunResults, peer: PeerResults, isOneOfMany: boolean): readonly Result[] {
  const name = peerName(peer.agent, peer.url);
  const suffix = isOneOfMany ? ` ${peer.agent ?? peer.url}` : "";
  // That nothing could be tested is about the run: the invocation says it.
  const findings = findingsOf(peer).filter((finding) => !isNeverOpened(finding));
  const named = new Set(findings.flatMap(({ cases }) => cases));
  const cases = run.resultsOf(peer).filter((result) => isUnexpected(result) && !named.has(result.id));
  return [
    ...findings.map((finding) => findingResult(run, finding, name, suffix)),
    ...cases.map((result) => caseResult(run.infos.get(result.id), result, name, suffix)),
  ];
}

function findingResult(run: RunResults, finding: PeerFinding, peer: string, suffix: string): Result {
  const { id, severity, observation, connections, cases } = finding;
  const hint = findingHint(finding);
  const known = knownText(finding);
  return {
    rule: findingRule(finding),
    level: LEVELS[severity],
    message: [
      `${findingTitle(finding)} (${peer})`,
      findingPlaces(finding, run.ids),
      ...(hint === undefined ? [] : [hint]),
      ...findingEvidence(finding),
    ].join("\n"),
    fingerprint: `${id}${suffix}`,
    ...(known === undefined ? {} : { accepted: known }),
    properties: { peer, observation, severity, connections, cases: cases.map(escapeText) },
  };
}

/** The requirement, or the kind of thing where no RFC demands it. */
function findingRule(finding: PeerFinding): Rule {
  const { requirement, observation, severity } = finding;
  if (requirement === null) {
    const text = `The peer ${OBSERVATIONS.get(observation) ?? observation}.`;
    return { id: escapeText(observation), name: text, text, help: text, link: null, severity };
  }
  const text = escapeText(requirement.text);
  return {
    id: escapeText(requirement.id),
    name: findingCitation(finding),
    text,
    help: `${findingCitation(finding)}: ${text}`,
    link: safeLink(requirement.link),
    severity,
  };
}

function caseResult(info: CaseInfo | undefined, result: CaseResult, peer: string, suffix: string): Result {
  const { id, outcome, closing, because, closingBecause } = result;
  const rule: Rule = {
    id: escapeText(id),
    name: escapeText(info?.title ?? id),
    text: escapeText(info?.description ?? id),
    help: escapeText(info?.expectation ?? ""),
    link: safeLink(info?.requirements[0]?.link ?? ""),
    severity: "error",
  };
  return {
    rule,
    level: "error",
    message: `${escapeText(because)} ${escapeText(closingBecause)} (${peer})`,
    fingerprint: `${id}/${outcome}/${closing}${suffix}`,
    properties: { peer, outcome, closing },
  };
}

function reportingDescriptor({ id, name, text, help, link, severity }: Rule): unknown {
  const security = SECURITY_SEVERITIES[severity];
  return {
    id,
    shortDescription: { text: name === "" ? id : name },
    fullDescription: { text: text === "" ? id : text },
    help: { text: help === "" ? text : help },
    ...(link === null ? {} : { helpUri: link }),
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      tags: ["websocket", "conformance", ...(security === undefined ? [] : ["security"])],
      ...(security === undefined ? {} : { "security-severity": security }),
    },
  };
}

function resultObject(result: Result, ruleIndex: number, place: string): unknown {
  const { rule, level, message, fingerprint, properties, accepted } = result;
  const digest = createHash("sha256").update(fingerprint).digest("hex").slice(0, 32);
  return {
    ruleId: rule.id,
    ruleIndex,
    level,
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(place) }, region: { startLine: 1 } } }],
    // GitHub compares this name of a fingerprint only.
    partialFingerprints: {
      "wireproofFinding/v1": escapeText(fingerprint),
      primaryLocationLineHash: `${digest}:1`,
    },
    // A baseline accepts it (§3.35).
    ...(accepted === undefined ? {} : { suppressions: [{ kind: "external", justification: accepted }] }),
    properties,
  };
}

/** What kept a peer from being judged is about the run, not about code (§3.20.21). */
function invocation(run: RunResults): unknown {
  const { start, totals } = run;
  const notes = [...run.peers.values()].flatMap((peer) => {
    const notRun = run.notRunOf(peer).length;
    return [
      ...[peer.down, ...peer.exits].flatMap((because) => (because === null ? [] : [escapeText(because)])),
      ...(notRun === 0
        ? []
        : [`${peerName(peer.agent, peer.url)}: ${notRun} of ${run.ids.length} cases have no result.`]),
    ];
  });
  const began = Date.parse(start?.startedAt ?? "");
  const hasTimes = Number.isFinite(began) && totals !== null;
  return {
    executionSuccessful: totals !== null && !totals.interrupted && notes.length === 0 && run.peers.size > 0,
    ...(hasTimes
      ? {
          startTimeUtc: new Date(began).toISOString(),
          endTimeUtc: new Date(began + Math.round(totals.durationMs)).toISOString(),
        }
      : {}),
    toolExecutionNotifications: notes.map((text) => ({ level: "error", message: { text } })),
  };
}

/** A path as a relative reference (RFC 3986 §4.2); an absolute one as a file URI. */
function uriOf(path: string): string {
  const parts = path
    .replaceAll("\\", "/")
    .split("/")
    .map((part) => encodeURIComponent(part));
  const joined = parts.join("/").replace(/^(?:\.\/)+/, "");
  return joined.startsWith("/") ? `file://${joined}` : joined;
}
