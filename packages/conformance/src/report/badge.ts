import type { RunEvent } from "../run/event.js";
import { safeJson } from "./escape.js";
import { findingsOf, headlineOf, isGrave, type Standing } from "./headline.js";
import type { ReportChunk } from "./reporter.js";
import { isUnexpected, resultsOf, type PeerResults, type RunResults } from "./run-results.js";
import { count } from "./words.js";
import { xmlText } from "./xml.js";

const LABEL = "WebSocket conformance";

/** Names of colours as shields.io knows them, and the same for the image. */
const COLOURS: Readonly<Record<Standing, readonly [name: string, code: string]>> = {
  conforms: ["brightgreen", "#37800a"],
  warned: ["yellow", "#8a6d00"],
  incomplete: ["lightgrey", "#6a6a6a"],
  breaks: ["red", "#c03525"],
};

/** What a badge says, and in which colour. */
export interface Badge {
  readonly standing: Standing;
  readonly message: string;
}

/**
 * For each peer a JSON document for the endpoint badge of shields.io, and the same as an image that needs no service:
 * `badge.json` and `badge.svg`, and of several peers `badge-2.json` and so on, in the order of the run.
 */
export async function* badgeReporter(events: AsyncIterable<RunEvent>): AsyncGenerator<ReportChunk> {
  const run = await resultsOf(events);
  if (run.start === null) return;
  const peers = [...run.peers.values()];
  const badges = peers.length === 0 ? [NOTHING] : peers.map((peer) => badgeOf(run, peer));
  for (const [index, badge] of badges.entries()) {
    const name = index === 0 ? "badge" : `badge-${index + 1}`;
    yield { path: `${name}.json`, data: `${safeJson(endpoint(badge), 2)}\n` };
    yield { path: `${name}.svg`, data: badgeSvg(badge) };
  }
}

const NOTHING: Badge = { standing: "incomplete", message: "not tested" };

function badgeOf(run: RunResults, peer: PeerResults): Badge {
  const { standing } = headlineOf(run, peer);
  return { standing, message: MESSAGES[standing](run, peer) };
}

const MESSAGES: Readonly<Record<Standing, (run: RunResults, peer: PeerResults) => string>> = {
  breaks: (run, peer) => {
    const grave = findingsOf(peer).filter(isGrave).length;
    if (grave > 0) return count(grave, "fault");
    const failed = run.resultsOf(peer).filter((result) => isUnexpected(result)).length;
    return failed === 0 ? "its process ended" : `${count(failed, "case")} failed`;
  },
  incomplete: () => "not tested completely",
  warned: (run, peer) => `${peer.results.size} of ${count(run.ids.length, "case")}, with warnings`,
  conforms: (run, peer) => `${peer.results.size} of ${count(run.ids.length, "case")}`,
};

/** What shields.io reads from an endpoint. */
function endpoint({ standing, message }: Badge): unknown {
  return {
    schemaVersion: 1,
    label: LABEL,
    message,
    color: COLOURS[standing][0],
    isError: standing === "breaks" || standing === "incomplete",
  };
}

/** Width of a character at 11 pixels, about; `textLength` makes the text exactly as wide as its half. */
const CHARACTER = 6.6;
const PADDING = 6;

/** The badge as an image that needs no service. */
export function badgeSvg({ standing, message }: Badge): string {
  const left = widthOf(LABEL);
  const right = widthOf(message);
  const text = xmlText(message);
  const title = `${LABEL}: ${text}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${title}">
  <title>${title}</title>
  <clipPath id="r"><rect width="${left + right}" height="20" rx="3"/></clipPath>
  <g clip-path="url(#r)">
    <rect width="${left}" height="20" fill="#444"/>
    <rect x="${left}" width="${right}" height="20" fill="${COLOURS[standing][1]}"/>
  </g>
  <g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">
    ${label(LABEL, left / 2, left)}
    ${label(text, left + right / 2, right)}
  </g>
</svg>
`;
}

function widthOf(text: string): number {
  return Math.round(text.length * CHARACTER) + 2 * PADDING;
}

function label(text: string, middle: number, width: number): string {
  return `<text x="${middle}" y="14" textLength="${width - 2 * PADDING}">${text}</text>`;
}
