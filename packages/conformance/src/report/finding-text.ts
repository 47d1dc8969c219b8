import { cut, escapeText } from "./escape.js";
import type { FindingEvidence, PeerFinding } from "../run/finding.js";
import { listIds } from "./layout.js";
import { citationLine } from "./requirement-text.js";
import { wireLine } from "./text.js";
import { count } from "./words.js";

/** Characters shown of a sentence: it may quote what the peer sent. */
const SENTENCE_LIMIT = 400;

/** What the peer did, as a sentence. Safe to show, as everything here. */
export function findingTitle({ because }: PeerFinding): string {
  const text = escapeText(cut(because.trim(), SENTENCE_LIMIT));
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;
}

/** `RFC 6455 §5.5.1 MUST`; empty where no RFC demands it. */
export function findingCitation({ requirement }: PeerFinding): string {
  return requirement === null ? "" : escapeText(citationLine(requirement));
}

/** Where it was seen, such as `In 3 cases, first in 1.1.1: 1.1.1, 1.1.2, 2.1.` `ids`: the cases of the run in their order. */
export function findingPlaces(finding: PeerFinding, ids: readonly string[]): string {
  const known = knownText(finding);
  return known === undefined ? placesOf(finding, ids) : `${placesOf(finding, ids)} ${known}`;
}

function placesOf({ cases, connections, first, observation }: PeerFinding, ids: readonly string[]): string {
  if (observation === "unreachable") return "No connection opened, so no case was played.";
  const start = escapeText(first);
  if (cases.length === 0) {
    const where = connections === 1 ? `On one connection, in ${start}` : seenOften(connections, start);
    return `${where}. No case is about it.`;
  }
  if (cases.length === 1 && cases[0] === first) return `In ${start}.`;
  return `In ${count(cases.length, "case")}, first in ${start}: ${escapeText(listIds(cases, ids))}.`;
}

function seenOften(connections: number, first: string): string {
  return `On ${connections} connections, first in ${first}`;
}

/** That a baseline accepts it, and why; undefined if none does. */
export function knownText({ known }: Pick<PeerFinding, "known">): string | undefined {
  if (known === undefined) return undefined;
  const { reason, issue, expires } = known;
  const about = [
    ...(issue === undefined ? [] : [issue]),
    ...(expires === undefined ? [] : [`accepted until ${expires}`]),
  ];
  const more = about.length === 0 ? "" : ` (${about.join(", ")})`;
  return escapeText(cut(`Known: ${reason.replace(/\.$/, "")}${more}.`, SENTENCE_LIMIT));
}

/** How to mend it; undefined where nothing of use is known. */
export function findingHint({ hint }: PeerFinding): string | undefined {
  return hint === undefined ? undefined : escapeText(cut(hint, 2 * SENTENCE_LIMIT));
}

/**
 * The decisive lines of the wire log; of a peer that never opened a connection, what it said. The id of a finding ends with
 * the role of the peer.
 */
export function findingEvidence({ id, evidence, observation }: PeerFinding): readonly string[] {
  if (observation === "unreachable") return answerLines(evidence);
  const role = id.endsWith("/client") ? "server" : "client";
  return evidence.wire.map(({ entry }) => wireLine(entry, { role }));
}

/** Lines of an answer that refuses, or of what is no answer of HTTP. */
const ANSWER_LINES = 8;

/** What a peer said instead of opening the connection, in a few lines; empty if it said nothing. */
export function answerLines({ answer = "" }: FindingEvidence): readonly string[] {
  const said = answer.split(/\r?\n/).filter((line) => line.trim() !== "");
  return said.slice(0, ANSWER_LINES).map((line) => `< ${escapeText(cut(line, SENTENCE_LIMIT))}`);
}

/** The address of a requirement, if it is one of the RFC editor: a run file may say anything. */
export function safeLink(link: string): string | null {
  return /^https:\/\/(www\.rfc-editor\.org|datatracker\.ietf\.org)\/[\w./#-]*$/.test(link) ? link : null;
}
