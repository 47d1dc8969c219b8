import { escapeText } from "../escape.js";
import { hasFailed, type Verdict } from "../../judge/verdict.js";
import type { CaseInfo } from "../../run/event.js";
import { indent, labelled, listIds, wrap } from "../layout.js";
import { citationLine, citeRequirement } from "../requirement-text.js";
import { CLOSING_WORDS, count, isClosingInOrder } from "../words.js";
import { againCommand } from "./again.js";
import { OUTCOME_SIGNS, type Paint } from "./paint.js";
import type { CaseResult, PeerState, RunState } from "./run-state.js";

/** How the blocks are laid out and what their commands begin with. */
export interface BlockStyle {
  readonly paint: Paint;
  readonly width: number;
  readonly command: string;
}

const FULL_BLOCKS = 20;
const LABEL = 10;
const MARGIN = 4;

/** Everything that went wrong with a peer, as lines; empty if nothing did. */
export function failureLines(state: RunState, peer: PeerState, style: BlockStyle): string[] {
  const results = state.ids.flatMap((id) => peer.results.get(id) ?? []);
  const harness = results.filter((result) => result.outcome === "harness-error");
  const failed = results.filter(({ outcome, closing }) => outcome === "fail" && closing !== "not-opened");
  const full = [...harness, ...failed].filter((result) => result.detail !== null).slice(0, FULL_BLOCKS);
  const rest = [...harness, ...failed].filter((result) => !full.includes(result));
  return [
    ...full.flatMap((result) => [...failureBlock(state, peer, result, style), ""]),
    ...remainder(state, rest, style),
    ...unopenedBlocks(state, peer, results, style),
    ...badClosings(state, results, style),
  ];
}

/** Faults of the suite: they are no findings about a peer. */
export function harnessLines(state: RunState, peer: PeerState, style: BlockStyle): string[] {
  const results = state.ids.flatMap((id) => peer.results.get(id) ?? []);
  return results
    .filter(({ outcome, detail }) => outcome === "harness-error" && detail !== null)
    .slice(0, FULL_BLOCKS)
    .flatMap((result) => [...failureBlock(state, peer, result, style), ""]);
}

function failureBlock(state: RunState, peer: PeerState, result: CaseResult, style: BlockStyle): string[] {
  const info = state.infos.get(result.id);
  const detail = result.detail;
  if (info === undefined || detail === null || state.start === null) return [];
  const body = [
    ...(result.outcome === "harness-error"
      ? undeclaredLines(detail.undeclared, style)
      : [
          ...requirementLines(detail.verdict.requirement, info),
          ...field("Expected", info.expectation, style),
        ]),
    ...field("Actual", detail.verdict.because, style),
    ...endingLines(detail.verdict, style),
    ...(isClosingInOrder(result.closing) ? [] : field("Closing", closingText(detail.verdict), style)),
    ...labelled("Wire", detail.lastLines, LABEL),
    ...labelled("Again", [againCommand(style.command, state.start, peer.url, result.id)], LABEL),
  ];
  return [headline(result, info, style), ...indent(body, MARGIN)];
}

function headline(result: CaseResult, info: CaseInfo | undefined, { paint }: BlockStyle): string {
  const { sign, colour } = OUTCOME_SIGNS[result.outcome];
  return `${paint(colour, sign)} ${paint("bold", result.id)}  ${escapeText(info?.title ?? "")}`;
}

/** The requirement that was broken; none where only the original fails a peer. */
function requirementLines(id: string | undefined, info: CaseInfo): string[] {
  if (id === undefined) return [];
  const cited = citeRequirement(id, info);
  return [escapeText(`${citationLine(cited)}  ${cited.link}`.trimEnd())];
}

/** How the connection had to end, and how it did: often it is what was missing. */
function endingLines({ expected, ended }: Verdict, style: BlockStyle): string[] {
  const ending = expected[0]?.ending;
  if (ending === undefined || ended === undefined) return [];
  return field("Ending", `Expected: ${ending}. Observed: ${ended}.`, style);
}

function undeclaredLines(undeclared: readonly string[], style: BlockStyle): string[] {
  const fault =
    "This is a fault of the suite, not of the peer: it sent something that the case does not declare. Please report it.";
  return [...wrap(fault, style.width - MARGIN), ...undeclared.flatMap((text) => field("Sent", text, style))];
}

function closingText(verdict: {
  readonly closing: CaseResult["closing"];
  readonly closingBecause: string;
}): string {
  return `${CLOSING_WORDS[verdict.closing]}: ${verdict.closingBecause}`;
}

function field(label: string, text: string, style: BlockStyle): string[] {
  const width = Math.max(20, style.width - MARGIN - LABEL);
  return labelled(label, wrap(escapeText(text.replace(/\s+/g, " ")), width), LABEL);
}

function remainder(state: RunState, rest: readonly CaseResult[], style: BlockStyle): string[] {
  if (rest.length === 0) return [];
  const lines = rest.map((result) => headline(result, state.infos.get(result.id), style));
  return [
    `And ${count(rest.length, "more failure")}; \`${style.command} show ID --run FILE\` prints any of them:`,
    ...lines,
    "",
  ];
}

/** Hundreds of cases whose connection never opened are one finding: a block for each reason. */
function unopenedBlocks(
  state: RunState,
  peer: PeerState,
  results: readonly CaseResult[],
  style: BlockStyle,
): string[] {
  const reasons = new Map<string, CaseResult[]>();
  for (const result of results) {
    if (hasFailed(result.outcome) && result.closing === "not-opened")
      reasons.set(result.because, [...(reasons.get(result.because) ?? []), result]);
  }
  return [...reasons].flatMap(([because, unopened]) => {
    const ids = unopened.map((result) => result.id);
    const outcome = unopened[0]?.outcome ?? "blocked";
    const { sign, colour } = OUTCOME_SIGNS[outcome];
    const broken = unopened.find(({ detail }) => detail !== null)?.detail?.verdict.requirement;
    const info = state.infos.get(ids[0] ?? "");
    const again =
      state.start === null ? "" : againCommand(style.command, state.start, peer.url, ids[0] ?? "*");
    return [
      `${style.paint(colour, sign)} ${count(ids.length, "case")} ${outcome === "blocked" ? "blocked" : "failed"}`,
      ...indent(
        [
          ...(info === undefined ? [] : requirementLines(broken, info)),
          ...field("Because", because, style),
          ...field("Cases", listIds(ids, state.ids), style),
        ],
        MARGIN,
      ),
      ...indent(labelled("Again", [again], LABEL), MARGIN),
      "",
    ];
  });
}

/** Cases that are no failures, but whose connection did not end as it should. */
function badClosings(state: RunState, results: readonly CaseResult[], style: BlockStyle): string[] {
  const ids = new Map<CaseResult["closing"], string[]>();
  for (const { id, outcome, closing } of results) {
    if (isClosingInOrder(closing) || hasFailed(outcome)) continue;
    ids.set(closing, [...(ids.get(closing) ?? []), id]);
  }
  if (ids.size === 0) return [];
  const lines = [...ids].flatMap(([closing, found]) =>
    labelled(CLOSING_WORDS[closing], wrap(listIds(found, state.ids), style.width - MARGIN - 20), 20),
  );
  const title = "The events were right, but the connection did not end as it should";
  return [`${style.paint("yellow", "!")} ${title}`, ...indent(lines, MARGIN), ""];
}
