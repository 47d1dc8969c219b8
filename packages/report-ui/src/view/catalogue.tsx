import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";

import { formatRoute } from "../model/route.js";
import { compareIds, type CaseInfo } from "wireproof/page";
import { sectionNumber } from "../model/rows.js";
import { standingOf, type Standing } from "../model/standing.js";
import { count, grouped } from "../model/text.js";
import type { Snapshot } from "../store.js";
import { RequirementLine } from "./about.js";
import { Glyph } from "./glyph.js";

/** Every case with its description, whether it was run or not. */
export function Catalogue({ snapshot }: { readonly snapshot: Snapshot }): JSX.Element {
  const { model, route } = snapshot;
  const sections = useMemo(() => bySection(model.catalogue), [model.catalogue]);
  useEffect(() => {
    if (route.id !== undefined) document.querySelector(`#case-${CSS.escape(route.id)}`)?.scrollIntoView();
  }, [route.id, model.catalogue]);
  return (
    <section class="catalogue">
      <h1>Catalogue</h1>
      <p class="aside">
        {count(model.catalogue.length, "case")}, {grouped(model.cases.length)} of them selected for this run.
      </p>
      <nav class="sections" aria-label="Sections">
        {sections.map(([number, cases]) => (
          <a key={number} href={formatRoute({ view: "catalogue", id: cases[0]?.id ?? "" })}>
            {number} {cases[0]?.section}
          </a>
        ))}
      </nav>
      {sections.map(([number, cases]) => (
        <section key={number}>
          <h2>
            {number} {cases[0]?.section}
          </h2>
          {cases.map((info) => (
            <Entry key={info.id} info={info} standings={standings(snapshot, info.id)} />
          ))}
        </section>
      ))}
    </section>
  );
}

function Entry({
  info,
  standings,
}: {
  readonly info: CaseInfo;
  readonly standings: readonly Standing[];
}): JSX.Element {
  return (
    <article class="catalogue-case" id={`case-${info.id}`}>
      <h3>
        <a href={formatRoute({ view: "case", id: info.id })}>{info.id}</a> {info.title}{" "}
        {standings.map((standing, index) => (
          <Glyph key={index} standing={standing} />
        ))}
      </h3>
      <p>{info.description}</p>
      <p>
        <b>Expected:</b> {info.expectation}
      </p>
      <ul class="requirements">
        {info.requirements.map((requirement) => (
          <li key={requirement.id}>
            <RequirementLine requirement={requirement} />
          </li>
        ))}
      </ul>
    </article>
  );
}

function standings({ model }: Snapshot, id: string): readonly Standing[] {
  if (!model.isSelected(id)) return ["not-selected"];
  return model.peers.map((peer) => standingOf(peer, id));
}

function bySection(cases: readonly CaseInfo[]): readonly (readonly [string, readonly CaseInfo[]])[] {
  const sections = new Map<string, CaseInfo[]>();
  for (const info of cases.toSorted((a, b) => compareIds(a.id, b.id))) {
    const number = sectionNumber(info.id);
    sections.set(number, [...(sections.get(number) ?? []), info]);
  }
  return [...sections];
}
