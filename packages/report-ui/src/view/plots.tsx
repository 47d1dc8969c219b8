import type { JSX } from "preact";
import { useMemo } from "preact/hooks";

import { peerLabel } from "../model/run-model.js";
import { visible } from "../model/text.js";
import { MAX_LINES, plotsOf } from "../plot/plot-data.js";
import type { Snapshot } from "../store.js";
import { PlotView } from "./plot-view.js";

/** What was measured. No figure decides a verdict. */
export function Plots({ snapshot }: { readonly snapshot: Snapshot }): JSX.Element {
  const { model, version } = snapshot;
  const plots = useMemo(() => plotsOf(model), [version]);
  return (
    <section class="plots">
      <h1>Measurements</h1>
      <p class="aside">
        These figures were measured during the run: the tester shares the machine with the peer, and cases run
        in parallel. They are good for comparisons and never decide a verdict. Cases that did not pass are
        left out.
      </p>
      {model.peers.length > 1 && (
        <ul class="legend">
          {model.peers.map((peer, index) => (
            <li key={peer.key} class={`series-${index % MAX_LINES}`}>
              <svg viewBox="0 0 20 10" width="20" height="10" aria-hidden="true">
                <path class="line" d="M0 5H20" />
              </svg>
              {visible(peerLabel(peer))}
            </li>
          ))}
        </ul>
      )}
      {plots.length === 0 && (
        <p class="opening">Nothing was measured. Only cases of sections 9, 12 and 13 are measured.</p>
      )}
      <div class="plot-grid">
        {plots.map((plot) => (
          <PlotView
            key={plot.key}
            plot={plot}
            order={model.peers.map(({ key }) => key)}
            names={model.peers.map((peer) => visible(peerLabel(peer)))}
          />
        ))}
      </div>
    </section>
  );
}
