import { Fragment, type JSX } from "preact";

import type { Change } from "../model/changes.js";
import { formatRoute, type Filter } from "../model/route.js";
import { peerLabel, type Peer, type RunModel } from "../model/run-model.js";
import {
  countStandings,
  isClosingBad,
  STANDINGS,
  STANDING_WORDS,
  type Counts,
  type Standing,
} from "../model/standing.js";
import { count, grouped, instant, visible } from "../model/text.js";
import { sentenceOf } from "../model/sentence.js";
import { Findings } from "./findings.js";
import { Glyph } from "./glyph.js";

interface PeerCardProps {
  readonly peer: Peer;
  readonly model: RunModel;
  readonly filter: Filter;
  readonly changes: ReadonlyMap<string, Change> | undefined;
}

/** A peer: what the run says of it in a sentence, its verdicts as a bar and as counts that filter the matrix, its faults. */
export function PeerCard({ peer, model, filter, changes }: PeerCardProps): JSX.Element {
  const ids = model.cases.map(({ id }) => id).filter((id) => peer.selected?.has(id) !== false);
  const isOnly = model.peers.length === 1;
  return (
    <article class={isOnly ? "peer is-only" : "peer"}>
      {!isOnly && <h2>{visible(peerLabel(peer))}</h2>}
      {!isOnly && <Sentence peer={peer} model={model} />}
      {peer.agent !== peer.url && <p class="url">{visible(peer.url)}</p>}
      {peer.up?.run !== undefined && (
        <p class="origin">
          {visible(peer.up.run.file)} · {instant(peer.up.run.startedAt)} · {peer.up.run.profile}
        </p>
      )}
      <Counted peer={peer} ids={ids} filter={filter} />
      {peer.exits.map((exit, index) => (
        <p key={index} class="down">
          {visible(exit.because)}
          {exit.cases.length > 0 && <Cases ids={exit.cases} agent={peerLabel(peer)} />}
        </p>
      ))}
      {peer.down !== null && !isTold(peer) && <p class="down">{visible(peer.down.because)}</p>}
      <Findings found={peer.found} agent={peerLabel(peer)} isCompact={!isOnly} />
      {changes !== undefined && model.against !== null && <ChangeList changes={changes} filter={filter} />}
    </article>
  );
}

/** What the run says of the peer, without its name. */
function Sentence({ peer, model }: { readonly peer: Peer; readonly model: RunModel }): JSX.Element {
  const { text, tone } = sentenceOf(peer, model);
  return (
    <p class={`sentence is-${tone}`}>
      <Glyph standing={tone} /> {text}
    </p>
  );
}

function Counted(props: {
  readonly peer: Peer;
  readonly ids: readonly string[];
  readonly filter: Filter;
}): JSX.Element {
  const { peer, ids, filter } = props;
  const counts = countStandings(peer, ids);
  const bad = [...peer.results.values()].filter(({ closing }) => isClosingBad(closing));
  const badClosings = bad.length;
  const badPasses = bad.filter(({ outcome }) => outcome === "pass").length;
  return (
    <>
      <Bar counts={counts} total={ids.length} badPasses={badPasses} />
      <ul class="counts">
        {STANDINGS.map((standing) => {
          const number = counts[standing];
          return number === undefined ? null : (
            <CountLink
              key={standing}
              verdict={standing}
              number={number}
              filter={filter}
              standing={standing}
            />
          );
        })}
        {badClosings > 0 && (
          <CountLink verdict="closing" number={badClosings} filter={filter} word="bad closing" />
        )}
      </ul>
    </>
  );
}

/** The cases that were in flight. */
function Cases({ ids, agent }: { readonly ids: readonly string[]; readonly agent: string }): JSX.Element {
  return (
    <>
      {" In flight: "}
      {ids.map((id, index) => (
        <Fragment key={id}>
          {index > 0 && ", "}
          <a href={formatRoute({ view: "case", id, agent })}>{id}</a>
        </Fragment>
      ))}
      .
    </>
  );
}

interface CountLinkProps {
  readonly verdict: string;
  readonly number: number;
  readonly filter: Filter;
  readonly standing?: Standing;
  readonly word?: string;
}

/** A count that filters the matrix, or takes the filter away again. */
function CountLink({ verdict, number, filter, standing, word }: CountLinkProps): JSX.Element {
  const isOn = filter.verdicts.includes(verdict);
  const verdicts = isOn ? filter.verdicts.filter((one) => one !== verdict) : [...filter.verdicts, verdict];
  return (
    <li>
      <a
        class="count"
        href={formatRoute({ view: "matrix", filter: { ...filter, verdicts } })}
        {...(isOn ? { "aria-current": "true" as const } : {})}
      >
        {standing !== undefined && <Glyph standing={standing} />}
        <b>{grouped(number)}</b> {word ?? STANDING_WORDS[standing ?? "not-run"].toLowerCase()}
      </a>
    </li>
  );
}

interface BarProps {
  readonly counts: Counts;
  readonly total: number;
  /** Passes whose connection did not end as it had to: they are not drawn as passes. */
  readonly badPasses: number;
}

function Bar({ counts, total, badPasses }: BarProps): JSX.Element {
  const parts = STANDINGS.toReversed().flatMap((standing): [string, number][] => {
    const number = counts[standing] ?? 0;
    if (standing !== "pass") return [[`is-${standing}`, number]];
    return [
      ["is-pass", number - badPasses],
      ["is-bad-closing", badPasses],
    ];
  });
  let x = 0;
  return (
    <svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
      {parts.map(([name, number]) => {
        const width = total === 0 ? 0 : (number / total) * 1000;
        const left = x;
        x += width;
        return width === 0 ? null : (
          <rect key={name} class={`fill ${name}`} x={left} y="0" width={Math.max(width, 3)} height="10" />
        );
      })}
    </svg>
  );
}

const KINDS: Readonly<Record<Change["kind"], string>> = {
  worse: "worse",
  better: "better",
  other: "different",
  new: "new",
  gone: "gone",
};

/** What got worse by id, the rest by number. */
function ChangeList(props: {
  readonly changes: ReadonlyMap<string, Change>;
  readonly filter: Filter;
}): JSX.Element {
  const all = [...props.changes.values()];
  if (all.length === 0) return <p class="changes">Nothing changed since the earlier run.</p>;
  const worse = all.filter(({ kind }) => kind === "worse");
  const others = (["better", "other", "new", "gone"] as const)
    .map((kind) => ({ kind, number: all.filter((one) => one.kind === kind).length }))
    .filter(({ number }) => number > 0);
  const filter = { ...props.filter, verdicts: ["changed"] };
  return (
    <div class="changes">
      <p>
        <a href={formatRoute({ view: "matrix", filter })}>
          {count(all.length, "change")} since the earlier run
        </a>
        {": "}
        {[`${worse.length} worse`, ...others.map(({ kind, number }) => `${number} ${KINDS[kind]}`)].join(
          ", ",
        )}
      </p>
      {worse.length > 0 && (
        <ul>
          {worse.slice(0, 12).map(({ id, before, after }) => (
            <li key={id}>
              <a href={formatRoute({ view: "case", id })}>{id}</a> {before} → {after}
            </li>
          ))}
          {worse.length > 12 && <li>and {worse.length - 12} more</li>}
        </ul>
      )}
    </div>
  );
}

/** Whether a finding says already that the peer could not be reached. */
function isTold({ found }: Peer): boolean {
  return found?.findings.some(({ observation }) => observation === "unreachable") === true;
}
