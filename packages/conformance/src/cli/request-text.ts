import type { EarlierRequest, RequestScript } from "../case/handshake.js";
import { bytesOf } from "../case/payload.js";
import { cut, escapeText } from "../report/escape.js";
import { indent, wrap } from "../report/layout.js";
import { count } from "../report/words.js";
import { grouped } from "../case/words.js";

/** The request that a case has instead of the usual one, line by line; names in braces stand for the usual values. */
export function requestText(request: RequestScript, columns: number): readonly string[] {
  const {
    lines,
    lineEnd = "\r\n",
    behind,
    chop,
    cuts = [],
    endless,
    brokenOff = [],
    before,
    crowd,
  } = request;
  const shown = (written: readonly string[]): readonly string[] =>
    indent(
      written.map((line) => cut(escapeText(line), Math.max(columns - 3, 20))),
      2,
    );
  const first =
    before === undefined ? [] : [...wrap("It writes this request first:", columns), ...shown(before.lines)];
  const notes = [
    ...(brokenOff.length === 0 ? [] : [`It drops ${count(brokenOff.length, "connection")} before this one.`]),
    ...(crowd === undefined
      ? []
      : [`The usual request goes out on ${count(crowd, "other connection")} at the same time.`]),
    ...(chop === undefined ? [] : [`The request is cut into writes of ${count(chop, "octet")}.`]),
    ...(cuts.length === 0 ? [] : [`The request is cut into ${cuts.length + 1} writes.`]),
    ...(lineEnd === "\r\n" ? [] : [`Its lines end with ${escapeText(lineEnd)} alone.`]),
    ...(endless === undefined ? [] : [`Up to ${grouped(endless)} octets of its last line follow.`]),
    ...(behind === undefined ? [] : [`${count(bytesOf(behind).length, "octet")} follow behind the head.`]),
  ];
  return [
    ...first,
    ...wrap(before === undefined ? "It writes this request:" : BEHIND[before.next], columns),
    ...shown(lines),
    ...notes.flatMap((note) => wrap(note, columns)),
  ];
}

/** When a request follows that comes behind another one. */
const BEHIND: Readonly<Record<EarlierRequest["next"], string>> = {
  "at-once": "In one write with it, this request:",
  "when-answered": "When the answer is whole and the connection open, it writes this request:",
};
