import type { JSX } from "preact";

import type { ProxiesPage } from "../../../conformance/src/site/page-model.js";
import { casePath, stackPath } from "../../../conformance/src/site/paths.js";
import { STANDING_WORDS } from "../model/standing.js";
import { count, visible } from "../model/text.js";
import { EvidenceLines, sentence, visibleLines } from "../view/finding-card.js";
import { Go } from "./document.js";
import { SignIcon, type Sign } from "./signs.js";

type Proxy = ProxiesPage["proxies"][number];

const PROBE_SIGNS: Readonly<Record<Proxy["probes"][number]["outcome"], Sign>> = {
  kept: "conforms",
  changed: "advice",
  broken: "unreviewed",
  unknown: "open",
};

/** What becomes otherwise when a proxy stands in front of a good server. */
export function Proxies({ proxies }: { readonly proxies: readonly Proxy[] }): JSX.Element {
  return (
    <>
      <h1>Proxies</h1>
      <p class="lead">
        The suite was run against the same good server twice, directly and through each proxy. Shown is only
        what came out otherwise. A difference is no fault by itself: nobody is accused here.
      </p>
      {proxies.map((proxy) => (
        <section key={proxy.stack} class="role" id={proxy.stack}>
          <h2>
            {proxy.hasPage ? <Go to={stackPath(proxy.stack)}>{visible(proxy.name)}</Go> : visible(proxy.name)}
          </h2>
          <dl class="about-stack">
            {(
              [
                ["Version", proxy.version],
                ["Speaks", proxy.path],
                ["Tested", proxy.startedAt.slice(0, 10)],
                ["Suite", proxy.suite],
              ] as const
            ).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{visible(value)}</dd>
              </div>
            ))}
          </dl>
          {proxy.status !== "tested" && (
            <p class="down">
              {proxy.status === "cut" ? "The run was cut." : "It could not be tested."}{" "}
              {proxy.because !== undefined && visible(sentence(proxy.because))}
            </p>
          )}
          <Probes probes={proxy.probes} />
          <Differences proxy={proxy} />
        </section>
      ))}
    </>
  );
}

function Probes({ probes }: { readonly probes: Proxy["probes"] }): JSX.Element | null {
  if (probes.length === 0) return null;
  return (
    <>
      <h3>What it does beside the cases</h3>
      <ul class="probes">
        {probes.map(({ name, outcome, seen }) => (
          <li key={name}>
            <SignIcon sign={PROBE_SIGNS[outcome]} />{" "}
            <span>
              <b>{visible(name)}</b> {outcome}. {visible(sentence(seen))}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Differences({ proxy: { differences, status } }: { readonly proxy: Proxy }): JSX.Element {
  if (differences.length === 0)
    return status === "tested" ? (
      <p class="fine">
        <SignIcon sign="conforms" /> Every case came out as without the proxy.
      </p>
    ) : (
      <></>
    );
  return (
    <>
      <h3>{count(differences.length, "difference")}</h3>
      <ul class="differences">
        {differences.map(({ case: id, direct, through, because, evidence }) => (
          <li key={id}>
            <p>
              <Go to={casePath(id)}>{visible(id)}</Go> <Outcome name={direct} /> directly,{" "}
              <Outcome name={through} /> through it. {visible(sentence(because))}
            </p>
            {evidence !== undefined && (evidence.wire.length > 0 || evidence.answer !== undefined) && (
              <details class="evidence">
                <summary>Evidence: {count(evidence.wire.length, "line")} of the wire log</summary>
                {evidence.wire.length > 0 && <EvidenceLines wire={evidence.wire} />}
                {evidence.answer !== undefined && <pre>{visibleLines(evidence.answer)}</pre>}
              </details>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** In words: the red sign is for what somebody looked at. */
function Outcome({ name }: { readonly name: string }): JSX.Element {
  const words = (STANDING_WORDS as Readonly<Record<string, string>>)[name];
  return <b>{words ?? visible(name)}</b>;
}
