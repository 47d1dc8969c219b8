import type { FunctionComponent, JSX } from "preact";

import { CLOSING_WORDS, type CaseInfo, type PageCase } from "wireproof/page";
import type { Change } from "../model/changes.js";
import { formatRoute } from "../model/route.js";
import { peerLabel, type Peer } from "../model/run-model.js";
import { isClosingBad, STANDING_WORDS, standingOf, type Standing } from "../model/standing.js";
import { duration, visible } from "../model/text.js";
import { Glyph } from "./glyph.js";
import { memo } from "./memo.js";

/** What is known of a case and a peer: its result, or why there is none. */
export type CellState = PageCase | "in-flight" | "not-run" | "not-selected";

export function cellState(peer: Peer, id: string): CellState {
  const standing = standingOf(peer, id);
  if (standing === "in-flight" || standing === "not-selected") return standing;
  return peer.results.get(id) ?? "not-run";
}

export interface CaseRowProps {
  readonly info: CaseInfo;
  readonly peers: readonly Peer[];
  readonly states: readonly CellState[];
  readonly changes: readonly (Change["kind"] | undefined)[];
  readonly isInFamily: boolean;
  /** Tab reaches it; arrow keys reach the others from here. */
  readonly isEntrance: boolean;
  /** Cells of several peers have their sentences too. */
  readonly showsReasons: boolean;
}

/** A case: its id and title, and a cell for every peer. */
export const CaseRow: FunctionComponent<CaseRowProps> = memo(
  ({ info, peers, states, changes, isInFamily, isEntrance, showsReasons }: CaseRowProps): JSX.Element => (
    <div class={isInFamily ? "row case in-family" : "row case"} role="row">
      <span class="cell id" role="rowheader">
        <a href={formatRoute({ view: "case", id: info.id })} data-column="0" tabIndex={isEntrance ? 0 : -1}>
          {info.id}
        </a>
      </span>
      <span class="cell title" role="gridcell" title={info.title}>
        {info.title}
      </span>
      {peers.map((peer, index) => (
        <Cell
          key={peer.key}
          id={info.id}
          peer={peer}
          column={index + 1}
          state={states[index] ?? "not-run"}
          change={changes[index]}
          showsTime={info.reports?.time === true}
          showsRatio={info.reports?.ratio === true}
          showsBecause={peers.length === 1 || showsReasons}
        />
      ))}
    </div>
  ),
);

interface CellProps {
  readonly id: string;
  readonly peer: Peer;
  readonly column: number;
  readonly state: CellState;
  readonly change: Change["kind"] | undefined;
  readonly showsTime: boolean;
  readonly showsRatio: boolean;
  /** There is room for a sentence. */
  readonly showsBecause: boolean;
}

function Cell({
  id,
  peer,
  column,
  state,
  change,
  showsTime,
  showsRatio,
  showsBecause,
}: CellProps): JSX.Element {
  const result = typeof state === "string" ? null : state;
  const standing: Standing = typeof state === "string" ? state : state.outcome;
  const isBad = result !== null && isClosingBad(result.closing);
  return (
    <span class={`cell result is-${standing}${isBad ? " has-bad-closing" : ""}`} role="gridcell">
      <a
        href={formatRoute({ view: "case", id, agent: peerLabel(peer) })}
        title={result === null ? undefined : visible(result.because)}
        data-column={column}
        tabIndex={-1}
      >
        {/* What sighted readers see from the place of the cell. */}
        <span class="unseen">{`Case ${id}, ${visible(peerLabel(peer))}: `}</span>
        <Glyph standing={standing} />
        <span class="word">{STANDING_WORDS[standing]}</span>
        {result !== null && <ClosingText result={result} />}
        {result !== null && showsTime && <span class="figure">{duration(result.durationMs)}</span>}
        {result !== null && showsRatio && <span class="figure ratio">{ratioText(result)}</span>}
        {result !== null && showsBecause && hasNews(result) && (
          <span class="because">{visible(result.because)}</span>
        )}
        {change !== undefined && <span class={`change is-${change}`}>{change}</span>}
      </a>
    </span>
  );
}

/** The close code where the closing is in order, else what is wrong with it. */
function ClosingText({ result }: { readonly result: PageCase }): JSX.Element {
  if (!isClosingBad(result.closing)) return <span class="closing">{result.code ?? "none"}</span>;
  return <span class="closing is-bad">{CLOSING_WORDS[result.closing]}</span>;
}

/** It is not a plain pass. */
function hasNews({ outcome, closing }: PageCase): boolean {
  return outcome !== "pass" || isClosingBad(closing);
}

/** Octets on the wire to octets of the application, received and sent. */
function ratioText({ figures }: PageCase): string {
  const text = (ratio: number | undefined): string => (ratio === undefined ? "–" : ratio.toFixed(2));
  return `${text(figures?.ratioReceived)} / ${text(figures?.ratioSent)}`;
}
