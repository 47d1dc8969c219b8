import { cut, escapeText } from "../escape.js";
import type { OutputLine, PeerExit } from "../../run/event.js";
import { compressIds, indent, labelled, signed } from "../layout.js";
import { count } from "../words.js";
import type { BlockStyle } from "./failures.js";
import type { PeerState, RunState } from "./run-state.js";

const SHOWN_EXITS = 5;
const LABEL = 10;
const MARGIN = 4;

/** The ends of a process in the middle of the run, as lines; those that one case alone can have caused come first. */
export function exitLines(state: RunState, peer: PeerState, style: BlockStyle): string[] {
  const order = peer.exits.toSorted((a, b) => suspects(a) - suspects(b));
  const shown = order.slice(0, SHOWN_EXITS);
  const more = peer.exitCount - shown.length;
  return [
    ...shown.flatMap((exit) => [...exitBlock(state, exit, style), ""]),
    ...(more === 0 ? [] : [`It also ended ${count(more, "more time")}.`, ""]),
  ];
}

/** One sentence about an end: how it came, and which cases were in flight. */
export function exitSentence(exit: PeerExit, catalogue: readonly string[]): string {
  const { because, cases, after } = exit;
  if (cases.length > 0) return `${because} In flight: ${compressIds(cases, catalogue)}.`;
  const last = after === null ? "" : `; the last one was ${after}`;
  return `${because} No case was in flight${last}.`;
}

/** Printed lines under a label; empty if there are none. Safe to show. */
export function outputLines(output: readonly OutputLine[], { width }: BlockStyle): string[] {
  const room = Math.max(20, width - MARGIN - LABEL);
  const written = output.filter(({ text }) => text.trim() !== "");
  const lines = written.map(({ text }) => cut(escapeText(text), room - 1));
  return lines.length === 0 ? [] : labelled("Printed", lines, LABEL);
}

function exitBlock(state: RunState, exit: PeerExit, style: BlockStyle): string[] {
  const sentence = signed(style.paint("red", "✗"), exitSentence(exit, state.ids), style.width);
  return [...sentence, ...indent(outputLines(exit.output, style), MARGIN)];
}

/** An end with no case in flight says least about who caused it. */
function suspects({ cases }: PeerExit): number {
  return cases.length === 0 ? Number.MAX_SAFE_INTEGER : cases.length;
}
