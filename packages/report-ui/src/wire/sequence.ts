import { isCarriage, saidOf, type FrameView, type PageDetail, type PageWire } from "wireproof/page";
import { count } from "../model/text.js";
import { firstLine, frameManner, frameMarks, frameText, http2Text, remarkText } from "./entry-text.js";
import { offences, type Offence } from "./offences.js";
import { octetsOf, opcodeName } from "./octets.js";

/** A line of the diagram, at its place. */
export interface SequenceLine {
  readonly kind: "sent" | "received" | "remark" | "violation" | "gap" | "end";
  /** Index of the entry in the wire log; -1 for what is no entry. */
  readonly index: number;
  readonly y: number;
  readonly atMicros: number;
  /** Such as TEXT; empty for what is no frame. */
  readonly name: string;
  readonly marks: readonly string[];
  readonly text: string;
  readonly note: string;
  readonly offence?: Offence;
  readonly opcode?: number;
}

export interface Sequence {
  readonly lines: readonly SequenceLine[];
  readonly height: number;
  /** Pixels a millisecond; 0 if nothing was worth drawing to scale. */
  readonly scale: number;
  /** Frames that were left out. */
  readonly hidden: number;
}

const TOP = 34;
const LINE = 34;
const SMALL_LINE = 30;
/** Room for the words under an arrow that say what is wrong. */
const OFFENCE = 12;
/** All waits together are not drawn longer than this, and only those that are long enough to be seen. */
const WAITS = 420;
const LONGEST_WAIT = 200;
/** Pixels a millisecond, at most: a wait of a few milliseconds is nothing to look at. */
const SHORT_WAITS = 3;
const SEEN = 6;
const FIRST_SHOWN = 80;
const LAST_SHOWN = 24;

/** Lays a wire log out: tester left, peer right, time downwards, long waits to scale. */
export function layOut(detail: PageDetail, showAll: boolean): Sequence {
  const all = linesOf(detail);
  const isLong = !showAll && all.length > FIRST_SHOWN + LAST_SHOWN + 8;
  const hidden = isLong ? all.length - FIRST_SHOWN - LAST_SHOWN : 0;
  const shown = isLong ? [...all.slice(0, FIRST_SHOWN), gapLine(hidden), ...all.slice(-LAST_SHOWN)] : all;
  const scale = scaleOf(shown);
  let y = TOP;
  let before = shown[0]?.atMicros ?? 0;
  const lines = shown.map((line): SequenceLine => {
    const wait = line.kind === "gap" ? 0 : ((line.atMicros - before) / 1000) * scale;
    y += wait >= SEEN ? wait : 0;
    if (line.kind !== "gap") before = line.atMicros;
    const placed = { ...line, y };
    y += (line.kind === "remark" ? SMALL_LINE : LINE) + (line.offence === undefined ? 0 : OFFENCE);
    return placed;
  });
  return { lines, height: y + 8, scale, hidden };
}

type Unplaced = Omit<SequenceLine, "y">;

function linesOf({ wire, end }: PageDetail): Unplaced[] {
  const { record } = end;
  const isCompressed =
    typeof record.extension === "string" && record.extension.includes("permessage-deflate");
  const wrong = offences(wire, { role: record.role, isCompressed });
  const heads = new Set<string>();
  const lines = wire.flatMap(({ at, entry }, index): Unplaced[] => {
    const base = { index, atMicros: at, name: "", marks: [], note: "", text: "" };
    if ("frame" in entry) {
      const offence = wrong.get(index);
      const kind = entry.dir === ">" ? "sent" : "received";
      return [{ ...base, ...frameLine(entry.frame), kind, ...(offence === undefined ? {} : { offence }) }];
    }
    if ("octets" in entry) {
      // Octets are in the hex view; here only the two heads of the opening handshake count, which are no frames.
      if (heads.has(entry.dir)) return [];
      heads.add(entry.dir);
      const text = isHead(entry.hex) ? firstLine(entry.hex) : null;
      return text === null
        ? []
        : [{ ...base, kind: entry.dir === ">" ? "sent" : "received", name: "HTTP", text }];
    }
    if ("http2" in entry) {
      if (isCarriage(entry)) return [];
      const { type, flags, length } = entry.http2;
      const kind = entry.dir === ">" ? "sent" : "received";
      const said = {
        name: type,
        marks: flags,
        text: http2Text(entry.http2, 40),
        note: count(length, "octet"),
      };
      return [{ ...base, ...said, kind }];
    }
    // The line of the end says it, too.
    if (index === wire.length - 1 && "note" in entry && END_NOTE.test(entry.note)) return [];
    const kind = "violation" in entry ? "violation" : "remark";
    return [{ ...base, kind, text: remarkText(entry) }];
  });
  const last = lines.at(-1)?.atMicros ?? 0;
  return [...lines, endLine(end.record, last, wire)];
}

function frameLine(frame: FrameView): Pick<Unplaced, "name" | "marks" | "text" | "note" | "opcode"> {
  return {
    name: opcodeName(frame.opcode),
    opcode: frame.opcode,
    marks: frameMarks(frame),
    text: frameText(frame, 28),
    note: [count(frame.length, "octet"), ...frameManner(frame)].join(", "),
  };
}

function endLine(record: PageDetail["end"]["record"], last: number, wire: readonly PageWire[]): Unplaced {
  const told = wire.at(-1);
  const toldAt =
    told !== undefined && "note" in told.entry && END_NOTE.test(told.entry.note) ? told.at : null;
  const opened = wire.find(({ entry }) => "octets" in entry && entry.dir === "<")?.at ?? 0;
  const over = record.handshake.opened ? opened + record.durationMs * 1000 : last;
  return {
    kind: "end",
    index: -1,
    atMicros: toldAt ?? Math.max(last, over),
    name: "",
    marks: [],
    note: "",
    text: tcpEnd(record),
  };
}

/** The last entry of a wire log, which earlier versions did not write. */
const END_NOTE = /^the (peer (ended|reset)|tester dropped) the (stream|TCP connection|HTTP\/2 connection)$/;

/** How TCP ended, or over HTTP/2 the stream. */
export function tcpEnd(record: PageDetail["end"]["record"]): string {
  return saidOf(record, TCP_ENDS[record.close.tcp]);
}

const TCP_ENDS: Readonly<Record<PageDetail["end"]["record"]["close"]["tcp"], string>> = {
  "ended-by-peer": "The peer ended TCP",
  "reset-by-peer": "The peer reset TCP",
  "ended-by-tester": "The tester dropped TCP",
  "never-connected": "There was no TCP connection",
};

function gapLine(hidden: number): Unplaced {
  return { kind: "gap", index: -1, atMicros: 0, name: "", marks: [], note: "", text: `${hidden} more` };
}

function scaleOf(lines: readonly Unplaced[]): number {
  let before = lines[0]?.atMicros ?? 0;
  let longest = 0;
  let total = 0;
  for (const { kind, atMicros } of lines) {
    if (kind === "gap") continue;
    const gap = Math.max(0, atMicros - before) / 1000;
    longest = Math.max(longest, gap);
    total += gap;
    before = atMicros;
  }
  // Below two milliseconds there is nothing but the noise of the machine.
  return longest < 2 ? 0 : Math.min(WAITS / total, LONGEST_WAIT / longest, SHORT_WAITS);
}

function isHead(hex: string): boolean {
  const octets = octetsOf(hex.slice(0, 16));
  return (
    String.fromCharCode(...octets).startsWith("GET ") || String.fromCharCode(...octets).startsWith("HTTP/")
  );
}
