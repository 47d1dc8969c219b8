import type { JSX } from "preact";

import type { CoverageFigures, PagePeerCoverage, RequirementResult } from "wireproof/page";
import { peerLabel, type RunModel } from "../model/run-model.js";
import { grouped, visible } from "../model/text.js";
import { Glyph } from "./glyph.js";
import type { Standing } from "../model/standing.js";

/** What came out, as columns: the worst first. */
const RESULTS: readonly (readonly [result: RequirementResult, standing: Standing, heading: string])[] = [
  ["failed", "fail", "broken"],
  ["non-strict", "non-strict", "tolerated"],
  ["passed", "pass", "kept"],
  ["observed", "informational", "observed"],
];

/**
 * Three figures of requirements, which are never mixed: what the suite covers, what this run exercised, and what the
 * peer conforms to. Not one percentage: what was not exercised is not kept.
 */
export function Coverage({ model }: { readonly model: RunModel }): JSX.Element | null {
  const { coverage } = model;
  if (coverage === null || coverage.peers.length === 0) return null;
  return (
    <section class="coverage" aria-label="Requirements">
      <h2>Requirements</h2>
      <p class="aside">
        Covered: the suite has a case or a check for it. Exercised: this run says something about it. The rest
        is what came out; a requirement that was not exercised was not kept either.
      </p>
      {coverage.peers.map((one) => (
        <PeerCoverageView
          key={one.peer}
          coverage={one}
          name={coverage.peers.length > 1 ? nameOf(model, one) : null}
        />
      ))}
    </section>
  );
}

function nameOf(model: RunModel, { peer, role }: PagePeerCoverage): string {
  const known = model.peer(peer);
  return `${known === undefined ? peer : peerLabel(known)}, a ${role}`;
}

/** A table of every document; where there are several peers it opens on demand, behind the line of MUST. */
function PeerCoverageView(props: {
  readonly coverage: PagePeerCoverage;
  readonly name: string | null;
}): JSX.Element {
  const { coverage, name } = props;
  const total = coverage.documents.at(-1);
  const table = <Table coverage={coverage} label={name ?? "Requirements by document"} />;
  if (name === null) return table;
  return (
    <details>
      <summary>
        <b>{visible(name)}</b> {total !== undefined && <InWords figures={total.must} />}
      </summary>
      {table}
    </details>
  );
}

function InWords({ figures }: { readonly figures: CoverageFigures }): JSX.Element {
  const { testable, covered, exercised, results } = figures;
  const suite = covered === undefined ? "" : `${covered} covered, `;
  return (
    <span>
      MUST and MUST NOT: {suite}
      {exercised} exercised of {testable}; {results.failed} broken, {results.passed} kept
    </span>
  );
}

function Table(props: { readonly coverage: PagePeerCoverage; readonly label: string }): JSX.Element {
  const { documents } = props.coverage;
  const rows = documents.flatMap(({ all, must }) => [
    { key: all.document, name: capitalised(all.document), figures: all, isPart: false },
    { key: `${must.document} must`, name: "MUST and MUST NOT", figures: must, isPart: true },
  ]);
  const hasCovered = documents.some(({ all }) => all.covered !== undefined);
  return (
    <div class="scroll" role="region" aria-label={visible(props.label)} tabIndex={0}>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">Document</th>
            <th scope="col">testable</th>
            {hasCovered && <th scope="col">covered</th>}
            <th scope="col">exercised</th>
            {RESULTS.map(([result, standing, heading]) => (
              <th key={result} scope="col">
                <Glyph standing={standing} /> {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, figures, isPart }) => (
            <tr key={key} class={isPart ? "part" : "whole"}>
              <th scope="row">{name}</th>
              <td>{grouped(figures.testable)}</td>
              {hasCovered && <td>{figures.covered === undefined ? "" : grouped(figures.covered)}</td>}
              <td>{grouped(figures.exercised)}</td>
              {RESULTS.map(([result]) => (
                <td key={result} class={figures.results[result] === 0 ? "zero" : `is-${result}`}>
                  {grouped(figures.results[result])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function capitalised(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
