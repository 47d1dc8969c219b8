import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import type { CaseInfo, PageCase } from "wireproof/page";
import { formatRoute } from "../model/route.js";
import { peerLabel, type Peer } from "../model/run-model.js";
import { sectionNumber } from "../model/rows.js";
import { standingOf } from "../model/standing.js";
import { duration, instant, visible } from "../model/text.js";
import type { Snapshot } from "../store.js";
import { Glyph, Verdict } from "./glyph.js";

export interface CaseHeadlineProps {
  readonly snapshot: Snapshot;
  readonly info: CaseInfo;
  readonly peer: Peer | undefined;
  readonly result: PageCase | undefined;
}

/** What case this is, how it went, and the way to its neighbours and to other peers. */
export function CaseHeadline({ snapshot, info, peer, result }: CaseHeadlineProps): JSX.Element {
  const { model } = snapshot;
  const standing =
    peer === undefined || !model.isSelected(info.id) ? "not-selected" : standingOf(peer, info.id);
  return (
    <header class={`headline is-${standing}`}>
      <div class="headline-row">
        <p class="path">
          <a
            href={formatRoute({
              view: "matrix",
              filter: { ...snapshot.route.filter, section: sectionNumber(info.id) },
            })}
          >
            {sectionNumber(info.id)} {info.section}
          </a>
        </p>
        <Neighbours snapshot={snapshot} id={info.id} agent={snapshot.route.agent} />
      </div>
      <h1>
        <span class="case-id">{info.id}</span> {info.title}
      </h1>
      <p class="result-line">
        <Verdict standing={standing} />
        {result !== undefined && <span>{duration(result.durationMs)}</span>}
        {result !== undefined && <span>{instant(result.startedAt)}</span>}
        {result !== undefined && <span>profile {result.profile}</span>}
        {result !== undefined && <span>{circumstances(result)}</span>}
      </p>
      {model.peers.length > 0 && (
        <ul class="agents" aria-label="Peers">
          {model.peers.map((one) => (
            <li key={one.key}>
              <a
                href={formatRoute({ view: "case", id: info.id, agent: peerLabel(one) })}
                {...(one === peer ? { "aria-current": "true" as const } : {})}
              >
                <Glyph standing={standingOf(one, info.id)} />
                {visible(peerLabel(one))}
              </a>
            </li>
          ))}
        </ul>
      )}
    </header>
  );
}

function circumstances({ attempt, concurrent }: PageCase): string {
  if (attempt > 1) return "played again alone";
  return concurrent ? "other cases in flight" : "alone";
}

interface NeighboursProps {
  readonly snapshot: Snapshot;
  readonly id: string;
  readonly agent: string | undefined;
}

/** Previous and next case, also with the keys `[` and `]`. */
function Neighbours({ snapshot, id, agent }: NeighboursProps): JSX.Element {
  const { model } = snapshot;
  const cases = model.isSelected(id) ? model.cases : model.catalogue;
  const place = cases.findIndex((info) => info.id === id);
  const link = (other: CaseInfo | undefined): string | undefined =>
    other === undefined
      ? undefined
      : formatRoute({ view: "case", id: other.id, ...(agent === undefined ? {} : { agent }) });
  const [previous, next] = [cases[place - 1], cases[place + 1]];
  useEffect(() => {
    const onKey = ({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent): void => {
      if (ctrlKey || metaKey || altKey || target instanceof HTMLInputElement) return;
      const hash = key === "[" ? link(previous) : key === "]" ? link(next) : undefined;
      if (hash !== undefined) location.hash = hash;
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [id, agent, cases]);
  return (
    <nav class="neighbours" aria-label="Neighbours">
      <Neighbour
        href={link(previous)}
        label={previous === undefined ? "" : `Previous, ${previous.id}`}
        keyName="["
        rel="prev"
      />
      <Neighbour
        href={link(next)}
        label={next === undefined ? "" : `Next, ${next.id}`}
        keyName="]"
        rel="next"
      />
    </nav>
  );
}

interface NeighbourProps {
  readonly href: string | undefined;
  readonly label: string;
  readonly keyName: string;
  readonly rel: "prev" | "next";
}

function Neighbour({ href, label, keyName, rel }: NeighbourProps): JSX.Element | null {
  if (href === undefined) return null;
  return (
    <a href={href} rel={rel} aria-keyshortcuts={keyName} title={`Key ${keyName}`}>
      {label}
    </a>
  );
}
