import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";

import { familyNumber, NO_FOLDS, rowsOf, sectionNumber, type Folds, type Row } from "../model/rows.js";
import { peerLabel } from "../model/run-model.js";
import { visible } from "../model/text.js";
import type { Snapshot } from "../store.js";
import { CaseRow, cellState } from "./matrix-row.js";
import { GroupRow } from "./group-row.js";
import { Legend } from "./legend.js";
import { moveInGrid } from "./grid-keys.js";
import { Toolbar } from "./toolbar.js";

/** About the height of a row; it keeps the place of rows that are still to be drawn. */
const ROW_PIXELS = 30;

/** Rows that are there at once: more than a screen shows. */
const FIRST_ROWS = 60;
const MORE_ROWS = 80;

/** Sections, families and cases down; peers across. */
export function Matrix({ snapshot }: { readonly snapshot: Snapshot }): JSX.Element {
  const { model, route, version, changes } = snapshot;
  const [folds, setFolds] = useState<Folds>(NO_FOLDS);
  const [showsReasons, setShowsReasons] = useState(false);
  const isRunning = snapshot.isLive && model.end === null;
  const rows = useMemo(
    () => rowsOf(model.cases, { filter: route.filter, peers: model.peers, folds, changes, isRunning }),
    [route, folds, version],
  );
  const toggle = (key: string): void => {
    const toggled = new Set(folds.toggled);
    if (!toggled.delete(key)) toggled.add(key);
    setFolds({ ...folds, toggled });
  };
  const foldAll = (all: boolean): void => setFolds({ all, toggled: new Set() });
  const { peers } = model;
  const drawn = useGrowing(rows.length);
  return (
    <section class="matrix-view" aria-label="Matrix">
      <Toolbar
        snapshot={snapshot}
        visible={visibleCases(rows)}
        onFold={foldAll}
        showsReasons={showsReasons}
        onReasons={setShowsReasons}
      />
      <Legend snapshot={snapshot} />
      <div
        class={`matrix peers-${Math.min(peers.length, 6)}`}
        style={{ "--peers": String(peers.length) }}
        role="grid"
        aria-label="Verdicts by case and peer"
        onKeyDown={moveInGrid}
      >
        <div class="row head" role="row">
          <span class="cell id" role="columnheader">
            Case
          </span>
          <span class="cell title" role="columnheader">
            Title
          </span>
          {peers.map((peer) => (
            <span key={peer.key} class="cell agent" role="columnheader" title={visible(peerLabel(peer))}>
              {visible(peerLabel(peer))}
            </span>
          ))}
        </div>
        {rows
          .slice(0, drawn)
          .map((row, index) =>
            row.kind === "case" ? (
              <CaseRow
                key={row.key}
                info={row.info}
                peers={peers}
                states={peers.map((peer) => cellState(peer, row.info.id))}
                changes={changes.map((one) => one.get(row.info.id)?.kind)}
                isEntrance={index === 0}
                showsReasons={showsReasons}
                isInFamily={familyNumber(row.info.id) !== sectionNumber(row.info.id)}
              />
            ) : (
              <GroupRow key={row.key} row={row} peers={peers} toggle={toggle} />
            ),
          )}
        {drawn < rows.length && (
          <div class="undrawn" style={{ height: `${(rows.length - drawn) * ROW_PIXELS}px` }} />
        )}
        {rows.length === 0 && <p class="nothing">No case matches the filter.</p>}
      </div>
    </section>
  );
}

/**
 * How many of the rows to draw: a screenful at first, then more and more. A big matrix shows at once, and is complete
 * in the end for searching and printing.
 */
function useGrowing(total: number): number {
  const [limit, setLimit] = useState(FIRST_ROWS);
  useEffect(() => {
    if (limit >= total) return undefined;
    const timer = setTimeout(() => setLimit(limit + MORE_ROWS), 16);
    return () => clearTimeout(timer);
  }, [limit, total]);
  return Math.min(limit, total);
}

function visibleCases(rows: readonly Row[]): number {
  const cases = rows.filter(({ kind }) => kind === "case").length;
  const inSections = rows.reduce((sum, row) => sum + (row.kind === "section" ? row.ids.length : 0), 0);
  return Math.max(cases, inSections);
}
