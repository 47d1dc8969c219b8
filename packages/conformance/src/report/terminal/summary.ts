import { escapeText } from "../escape.js";
import { CLOSINGS, OUTCOMES, type Outcome } from "../../judge/verdict.js";
import { indent, labelled, listIds, signed, wrap } from "../layout.js";
import { CLOSING_WORDS, OUTCOME_WORDS, count, duration, peerName } from "../words.js";
import { exitLines, outputLines } from "./exits.js";
import { failureLines, type BlockStyle } from "./failures.js";
import { findingLines } from "./findings.js";
import { OUTCOME_SIGNS } from "./paint.js";
import { isUnexpected, type PeerState, type RunState } from "./run-state.js";

/** Outcomes whose ids are worth a line of their own; failures have their blocks. */
const LISTED: readonly Outcome[] = ["non-strict", "informational", "unimplemented", "skipped"];
const LABEL = 16;

/** The summary of a run that is over, as lines. `summedUp`: peers whose summary was printed before. */
export function summaryLines(
  state: RunState,
  style: BlockStyle,
  outDir: string,
  summedUp: ReadonlySet<string> = new Set(),
): string[] {
  const peers = [...state.peers.values()].flatMap((peer) =>
    summedUp.has(peer.peer) ? lateFindings(peer, style) : peerLines(state, peer, style),
  );
  return [...peers, ...runLines(state, style, outDir)];
}

/** What the connections of a peer showed together is known at the end of the run only. */
function lateFindings(peer: PeerState, style: BlockStyle): string[] {
  const lines = findingLines(peer.found, style);
  return lines.length === 0 ? [] : ["", style.paint("bold", peerName(peer.agent, peer.url)), "", ...lines];
}

/** What is said about one peer. */
export function peerLines(state: RunState, peer: PeerState, style: BlockStyle): string[] {
  return [
    "",
    style.paint("bold", peerName(peer.agent, peer.url)),
    "",
    ...downLines(state, peer, style),
    ...failureLines(state, peer, style),
    ...exitLines(state, peer, style),
    ...findingLines(peer.found, style),
    ...indent(countLines(state, peer, style), 2),
  ];
}

function downLines(state: RunState, { peer, down, exits }: PeerState, style: BlockStyle): string[] {
  if (down === null) return [];
  const during = down.after === null ? "" : ` Last case: ${down.after}.`;
  // What it printed is shown with the way it ended, if it did.
  const output = exits.length > 0 ? [] : indent(outputLines(state.lastOutput(peer), style), 4);
  return [...signed(style.paint("red", "✗"), `${down.because}${during}`, style.width), ...output, ""];
}

function countLines(state: RunState, peer: PeerState, style: BlockStyle): string[] {
  const results = [...peer.results.values()];
  const outcomes = OUTCOMES.map((outcome) => {
    const number = results.filter((result) => result.outcome === outcome).length;
    const { sign, colour } = OUTCOME_SIGNS[outcome];
    return number === 0
      ? ""
      : style.paint(colour, `${sign} ${number} ${OUTCOME_WORDS[outcome].toLowerCase()}`);
  });
  const closings = CLOSINGS.map((closing) => {
    const number = results.filter((result) => result.closing === closing).length;
    return number === 0 ? "" : `${number} ${CLOSING_WORDS[closing].toLowerCase()}`;
  });
  const unconfirmed = state.ids.filter((id) => peer.repeats.has(id) && !peer.results.has(id));
  const notRun = state.ids.filter((id) => !peer.results.has(id) && !unconfirmed.includes(id));
  return [
    ...totals("Cases", outcomes, "   "),
    ...totals("Closings", closings, ", "),
    ...LISTED.flatMap((outcome) =>
      idLines(
        state,
        OUTCOME_WORDS[outcome],
        results.filter((result) => result.outcome === outcome).map(({ id }) => id),
        style,
      ),
    ),
    ...repeatLines(peer, style),
    // Where nothing was run, the sentence below says enough.
    ...idLines(state, `Not confirmed (${unconfirmed.length})`, unconfirmed, style),
    ...(results.length === 0 ? [] : idLines(state, `Not run (${notRun.length})`, notRun, style)),
  ];
}

/** What came of the results that had to be confirmed: a limit had run out, or no connection had opened. */
function repeatLines({ repeats, results }: PeerState, style: BlockStyle): string[] {
  if (repeats.size === 0) return [];
  const settled = [...repeats].filter(([, { counts }]) => counts !== null);
  const again = settled.filter(([, { unconfirmed, counts }]) => counts !== unconfirmed);
  const fine = again.filter(([id]) => !isUnexpected(results.get(id) ?? MISSING));
  const accepted = settled.length - again.length;
  const parts = [
    `${count(repeats.size, "result")} had to be confirmed`,
    ...(fine.length === 0 ? [] : [`${fine.length} passed only when played again`]),
    ...(again.length === fine.length ? [] : [`${again.length - fine.length} went wrong again`]),
    ...(accepted === 0
      ? []
      : [`${accepted} ${accepted === 1 ? "was" : "were"} accepted because repeats of similar cases agreed`]),
  ];
  return labelled("Repeats", wrap(parts.join("; "), Math.max(20, style.width - LABEL - 2)), LABEL);
}

const MISSING = { outcome: "blocked", closing: "not-opened" } as const;

function totals(label: string, parts: readonly string[], separator: string): string[] {
  const text = parts.filter((part) => part !== "").join(separator);
  return text === "" ? [] : labelled(label, [text], LABEL);
}

function idLines(state: RunState, label: string, ids: readonly string[], style: BlockStyle): string[] {
  if (ids.length === 0) return [];
  return labelled(label, wrap(listIds(ids, state.ids), Math.max(20, style.width - LABEL - 2)), LABEL);
}

function runLines(state: RunState, style: BlockStyle, outDir: string): string[] {
  const { totals } = state;
  const lines: string[] = [""];
  if (totals === null) lines.push(style.paint("red", "The run file ends before the end of the run."));
  else if (totals.interrupted) lines.push(style.paint("yellow", "Interrupted before all cases were played."));
  const notRun = totals?.notRun ?? 0;
  if (notRun > 0)
    lines.push(
      style.paint("yellow", `${count(notRun, "selected case")} ${notRun === 1 ? "was" : "were"} not run.`),
    );
  const hasLoops = state.start?.cases.some(({ reports }) => reports?.ratio === true) ?? false;
  if (state.start?.messages === "enough" && hasLoops) {
    lines.push(
      "Each echo loop sent only as many messages as are needed to fill and wrap every window; --messages full sends 1,000.",
    );
  }
  const time = totals === null ? "" : ` in ${duration(totals.durationMs)}`;
  const profile = state.start === null ? "" : `, profile ${state.start.profile}`;
  lines.push(`${count(state.resultCount, "result")}${time}${profile}. Reports are in ${escapeText(outDir)}`);
  return lines;
}
