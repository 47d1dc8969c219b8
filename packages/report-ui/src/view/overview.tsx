import type { JSX } from "preact";

import { againstLine } from "../model/changes.js";
import { peerLabel, type RunModel } from "../model/run-model.js";
import { headline } from "../model/sentence.js";
import { count, duration, grouped, instant, visible } from "../model/text.js";
import type { Snapshot } from "../store.js";
import { Coverage } from "./coverage.js";
import { Glyph } from "./glyph.js";
import { PeerCard } from "./peer-card.js";

/** Who was tested, when, with what, how long, and what came out. */
export function Overview({ snapshot }: { readonly snapshot: Snapshot }): JSX.Element {
  const { model, route, changes } = snapshot;
  return (
    <section class="overview" aria-label="Overview">
      <Headline model={model} />
      <RunFacts model={model} />
      {/* On a small screen the rows are far below what comes before them. */}
      <button
        type="button"
        class="to-cases"
        onClick={() => document.querySelector(".matrix-view")?.scrollIntoView()}
      >
        To the cases
      </button>
      <div class="peers">
        {model.peers.map((peer, index) => (
          <PeerCard key={peer.key} peer={peer} model={model} filter={route.filter} changes={changes[index]} />
        ))}
      </div>
      <Coverage model={model} />
      {model.against !== null && <p class="aside">Compared with {visible(againstLine(model.against))}.</p>}
      <Notes model={model} />
    </section>
  );
}

/** The answer first: what the run says, in a sentence. */
function Headline({ model }: { readonly model: RunModel }): JSX.Element {
  const { text, tone } = headline(model);
  return (
    <h1 class={`verdict-sentence is-${tone}`}>
      <Glyph standing={tone} /> <span>{visible(text)}</span>
    </h1>
  );
}

function RunFacts({ model }: { readonly model: RunModel }): JSX.Element | null {
  const { start, end } = model;
  if (start === null) return null;
  const facts: [string, string][] = [
    ["Run", headingOf(model)],
    ["Started", instant(start.startedAt)],
    ["Duration", end === null ? "not finished" : duration(end.totals.durationMs)],
    ["Cases", `${grouped(start.cases.length)} of the set ${start.set}`],
    ["Profile", start.profile],
    ["Suite", `wireproof ${start.suite}`],
    ["In flight", `up to ${start.config.concurrency}`],
  ];
  return (
    <div class="facts">
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{visible(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function headingOf({ peers, end }: RunModel): string {
  const files = new Set(peers.flatMap(({ up }) => up?.run?.file ?? []));
  if (files.size > 1) return `${files.size} runs side by side`;
  if (end === null) return "not finished";
  return end.totals.interrupted ? "interrupted" : "complete";
}

function Notes({ model }: { readonly model: RunModel }): JSX.Element | null {
  if (model.notes.length === 0) return null;
  const nameOf = (key: string | undefined): string => {
    const peer = key === undefined ? undefined : model.peer(key);
    return peer === undefined ? "" : `${peerLabel(peer)}: `;
  };
  return (
    <details class="notes" open={model.notes.length < 4}>
      <summary>{count(model.notes.length, "note")} from the tester</summary>
      <ul>
        {model.notes.map((note, index) => (
          <li key={index}>{visible(nameOf(note.peer) + note.text)}</li>
        ))}
      </ul>
    </details>
  );
}
