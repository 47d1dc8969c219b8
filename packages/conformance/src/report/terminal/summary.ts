import { stripVTControlCharacters } from "node:util";
import { escapeText } from "../escape.js";
import { CLOSINGS, OUTCOMES, type Outcome } from "../../judge/verdict.js";
import { indent, labelled, listIds, signed, wrap } from "../layout.js";
import { CLOSING_WORDS, OUTCOME_WORDS, count, duration, isClosingInOrder, peerName } from "../words.js";
import { isNeverOpened } from "../headline.js";
import { isUnexpected } from "../run-results.js";
import { untestedUrls } from "../untested.js";
import { verdictSentence } from "../verdict-sentence.js";
import { againCommand } from "./again.js";
import { exitLines, outputLines } from "./exits.js";
import { failureLines, harnessLines, type BlockStyle } from "./failures.js";
import { findingLines } from "./findings.js";
import { OUTCOME_SIGNS } from "./paint.js";
import type { PeerState, RunState } from "./run-state.js";

/** Outcomes whose ids are worth a line of their own; failures have their blocks. */
const LISTED: readonly Outcome[] = ["too-slow", "non-strict", "informational", "unimplemented", "skipped"];
const LABEL = 18;

/** The summary of a run that is over, as lines. `summedUp`: peers whose summary was printed before. */
export function summaryLines(
  state: RunState,
  style: BlockStyle,
  outDir: string,
  summedUp: ReadonlySet<string> = new Set(),
): string[] {
  const peers = [...state.peers.values()].flatMap((peer) =>
    summedUp.has(peer.peer)
      ? lateFindings(state, peer, style, outDir)
      : peerLines(state, peer, style, outDir),
  );
  return [...peers, ...runLines(state, style, outDir)];
}

/** What is wrong with a peer is known at the end of the run only. */
function lateFindings(state: RunState, peer: PeerState, style: BlockStyle, outDir: string): string[] {
  const lines = findingsOf(state, peer, style, outDir);
  return lines.length === 0 ? [] : ["", style.paint("bold", peerName(peer.agent, peer.url)), "", ...lines];
}

/** What is said about one peer: the verdict first, then what is wrong, then the counts. */
export function peerLines(state: RunState, peer: PeerState, style: BlockStyle, outDir: string): string[] {
  return [
    "",
    style.paint("bold", peerName(peer.agent, peer.url)),
    "",
    ...downLines(state, peer, style),
    ...(peer.found === null
      ? failureLines(state, peer, style)
      : [
          ...verdictLines(state, peer, style),
          ...harnessLines(state, peer, style),
          ...findingsOf(state, peer, style, outDir),
        ]),
    ...exitLines(state, peer, style),
    ...indent(countLines(state, peer, style), 2),
  ];
}

function verdictLines(state: RunState, peer: PeerState, style: BlockStyle): string[] {
  const { text: verdict } = verdictSentence({
    selected: state.ids.length,
    results: [...peer.results.values()],
    findings: peer.found?.findings ?? [],
    isOver: true,
    exits: peer.exitCount,
    neverAnswered: peer.agent === null && peer.down !== null,
  });
  const text = `${peer.agent ?? peer.url} ${verdict}.`;
  return [...wrap(escapeText(text), style.width).map((line) => style.paint("bold", line)), ""];
}

function findingsOf(state: RunState, peer: PeerState, style: BlockStyle, outDir: string): string[] {
  const { start } = state;
  if (start === null) return [];
  const isClient = start.config.role === "server";
  const again = (caseId: string): string => againCommand(style.command, start, peer.url, caseId);
  return findingLines(peer.found, { isClient, runFile: `${outDir}/run.ndjson`, again }, style);
}

function downLines(state: RunState, { peer, down, exits, found }: PeerState, style: BlockStyle): string[] {
  if (down === null) return [];
  // A finding says it; what the peer printed is shown here.
  if (found?.findings.some(isNeverOpened) === true && state.lastOutput(peer).length === 0) return [];
  const during = down.after === null ? "" : ` Last case: ${down.after}.`;
  // What it printed is shown with the way it ended, if it did.
  const output = exits.length > 0 ? [] : indent(outputLines(state.lastOutput(peer), style), 4);
  return [...signed(style.paint("red", "✗"), `${down.because}${during}`, style.width), ...output, ""];
}

function countLines(state: RunState, peer: PeerState, style: BlockStyle): string[] {
  const results = [...peer.results.values()];
  // A pass whose connection ended badly is not as it should be.
  const uneven = results.filter(
    ({ outcome, closing }) => outcome === "pass" && !isClosingInOrder(closing),
  ).length;
  const outcomes = OUTCOMES.flatMap((outcome) => {
    const number = results.filter((result) => result.outcome === outcome).length;
    const { sign, colour } = OUTCOME_SIGNS[outcome];
    const word = OUTCOME_WORDS[outcome].toLowerCase();
    const whole = outcome === "pass" ? number - uneven : number;
    return [
      ...(whole === 0 ? [] : [style.paint(colour, `${sign} ${whole} ${word}`)]),
      ...(outcome === "pass" && uneven > 0
        ? [style.paint("yellow", `! ${uneven} pass with a bad closing`)]
        : []),
    ];
  });
  const closings = CLOSINGS.map((closing) => {
    const number = results.filter((result) => result.closing === closing).length;
    return number === 0 ? "" : `${number} ${CLOSING_WORDS[closing].toLowerCase()}`;
  });
  const unconfirmed = state.ids.filter((id) => peer.repeats.has(id) && !peer.results.has(id));
  const notRun = state.ids.filter((id) => !peer.results.has(id) && !unconfirmed.includes(id));
  return [
    ...totals("Cases", outcomes, "   ", style),
    ...totals("Closings", closings, ", ", style),
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

/** Parts that may be coloured, on as many lines as they need. */
function totals(label: string, parts: readonly string[], separator: string, { width }: BlockStyle): string[] {
  const rows: string[] = [];
  let length = 0;
  for (const part of parts.filter((one) => one !== "")) {
    const added = stripVTControlCharacters(part).length + separator.length;
    if (rows.length === 0 || length + added > width - LABEL - 2) {
      rows.push(part);
      length = added;
    } else {
      rows.push(`${rows.pop() ?? ""}${separator}${part}`);
      length += added;
    }
  }
  return labelled(label, rows, LABEL);
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
  const seen = [...state.peers.values()].map(({ url }) => url);
  for (const url of state.start === null ? [] : untestedUrls(state.start.config, totals, seen))
    lines.push(
      ...wrap(`${escapeText(url)} was not tested.`, style.width).map((line) => style.paint("yellow", line)),
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
