import type { JSX } from "preact";

import type {
  BrokenModel,
  GridClientPage,
  GridPage,
  PairModel,
  PairState,
  ScenarioModel,
} from "../../../conformance/src/site/page-model.js";
import { gridPath, requirementPath, stackPath } from "../../../conformance/src/site/paths.js";
import { count, visible } from "../model/text.js";
import { Citation } from "../view/about.js";
import { sentence } from "../view/finding-card.js";
import { breakable, Go } from "./document.js";
import { FAULT_WORDS, Prose } from "./finding.js";
import { CellSign, PAIR_WORDS, pairSign, SignIcon, type Sign } from "./signs.js";

const STATES: readonly PairState[] = [
  "works",
  "client",
  "server",
  "both",
  "unknown",
  "offences",
  "unsupported",
];

/** Every client against every server. */
export function Grid({ page }: { readonly page: GridPage }): JSX.Element {
  const { servers, clients, scenarios, day } = page;
  return (
    <>
      <h1>Interop grid</h1>
      <p class="lead">
        Every client against every server, {day}. A passive proxy stood between the two and kept the octets;
        who is at fault follows from them, by the requirement. A sign leads to what happened.
      </p>
      <details class="signs">
        <summary>What the signs mean, and what the two did</summary>
        <dl class="verdicts">
          {STATES.map((state) => (
            <div key={state}>
              <dt>
                <SignIcon sign={pairSign({ state, isReviewed: true })} />
              </dt>
              <dd>{PAIR_WORDS[state]}.</dd>
            </div>
          ))}
        </dl>
        <dl class="codes">
          {Object.entries(scenarios).map(([name, text]) => (
            <div key={name}>
              <dt>{visible(name)}</dt>
              <dd>{visible(text)}</dd>
            </div>
          ))}
        </dl>
      </details>
      <div class="map" role="region" aria-label="Clients by servers" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col" class="name">
                Client ↓ Server →
              </th>
              {servers.map(({ folder, name, version }) => (
                <th key={folder} scope="col" class="section">
                  <span title={version}>{breakable(visible(name))}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {clients.map((client) => (
              <tr key={client.folder}>
                <th scope="row" class="name">
                  <Go to={gridPath(client.folder)}>{breakable(visible(client.name))}</Go>
                  <small class="version">{visible(client.version)}</small>
                </th>
                {client.pairs.map((pair, index) => (
                  <td key={servers[index]?.folder}>{pair !== null && <Pair pair={pair} />}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Pair({ pair }: { readonly pair: PairModel }): JSX.Element {
  return (
    <Go to={gridPath(pair.client.folder, pair.server.folder)} label={labelOf(pair)}>
      <CellSign sign={pairSign(pair)} />
      {pair.failed > 0 && pair.failed}
    </Go>
  );
}

function labelOf({ state, failed, isReviewed }: PairModel): string {
  if (failed === 0) return PAIR_WORDS[state];
  return `${PAIR_WORDS[state]}, ${count(failed, "scenario")}${isReviewed ? "" : ", unreviewed"}`;
}

/** What happened between a client and each server. */
export function GridClient({ page }: { readonly page: GridClientPage }): JSX.Element {
  const { client, pairs } = page;
  return (
    <>
      <p class="crumb">
        <Go to="grid/index.html">Interop grid</Go>
      </p>
      <h1>{visible(client.name)} as the client</h1>
      <p class="lead">
        Version {visible(client.version)}. <Go to={stackPath(client.folder)}>What the suite found in it</Go>
      </p>
      {pairs.map((pair) => (
        <section key={pair.server.folder} class="pair" id={pair.server.folder}>
          <h2>
            <SignIcon sign={pairSign(pair)} /> to {visible(pair.server.name)}{" "}
            <span class="aside">{visible(pair.server.version)}</span>
          </h2>
          <ul>
            {pair.scenarios.filter(isWorthALook).map((one) => (
              <Scenario key={one.scenario} one={one} pair={pair} />
            ))}
            <Others pair={pair} outcome="works" sign="conforms" />
            <Others pair={pair} outcome="unsupported" sign="none" />
          </ul>
        </section>
      ))}
    </>
  );
}

function isWorthALook({ outcome, because, broken }: ScenarioModel): boolean {
  return outcome === "fails" || broken.length > 0 || (outcome === "works" && because !== undefined);
}

/** The names of scenarios of which there is nothing to say, in a line. */
function Others(props: {
  readonly pair: PairModel;
  readonly outcome: "works" | "unsupported";
  readonly sign: Sign;
}): JSX.Element | null {
  const found = props.pair.scenarios.filter((one) => one.outcome === props.outcome && !isWorthALook(one));
  if (found.length === 0) return null;
  return (
    <li class="scenario">
      <SignIcon sign={props.sign} /> {props.outcome}:{" "}
      {found.map(({ scenario }) => visible(scenario)).join(", ")}
    </li>
  );
}

function Scenario({ one, pair }: { readonly one: ScenarioModel; readonly pair: PairModel }): JSX.Element {
  const { scenario, outcome, because, broken, wire = [] } = one;
  const name = { client: pair.client.name, server: pair.server.name };
  return (
    <li class={`scenario is-${outcome}`}>
      <p>
        <SignIcon sign={scenarioSign(one)} /> <b title={visible(one.title)}>{visible(scenario)}</b> {outcome}
        {outcome === "fails" && <Blame one={one} name={name} />}
      </p>
      {outcome === "works" && because !== undefined && <p class="aside">{visible(sentence(because))}</p>}
      {broken.map((it) => (
        <p key={`${it.side} ${it.requirement}`} class="aside">
          {it.because !== because && (
            <>
              {outcome === "works" && "It did not matter here, but "}
              {visible(name[it.side])} broke a requirement
              {it.info !== null && (
                <>
                  , <RequirementLink info={it.info} />
                </>
              )}
              : {visible(sentence(it.because))}{" "}
            </>
          )}
          <Reviewed broken={it} name={name[it.side]} />
        </p>
      ))}
      {wire.length > 0 && (
        <details class="evidence">
          <summary>What went over the wire</summary>
          <pre>{wire.map(visible).join("\n")}</pre>
        </details>
      )}
    </li>
  );
}

function scenarioSign({ outcome, accused, broken, isReviewed }: ScenarioModel): Sign {
  const isHeld = broken.some(({ standing }) => standing !== "cleared");
  const state = outcome === "fails" ? (accused ?? "unknown") : isHeld ? "offences" : "works";
  return pairSign({ state, isReviewed });
}

/** Whose fault it is that a scenario failed, by what, and why. */
function Blame(props: {
  readonly one: ScenarioModel;
  readonly name: Readonly<Record<"client" | "server", string>>;
}): JSX.Element {
  const { accused, fault, because, broken } = props.one;
  const info = broken.find((it) => it.because === because)?.info ?? null;
  return (
    <>
      {": "}
      {accused === null
        ? fault === null || fault === undefined
          ? "the octets do not tell who is at fault"
          : "no library is at fault"
        : accused === "both"
          ? "both are at fault"
          : `${visible(props.name[accused])} is at fault`}
      {info !== null && accused !== null && (
        <>
          , by <RequirementLink info={info} />
        </>
      )}
      .{because !== undefined && ` ${visible(sentence(because))}`}
    </>
  );
}

/** What people say of what a side broke. */
function Reviewed(props: { readonly broken: BrokenModel; readonly name: string }): JSX.Element {
  const { standing, review } = props.broken;
  const name = visible(props.name);
  if (standing === "unreviewed") return <>{name}: unreviewed, nobody has looked at it by hand.</>;
  if (review === undefined) return <>{name}: reviewed, in the run of the suite.</>;
  return (
    <>
      {name}: reviewed on {review.day}, {FAULT_WORDS[review.fault]}
      {review.by !== undefined && `, by ${visible(review.by)}`}. <Prose text={sentence(review.says)} />
    </>
  );
}

function RequirementLink({ info }: { readonly info: NonNullable<BrokenModel["info"]> }): JSX.Element {
  if (info.text === "") return <Citation citation={info.citation} link={info.link} />;
  return <Go to={requirementPath(info.id)}>{info.citation}</Go>;
}
