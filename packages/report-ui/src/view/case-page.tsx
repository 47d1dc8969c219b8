import type { JSX } from "preact";

import type { CaseInfo, PageDetail, ProcessFacts } from "wireproof/page";
import { formatRoute } from "../model/route.js";
import { peerLabel, type Peer } from "../model/run-model.js";
import { count, visible } from "../model/text.js";
import type { Snapshot, Store } from "../store.js";
import { About, Again } from "./about.js";
import { CaseHeadline } from "./case-headline.js";
import { ClosingFacts } from "./closing-facts.js";
import { Handshake } from "./handshake.js";
import { Closing, Outcome, Profiles } from "./outcome.js";
import { SequenceDiagram } from "./sequence-diagram.js";
import { Measured, Statistics } from "./statistics.js";
import { useDetail } from "./use-detail.js";
import { WireLog } from "./wire-log.js";

interface CasePageProps {
  readonly store: Store;
  readonly snapshot: Snapshot;
}

/** Everything about one case of one peer: what came out and what shows it, then what the case is, then all the rest. */
export function CasePage({ store, snapshot }: CasePageProps): JSX.Element {
  const { model, route } = snapshot;
  const info = model.info(route.id ?? "");
  const peer = peerOf(snapshot);
  const result = info === undefined ? undefined : peer?.results.get(info.id);
  const detail = useDetail(store, result);
  if (info === undefined) return <p class="opening">This report has no case {route.id}.</p>;
  const isReady = result !== undefined && typeof detail !== "string";
  return (
    <article class="case-page">
      <CaseHeadline snapshot={snapshot} info={info} peer={peer} result={result} />
      <div class="case-columns">
        {isReady && (
          <div class="case-text">
            <Outcome detail={detail} info={info} />
            <Closing detail={detail} info={info} />
          </div>
        )}
        {isReady ? (
          <SequenceDiagram key={`${info.id} ${peer?.key}`} detail={detail} route={route} />
        ) : (
          <Absent
            info={info}
            peer={peer}
            state={result === undefined ? "no-result" : (detail as string)}
            isLive={snapshot.isLive}
          />
        )}
        <div class="case-text">
          <About info={info} />
          {isReady && <Profiles detail={detail} info={info} />}
          {peer !== undefined && <Again peer={peer} info={info} />}
        </div>
      </div>
      {isReady && <Details detail={detail} snapshot={snapshot} />}
    </article>
  );
}

function Details({
  detail,
  snapshot,
}: {
  readonly detail: PageDetail;
  readonly snapshot: Snapshot;
}): JSX.Element {
  const { record } = detail.end;
  return (
    <>
      <Measured record={record} />
      <Handshake record={record} />
      <ClosingFacts record={record} />
      <Statistics record={record} />
      {detail.process !== undefined && <Process process={detail.process} isShared={record.concurrent} />}
      <WireLog key={`${record.startedAt} ${detail.end.case}`} detail={detail} entry={snapshot.route.entry} />
    </>
  );
}

/** What the process of the peer printed while the case was in flight, and how it ended if it did. */
function Process(props: { readonly process: ProcessFacts; readonly isShared: boolean }): JSX.Element {
  const { output, omitted, exits } = props.process;
  return (
    <section class="process">
      <h2>The process of the peer</h2>
      {props.isShared && <p class="aside">Other cases were in flight too: this may be about them.</p>}
      {exits.map((exit, index) => (
        <p key={index} class="broken">
          {visible(exit.because)}
        </p>
      ))}
      {omitted > 0 && <p class="aside">{count(omitted, "line")} before these were not recorded.</p>}
      {output.length > 0 && (
        <pre tabIndex={0}>{output.map(({ from, text }) => `${from}  ${visible(text)}`).join("\n")}</pre>
      )}
    </section>
  );
}

interface AbsentProps {
  readonly info: CaseInfo;
  readonly peer: Peer | undefined;
  readonly state: string;
  readonly isLive: boolean;
}

/** Why there is nothing to see. */
function Absent({ info, peer, state, isLive }: AbsentProps): JSX.Element {
  if (state === "loading") return <p class="absent">Unpacking the record…</p>;
  if (state === "missing" && isLive) {
    return <p class="absent">The record of this case is no longer available here. It is in the run file.</p>;
  }
  if (state === "missing") {
    return (
      <div class="absent">
        <p>
          The record of this case is not in this page, because the page would be too large with it. It is in
          the run file:
        </p>
        <code>wireproof show {info.id} --run run.ndjson</code>
      </div>
    );
  }
  if (peer?.inFlight.has(info.id) === true) return <p class="absent">This case is being played.</p>;
  return (
    <p class="absent">
      {peer === undefined ? "No peer has played this case." : "This case has no result: it was not run."}{" "}
      <a href={formatRoute({ view: "catalogue", id: info.id })}>Show it in the catalogue</a>
    </p>
  );
}

/** The peer that the address names, by name or key; the first one that has a result otherwise. */
export function peerOf({ model, route }: Snapshot): Peer | undefined {
  const { agent, id = "" } = route;
  const named =
    model.peers.find((peer) => peerLabel(peer) === agent) ?? model.peers.find(({ key }) => key === agent);
  return named ?? model.peers.find(({ results }) => results.has(id)) ?? model.peers[0];
}
