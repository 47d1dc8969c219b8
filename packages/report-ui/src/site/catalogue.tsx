import type { JSX } from "preact";

import type {
  CasePage,
  CasesPage,
  RequirementPage,
  RequirementsPage,
} from "../../../conformance/src/site/page-model.js";
import { casePath, gridPath, requirementPath, stackPath } from "../../../conformance/src/site/paths.js";
import { STANDING_WORDS, type Standing } from "../model/standing.js";
import { count, visible } from "../model/text.js";
import { Citation, RequirementLine } from "../view/about.js";
import { sentence } from "../view/finding-card.js";
import { Go } from "./document.js";
import { OwnedFindings } from "./finding.js";
import { SignIcon } from "./signs.js";

export function Requirements({ page }: { readonly page: RequirementsPage }): JSX.Element {
  return (
    <>
      <h1>Requirements</h1>
      <p class="lead">
        Every sentence of the RFCs that demands or recommends something, and how many stacks get it wrong.
        Covered: a case is about it, or it is checked on every connection.
      </p>
      {page.documents.map(({ document, testable, covered, requirements }) => (
        <section key={document}>
          <h2>{document}</h2>
          <p class="aside">
            {count(requirements.length, "requirement")}, {testable} of them can be seen by some test,{" "}
            {covered} are covered.
          </p>
          <ul class="catalogue-list">
            {requirements.map(({ info, exercised, faults, unreviewed }) => (
              <li key={info.id}>
                <Go to={requirementPath(info.id)}>{info.citation}</Go>
                <span class="text">
                  <span class="level">{info.level}</span> {info.text}
                </span>
                <Blame faults={faults} unreviewed={unreviewed} exercised={exercised} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function Blame(props: {
  readonly faults: number;
  readonly unreviewed: number;
  readonly exercised: number;
}): JSX.Element {
  const { faults, unreviewed, exercised } = props;
  return (
    <span class="blame">
      {faults > 0 && (
        <span class="is-fault">
          <SignIcon sign="fault" /> {count(faults, "stack")}
        </span>
      )}
      {unreviewed > 0 && (
        <span class="is-unreviewed">
          <SignIcon sign="unreviewed" /> {unreviewed} unreviewed
        </span>
      )}
      {exercised === 0 && <span class="aside">not covered</span>}
    </span>
  );
}

export function Requirement({ page }: { readonly page: RequirementPage }): JSX.Element {
  const { info, role, cases, checks, waived, found, tested, grid } = page;
  const number = (standing: string): number => found.filter((one) => one.found.standing === standing).length;
  return (
    <>
      <p class="crumb">
        <Go to="requirement/index.html">Requirements</Go>
      </p>
      <h1>{info.citation}</h1>
      <p class="lead">
        <Citation citation={info.citation} link={info.link} /> <span class="level">{info.level}</span>{" "}
        {info.text}
      </p>
      <p class="aside">
        It is for{" "}
        {role === "both" ? "clients and servers" : role === "intermediary" ? "intermediaries" : `${role}s`}.
      </p>
      <h2>Who gets this wrong?</h2>
      {found.length === 0 ? (
        <p>
          {cases.length + checks.length === 0
            ? `Nothing asks. ${waived ?? ""}`
            : tested === 0
              ? "Nobody was tested so far."
              : `No finding says so, in ${count(tested, "complete run")} of stacks that it is for.`}
        </p>
      ) : (
        <>
          <p class="aside">
            {`Somebody has confirmed it in ${count(number("fault"), "run")}, and has not looked in ${number("unreviewed")}; ${count(tested, "complete run")} of stacks that it is for.`}
          </p>
          <OwnedFindings found={found} />
        </>
      )}
      {grid.length > 0 && (
        <>
          <h2>In the grid</h2>
          <p class="aside">By what the octets between the two show. Nobody has looked at these by hand.</p>
          <ul class="owned">
            {grid.map(({ client, server, scenario, side, because }) => (
              <li key={`${client.folder} ${server.folder} ${scenario} ${side}`}>
                <Go to={gridPath(client.folder, server.folder)}>
                  {visible(client.name)} to {visible(server.name)}
                </Go>
                , {visible(scenario)}: the {side}. {visible(sentence(because))}
              </li>
            ))}
          </ul>
        </>
      )}
      {cases.length > 0 && (
        <>
          <h2>Cases</h2>
          <p class="ids">
            {cases.map((id) => (
              <>
                <Go key={id} to={casePath(id)}>
                  {id}
                </Go>{" "}
              </>
            ))}
          </p>
        </>
      )}
      {checks.length > 0 && <p>It is checked on every connection: {checks.join(", ")}.</p>}
    </>
  );
}

export function Cases({ page }: { readonly page: CasesPage }): JSX.Element {
  return (
    <>
      <h1>Cases</h1>
      <p class="lead">What the suite plays, and how many stacks get it wrong.</p>
      {page.sections.map(({ number, title, cases }) => (
        <details key={number} class="group" id={`section-${number}`}>
          <summary>
            <h2>
              {number} {title}
            </h2>{" "}
            <span class="aside">{count(cases.length, "case")}</span>
          </summary>
          <ul class="catalogue-list">
            {cases.map(({ id, title: ofCase, faults, unreviewed }) => (
              <li key={id}>
                <Go to={casePath(id)}>{id}</Go>
                <span class="text">{ofCase}</span>
                <Blame faults={faults} unreviewed={unreviewed} exercised={1} />
              </li>
            ))}
          </ul>
        </details>
      ))}
    </>
  );
}

export function CaseView({ page }: { readonly page: CasePage }): JSX.Element {
  const { info, script, found, others } = page;
  return (
    <>
      <p class="crumb">
        <Go to={`case/index.html#section-${info.id.split(".")[0]}`}>{info.section}</Go>
      </p>
      <h1>
        {info.id} {info.title}
      </h1>
      <p class="lead">{info.description}</p>
      <h2>What is expected</h2>
      <p>{info.expectation}</p>
      {script.length > 0 && (
        <>
          <h2>What the tester does</h2>
          <pre class="script">{script.map(visible).join("\n")}</pre>
        </>
      )}
      {info.requirements.length > 0 && (
        <>
          <h2>Requirements</h2>
          <ul class="requirements">
            {info.requirements.map((one) => (
              <li key={one.id}>
                <RequirementLine requirement={one} />{" "}
                <Go to={requirementPath(one.id)}>Who gets this wrong?</Go>
              </li>
            ))}
          </ul>
        </>
      )}
      <h2>Who gets this wrong?</h2>
      {found.length === 0 ? <p>No finding is about this case.</p> : <OwnedFindings found={found} />}
      {others.length > 0 && (
        <details class="group">
          <summary>
            <h2>Everything but a pass</h2>
          </summary>
          <p class="aside">
            As the suite judged. Whether the stack is at fault is on its page. Who is not here passed, or did
            not play it.
          </p>
          {others.map(([outcome, who]) => (
            <section key={outcome}>
              <h3>{STANDING_WORDS[outcome as Standing]}</h3>
              <p>
                {who.map(({ folder, name, label, anchor }, index) => (
                  <>
                    {index > 0 && ", "}
                    <Go key={`${folder} ${label}`} to={stackPath(folder, anchor)}>
                      {visible(name)} ({label})
                    </Go>
                  </>
                ))}
              </p>
            </section>
          ))}
        </details>
      )}
    </>
  );
}
