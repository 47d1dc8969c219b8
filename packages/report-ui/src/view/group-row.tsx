import type { JSX } from "preact";

import type { GroupRowData } from "../model/rows.js";
import type { Peer } from "../model/run-model.js";
import { countStandings, isClosingBad, STANDINGS, STANDING_WORDS } from "../model/standing.js";
import { Glyph } from "./glyph.js";

export interface GroupRowProps {
  readonly row: GroupRowData;
  readonly peers: readonly Peer[];
  readonly toggle: (key: string) => void;
}

/** The heading of a group: it folds what is under it, and counts it for every peer. */
export function GroupRow({ row, peers, toggle }: GroupRowProps): JSX.Element {
  return (
    <div class={`row ${row.kind}`} role="row" data-key={row.key}>
      <span class="cell heading" role="rowheader">
        <button
          type="button"
          aria-expanded={!row.isFolded}
          data-column="0"
          tabIndex={row.kind === "family" ? -1 : 0}
          onClick={() => toggle(row.key)}
        >
          <svg class="fold" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
            <path d="M5 3l6 5-6 5" />
          </svg>
          {row.kind === "section" && <span class="number">{row.number}</span>}
          <span class="name">{row.title}</span>
        </button>
      </span>
      {peers.map((peer) => (
        <span key={peer.key} class="cell group-counts" role="gridcell">
          <GroupCounts peer={peer} ids={row.ids} />
        </span>
      ))}
    </div>
  );
}

function GroupCounts({ peer, ids }: { readonly peer: Peer; readonly ids: readonly string[] }): JSX.Element {
  const counts = countStandings(peer, ids);
  const bad = ids.filter((id) => {
    const closing = peer.results.get(id)?.closing;
    return closing !== undefined && isClosingBad(closing);
  }).length;
  return (
    <>
      {STANDINGS.toReversed().map((standing) => {
        const number = counts[standing];
        return number === undefined ? null : (
          <span key={standing} class="counted" title={`${number} ${STANDING_WORDS[standing].toLowerCase()}`}>
            <Glyph standing={standing} />
            {number}
          </span>
        );
      })}
      {bad > 0 && (
        <span class="counted closing is-bad">
          {bad} bad closing{bad === 1 ? "" : "s"}
        </span>
      )}
    </>
  );
}
