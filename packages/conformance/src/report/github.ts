import type { RunEvent } from "../run/event.js";
import type { Severity } from "../run/finding.js";
import { escapeText } from "./escape.js";
import {
  findingCitation,
  findingEvidence,
  findingHint,
  findingPlaces,
  findingTitle,
} from "./finding-text.js";
import { downOf, findingsOf, headlineOf } from "./headline.js";
import type { ReportChunk, ReportContext } from "./reporter.js";
import { resultsOf, type PeerResults, type RunResults } from "./run-results.js";
import { peerName } from "./words.js";

/** GitHub shows this many annotations of a kind for each step, and drops the others. */
const SHOWN_OF_A_KIND = 10;

type Kind = "error" | "warning" | "notice";

const KINDS: Readonly<Record<Severity, Kind>> = {
  critical: "error",
  error: "error",
  warning: "warning",
  note: "notice",
};

interface Annotation {
  readonly kind: Kind;
  readonly title: string;
  readonly message: string;
}

/** Annotations for GitHub Actions: what was found, as workflow commands, a line each. */
export async function* githubReporter(
  events: AsyncIterable<RunEvent>,
  { source }: ReportContext,
): AsyncGenerator<ReportChunk> {
  const run = await resultsOf(events);
  if (run.start === null) return;
  const counts = new Map<Kind, number>();
  for (const peer of run.peers.values()) {
    for (const annotation of annotations(run, peer)) {
      const number = (counts.get(annotation.kind) ?? 0) + 1;
      counts.set(annotation.kind, number);
      if (number <= SHOWN_OF_A_KIND) yield { data: command(annotation, source) };
    }
  }
  if (run.peers.size === 0) {
    yield { data: command({ kind: "error", title: "Wireproof", message: "No peer was tested." }, source) };
  }
}

function annotations(run: RunResults, peer: PeerResults): readonly Annotation[] {
  const name = peerName(peer.agent, peer.url);
  const { standing, text } = headlineOf(run, peer);
  const headline: Annotation = {
    kind: standing === "conforms" || standing === "warned" ? "notice" : "error",
    title: name,
    message: [text, downOf(peer), ...peer.exits].filter((part) => part !== null).join("\n"),
  };
  const findings = findingsOf(peer).map((finding): Annotation => {
    const citation = findingCitation(finding);
    const hint = findingHint(finding);
    return {
      kind: finding.known === undefined ? KINDS[finding.severity] : "notice",
      title: citation === "" ? name : `${citation}: ${name}`,
      message: [
        findingTitle(finding),
        findingPlaces(finding, run.ids),
        ...(hint === undefined ? [] : [hint]),
        ...findingEvidence(finding),
      ].join("\n"),
    };
  });
  return [headline, ...findings];
}

/** `::error file=…,title=…::message`, with what would end a property or the line escaped as the runner reads it back. */
function command({ kind, title, message }: Annotation, source: string | undefined): string {
  const properties = [
    ...(source === undefined ? [] : [`file=${property(source)}`, "line=1"]),
    `title=${property(title)}`,
  ];
  const text = message.split("\n").map(escapeText).join("\n");
  return `::${kind} ${properties.join(",")}::${data(text)}\n`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(escapeText(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
