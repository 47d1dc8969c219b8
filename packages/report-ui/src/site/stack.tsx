import type { JSX } from "preact";

import type {
  FindingModel,
  FindingStanding,
  RoleModel,
  SectionModel,
  StackModel,
} from "../../../conformance/src/site/page-model.js";
import { badgePath, gridPath } from "../../../conformance/src/site/paths.js";
import { STANDING_WORDS, STANDINGS, type Standing } from "../model/standing.js";
import { duration, visible } from "../model/text.js";
import { sentence } from "../view/finding-card.js";
import { Glyph } from "../view/glyph.js";
import { Changes } from "./changes.js";
import { Go, Picture } from "./document.js";
import { CaseLinks, Finding } from "./finding.js";
import { cellText, SignIcon } from "./signs.js";

/** Everything about a stack: its findings first, then its sections, versions, and how it was run. */
export function Stack({ stack }: { readonly stack: StackModel }): JSX.Element {
  return (
    <>
      <div class="title-row">
        <h1>{visible(stack.name)}</h1>
        <Picture src={badgePath(stack.folder)} text={`Badge of ${stack.name}`} height={20} />
      </div>
      <About stack={stack} />
      <Ways stack={stack} />
      {stack.roles.map((role) => (
        <Role key={role.key} role={role} />
      ))}
      {stack.unavailable.length > 0 && (
        <section class="role" id="unavailable">
          <h2>Not available</h2>
          <p>
            There is a program, but no result so far, for: {stack.unavailable.join(", ")}. Its packages were
            not there, or it was not run.
          </p>
        </section>
      )}
      {stack.changes.length > 0 && (
        <section class="history" id="history">
          <h2>Versions</h2>
          <Changes changes={stack.changes} isOfOneStack={true} />
        </section>
      )}
      <Programs stack={stack} />
    </>
  );
}

/** To the roles, and to where else the stack is. */
function Ways({ stack: { folder, roles, isIn } }: { readonly stack: StackModel }): JSX.Element | null {
  const ways = [
    ...roles.map(({ key, label }) => [`#${key}`, sentence(label).slice(0, -1)] as const),
    ...(isIn.gridAsClient ? [[gridPath(folder), "In the grid, as the client"] as const] : []),
    ...(isIn.proxies ? [[`proxies/index.html#${folder}`, "As a proxy"] as const] : []),
  ];
  if (ways.length < 2 && !isIn.proxies) return null;
  return (
    <nav class="roles" aria-label="Roles">
      {ways.map(([to, text]) => (
        <Go key={to} to={to}>
          {text}
        </Go>
      ))}
    </nav>
  );
}

