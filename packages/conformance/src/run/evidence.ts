import type { HandshakeRecord } from "../record/record.js";
import { isCarriage, type WireEntry } from "../record/wire-log.js";
import { EVIDENCE_LINES, type FindingEvidence } from "./finding.js";

type Line = FindingEvidence["wire"][number];

/** So many octets of a payload are kept: no line of a report shows more. */
const KEPT_OCTETS = 64;
/** So much of an answer that refuses is kept, and of the octets of something that is no HTTP. */
const KEPT_ANSWER = 4096;

/** Flow control (RFC 9113 §5.2, §6.9): the frames that carry WebSocket are the matter itself. */
const FLOW_CONTROL = /^9113-6\.9/;

/** The wire log of a connection on its way: what a finding may need of it. */
export class EvidenceLines {
  readonly #lines: Line[] = [];
  /** Those of HTTP/2 alone: what took room in a window, and what made it. */
  readonly #ofWindows: Line[] = [];
  #count = 0;
  /** The first octets that came, as text of one octet a character. */
  #banner = "";

  see(at: number, entry: WireEntry): void {
    if ("octets" in entry) {
      if (entry.dir === "<" && this.#count === 0 && this.#banner.length < KEPT_ANSWER)
        this.#banner += Buffer.from(entry.hex, "hex").toString("latin1");
      return;
    }
    if ("http2" in entry) keep(this.#ofWindows, { at, entry });
    // The frames of WebSocket say it better than those of HTTP/2 that carry them.
    if (isCarriage(entry)) return;
    // What was waited for shows when it comes, or when its time is over.
    if ("timer" in entry && entry.phase === "set") return;
    this.#count++;
    keep(this.#lines, { at, entry: trimmed(entry) });
  }

  /** How long the whole log is: the shorter, the clearer. */
  get count(): number {
    return this.#count;
  }

  /** The last lines, as they show whether the requirement was kept; undefined: of no requirement. */
  wireFor(requirement: string | undefined): readonly Line[] {
    return requirement !== undefined && FLOW_CONTROL.test(requirement) ? this.#ofWindows : this.#lines;
  }

  get banner(): string {
    return this.#banner;
  }
}

/** What the peer said instead of opening the connection; undefined if it said nothing. */
export function refusalText({ response, body }: HandshakeRecord, banner: string): string | undefined {
  const said =
    response === null ? banner : `${response.trimEnd()}${body === undefined ? "" : `\r\n\r\n${body}`}`;
  return said === "" ? undefined : said.slice(0, KEPT_ANSWER);
}

function keep(lines: Line[], line: Line): void {
  lines.push(line);
  if (lines.length > EVIDENCE_LINES) lines.shift();
}

function trimmed(entry: WireEntry): WireEntry {
  if (!("frame" in entry)) return entry;
  return { ...entry, frame: { ...entry.frame, payload: entry.frame.payload.slice(0, 2 * KEPT_OCTETS) } };
}
