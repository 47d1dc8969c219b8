import type { HandshakeRecord } from "../record/record.js";
import { isCarriage, type WireEntry } from "../record/wire-log.js";
import { EVIDENCE_LINES, type FindingEvidence } from "./finding.js";

type Line = FindingEvidence["wire"][number];

/** So many octets of a payload are kept: no line of a report shows more. */
const KEPT_OCTETS = 64;
/** So much of an answer that refuses is kept, and of the octets of something that is no HTTP. */
const KEPT_ANSWER = 4096;

/** The wire log of a connection on its way: what a finding may need of it. */
export class EvidenceLines {
  readonly #lines: Line[] = [];
  #count = 0;
  /** The first octets that came, as text of one octet a character. */
  #banner = "";

  see(at: number, entry: WireEntry): void {
    if ("octets" in entry) {
      if (entry.dir === "<" && this.#count === 0 && this.#banner.length < KEPT_ANSWER)
        this.#banner += Buffer.from(entry.hex, "hex").toString("latin1");
      return;
    }
    // The frames of WebSocket say it better than those of HTTP/2 that carry them.
    if (isCarriage(entry)) return;
    // What was waited for shows when it comes, or when its time is over.
    if ("timer" in entry && entry.phase === "set") return;
    this.#count++;
    this.#lines.push({ at, entry: trimmed(entry) });
    if (this.#lines.length > EVIDENCE_LINES) this.#lines.shift();
  }

  /** How long the whole log is: the shorter, the clearer. */
  get count(): number {
    return this.#count;
  }

  get wire(): readonly Line[] {
    return this.#lines;
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

function trimmed(entry: WireEntry): WireEntry {
  if (!("frame" in entry)) return entry;
  return { ...entry, frame: { ...entry.frame, payload: entry.frame.payload.slice(0, 2 * KEPT_OCTETS) } };
}