function About({ stack }: { readonly stack: StackModel }): JSX.Element {
  return (
    <dl class="about-stack">
      <div>
        <dt>Language</dt>
        <dd>{visible(stack.language)}</dd>
      </div>
      <div>
        <dt>Licence</dt>
        <dd>{visible(stack.licence)}</dd>
      </div>
      <div>
        <dt>Home page</dt>
        <dd>
          {stack.homepage.startsWith("https://") ? (
            <a href={stack.homepage} rel="noreferrer noopener" target="_blank">
              {visible(stack.homepage.replace(/^https:\/\//, "").replace(/\/$/, ""))}
            </a>
          ) : (
            visible(stack.homepage)
          )}
        </dd>
      </div>
    </dl>
  );
}

const GROUPS: readonly (readonly [standing: FindingStanding, title: string, isOpen: boolean])[] = [
  ["fault", "Faults", true],
  ["unreviewed", "Unreviewed", true],
  ["advice", "Advice not followed", false],
  ["cleared", "Not its fault", false],
];

function Role({ role }: { readonly role: RoleModel }): JSX.Element {
  const { key, label, result, findings, sections } = role;
  return (
    <section class="role" id={key}>
      <h2>{sentence(label).slice(0, -1)}</h2>
      <RunFacts role={role} />
      {result.status !== "tested" && (
        <p class="down">
          <SignIcon sign="open" />{" "}
          {result.status === "cut"
            ? "The run was cut; what was not played is not judged."
            : "It could not be tested."}{" "}
          {result.because !== undefined && visible(sentence(result.because))}
        </p>
      )}
      {findings.length === 0 && result.status === "tested" && (
        <p class="fine">
          <SignIcon sign="conforms" /> Nothing was found.
        </p>
      )}
      {GROUPS.map(([standing, title, isOpen]) => (
        <Group
          key={standing}
          title={title}
          isOpen={isOpen}
          findings={findings.filter((one) => one.standing === standing)}
        />
      ))}
      {sections.length > 0 && <Sections role={role} />}
    </section>
  );
}

function RunFacts({ role: { result, command, runFile } }: { readonly role: RoleModel }): JSX.Element {
  return (
    <>
      <dl class="about-stack">
        <Fact name="Version" value={result.version} />
        <Fact name="Tested" value={result.startedAt.slice(0, 10)} />
        <Fact name="Suite" value={`Wireproof ${result.suite}, profile ${result.profile}`} />
        <Fact name="Took" value={duration(result.seconds * 1000)} />
      </dl>
      <p class="again">
        Run it again: <code>{command}</code>
        {runFile !== undefined && (
          <>
            {" "}
            <Go to={runFile}>Run file, with every wire log</Go>
          </>
        )}
      </p>
    </>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{visible(value)}</dd>
    </div>
  );
}

function Group(props: {
  readonly title: string;
  readonly isOpen: boolean;
  readonly findings: readonly FindingModel[];
}): JSX.Element | null {
  const { title, isOpen, findings } = props;
  if (findings.length === 0) return null;
  const list = (
    <ol class="findings">
      {findings.map((found) => (
        <Finding key={found.anchor} found={found} />
      ))}
    </ol>
  );
  const heading = `${title}: ${findings.length}`;
  if (isOpen) {
    return (
      <>
        <h3>{heading}</h3>
        {list}
      </>
    );
  }
  return (
    <details class="group">
      <summary>
        <h3>{heading}</h3>
      </summary>
      {list}
    </details>
  );
}

function Sections({ role: { key, label, sections } }: { readonly role: RoleModel }): JSX.Element {
  return (
    <>
      <h3>Sections</h3>
      <div class="scroll" role="region" aria-label={`Sections, ${label}`} tabIndex={0}>
        <table class="sections">
          <thead>
            <tr>
              <th scope="col">Section</th>
              <th scope="col">Result</th>
              <th scope="col">Cases</th>
              <th scope="col">What was found</th>
            </tr>
          </thead>
          <tbody>
            {sections.map((section) => (
              <Section key={section.number} id={`${key}-${section.number}`} section={section} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** Outcomes whose cases are named; of the others the number is enough. */
const NAMED: readonly string[] = ["fail", "blocked", "too-slow", "harness-error"];

function Section({ id, section }: { readonly id: string; readonly section: SectionModel }): JSX.Element {
  const { number, title, cell, counts, cases, findings } = section;
  return (
    <tr id={id}>
      <th scope="row">
        <span class="number">{number}</span> {title}
      </th>
      <td class="state">
        <SignIcon sign={cell.state} /> {cellText(cell)}
      </td>
      <td class="group-counts">
        {STANDINGS.filter((one) => countOf(counts, one) > 0).map((one) => (
          <span key={one} class={`counted is-${one}`} title={STANDING_WORDS[one]}>
            {/* Red is for what somebody looked at. */}
            {one === "fail" && cell.state !== "fault" ? (
              <SignIcon sign={cell.state} />
            ) : (
              <Glyph standing={one} />
            )}
            <span class="unseen">{STANDING_WORDS[one]}: </span>
            {countOf(counts, one)}
          </span>
        ))}
      </td>
      <td>
        {findings.map(({ found: one, standing }) => (
          <p key={one.anchor}>
            <SignIcon sign={standing} />{" "}
            <Go to={`#${one.anchor}-evidence`}>{visible(one.finding.because)}</Go>
            {one.reviews.length === 0 && <span class="aside"> unreviewed</span>}
          </p>
        ))}
        {cases
          .filter(([outcome]) => NAMED.includes(outcome))
          .map(([outcome, ids]) => (
            <p key={outcome} class="aside">
              {STANDING_WORDS[outcome as Standing]}: <CaseLinks ids={ids} />
            </p>
          ))}
      </td>
    </tr>
  );
}

function countOf(counts: SectionModel["counts"], standing: Standing): number {
  return (counts as Readonly<Partial<Record<Standing, number>>>)[standing] ?? 0;
}

/** What was installed, and what the programs do otherwise than applications by default. */
function Programs({ stack }: { readonly stack: StackModel }): JSX.Element {
  return (
    <section class="programs">
      <h2>The programs</h2>
      <p class="aside">
        A small program that echoes, written as the documentation of the library tells applications to, in the
        folder <code>interop/stacks/{stack.folder}</code>.
      </p>
      <List title="Packages" items={stack.packages} />
      <List title="Not as by default" items={stack.settings} />
      <List title="Limits, and results that are not its fault" items={stack.limits} />
      <p class="aside">
        The badge says what is known of all roles. A README shows it with{" "}
        <code>![WebSocket conformance]({badgePath(stack.folder)})</code>, from where this site is.
      </p>
    </section>
  );
}

function List({
  title,
  items,
}: {
  readonly title: string;
  readonly items: readonly string[];
}): JSX.Element | null {
  if (items.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {items.map((item) => (
          <li key={item}>{visible(item)}</li>
        ))}
      </ul>
    </>
  );
}
