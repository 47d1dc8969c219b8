import type { JSX } from "preact";

import { againstLine } from "../model/changes.js";
import { peerLabel, type RunModel } from "../model/run-model.js";
import { count, duration, grouped, instant, visible } from "../model/text.js";
import type { Snapshot } from "../store.js";
import { PeerCard } from "./peer-card.js";

/** Who was tested, when, with what, how long, and what came out. */
export function Overview({ snapshot }: { readonly snapshot: Snapshot }): JSX.Element {
  const { model, route, changes } = snapshot;
  return (
    <section class="overview" aria-label="Overview">
      <RunFacts model={model} />
      <div class="peers">
        {model.peers.map((peer, index) => (
          <PeerCard key={peer.key} peer={peer} model={model} filter={route.filter} changes={changes[index]} />
        ))}
      </div>
      {model.against !== null && <p class="aside">Compared with {visible(againstLine(model.against))}.</p>}
      <Notes model={model} />
    </section>
  );
}

function RunFacts({ model }: { readonly model: RunModel }): JSX.Element | null {
  const { start, end } = model;
  if (start === null) return null;
  const facts: [string, string][] = [
    ["Started", instant(start.startedAt)],
    ["Duration", end === null ? "not finished" : duration(end.totals.durationMs)],
    ["Cases", `${grouped(start.cases.length)} of the set ${start.set}`],
    ["Profile", start.profile],
    ["Suite", `wireproof ${start.suite}`],
    ["In flight", `up to ${start.config.concurrency}`],
  ];
  return (
    <div class="facts">
      <h1>{headingOf(model)}</h1>
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
  if (files.size > 1) return `${files.size} runs`;
  return end?.totals.interrupted === true ? "Interrupted run" : "Test run";
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
