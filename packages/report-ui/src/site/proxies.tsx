import type { JSX } from "preact";

import type { ProxiesPage } from "../../../conformance/src/site/page-model.js";
import { casePath, requirementPath, stackPath } from "../../../conformance/src/site/paths.js";
import { STANDING_WORDS } from "../model/standing.js";
import { count, visible } from "../model/text.js";
import { EvidenceLines, sentence, visibleLines } from "../view/finding-card.js";
import { Go } from "./document.js";
import { CellSign, SignIcon, type Sign } from "./signs.js";

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
      <ProbeTable proxies={proxies} />
      {proxies.map((proxy) => (
        <section key={proxy.key} class="role" id={proxy.key}>
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
          <Probes proxy={proxy} />
          <Differences proxy={proxy} />
        </section>
      ))}
    </>
  );
}

/** Every proxy by every probe. */
function ProbeTable({ proxies }: { readonly proxies: readonly Proxy[] }): JSX.Element | null {
  const probed = proxies.filter(({ probes }) => probes.length > 0);
  const names = [...new Set(probed.flatMap(({ probes }) => probes.map(({ name }) => name)))];
  if (names.length === 0) return null;
  return (
    <div class="map" role="region" aria-label="Proxies by probes" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col" class="name">
              Proxy
            </th>
            {names.map((name) => (
              <th key={name} scope="col" class="section">
                <span>{visible(name)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {probed.map((proxy) => (
            <tr key={proxy.key}>
              <th scope="row" class="name">
                <Go to={`#${proxy.key}`}>{visible(proxy.name)}</Go>
                <small class="version">{visible(proxy.version)}</small>
              </th>
              {names.map((name) => {
                const probe = proxy.probes.find((one) => one.name === name);
                return (
                  <td key={name}>
                    {probe !== undefined && (
                      <Go to={`#${probeId(proxy, name)}`} label={probe.outcome}>
                        <CellSign sign={PROBE_SIGNS[probe.outcome]} />
                      </Go>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function probeId({ key }: Proxy, name: string): string {
  return `${key}-${name.replaceAll(/[^\w.-]+/g, "-")}`;
}

/** What it changes or breaks; what it keeps is folded. */
function Probes({ proxy }: { readonly proxy: Proxy }): JSX.Element | null {
  if (proxy.probes.length === 0) return null;
  const kept = proxy.probes.filter(({ outcome }) => outcome === "kept");
  const others = proxy.probes.filter(({ outcome }) => outcome !== "kept");
  return (
    <>
      <h3>What it does beside the cases</h3>
      {others.length > 0 && <ProbeList proxy={proxy} probes={others} />}
      {kept.length > 0 && (
        <details class="group">
          <summary>{count(kept.length, "probe")}: everything is kept as it was</summary>
          <ProbeList proxy={proxy} probes={kept} />
        </details>
      )}
    </>
  );
}

function ProbeList(props: { readonly proxy: Proxy; readonly probes: Proxy["probes"] }): JSX.Element {
  return (
    <ul class="probes">
      {props.probes.map(({ name, outcome, seen, info }) => (
        <li key={name} id={probeId(props.proxy, name)}>
          <SignIcon sign={PROBE_SIGNS[outcome]} />{" "}
          <span>
            <b>{visible(name)}</b> {outcome}. {visible(sentence(seen))}
            {info !== null && info.text !== "" && (
              <>
                {" "}
                <Go to={requirementPath(info.id)}>{info.citation}</Go>
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
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
