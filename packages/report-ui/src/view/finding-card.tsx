import { Fragment, type JSX } from "preact";

import { compareIds, type PageWire, type PeerFinding, type Severity } from "wireproof/page";
import { formatRoute, NO_FILTER } from "../model/route.js";
import { count, visible } from "../model/text.js";
import { Citation } from "./about.js";
import { classOfWire, WireLine } from "./wire-line.js";

/** How bad a finding is, as a word in its colour. */
export function SeverityMark({ severity }: { readonly severity: Severity }): JSX.Element {
  return <span class={`severity is-${severity}`}>{SEVERITY_WORDS[severity]}</span>;
}

/** Links to single cases; a link to all of them follows. */
const LINKED_CASES = 6;

/** So much of an answer is shown. */
const ANSWER_LINES = 12;
const ANSWER_COLUMNS = 200;

const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  critical: "Critical",
  error: "Error",
  warning: "Warning",
  note: "Note",
};

interface FindingCardProps {
  readonly finding: PeerFinding;
  readonly agent: string;
  readonly isCompact: boolean;
  readonly showsEvidence: boolean;
}

/** One fault: how bad it is, what the peer did, which requirement that breaks, how to mend it, and what shows it. */
export function FindingCard(props: FindingCardProps): JSX.Element {
  const { finding, isCompact } = props;
  const title = (
    <>
      <SeverityMark severity={finding.severity} />{" "}
      <span class="title">{visible(sentence(finding.because))}</span>
    </>
  );
  if (isCompact) {
    return (
      <li class={`finding is-compact is-${finding.severity}`}>
        <details>
          <summary>
            {title}{" "}
            {finding.requirement !== null && (
              <span class="aside">{visible(finding.requirement.citation)}</span>
            )}
          </summary>
          <Body {...props} />
        </details>
      </li>
    );
  }
  return (
    <li class={`finding is-${finding.severity}`}>
      <h3>{title}</h3>
      <Body {...props} />
    </li>
  );
}

function Body({ finding, agent, showsEvidence }: FindingCardProps): JSX.Element {
  const { requirement, hint, known } = finding;
  return (
    <>
      {requirement !== null && (
        <p class="requirement">
          <Citation citation={requirement.citation} link={requirement.link} />{" "}
          <span class="level">{visible(requirement.level)}</span> {visible(requirement.text)}
        </p>
      )}
      {known !== undefined && (
        <p class="known">
          <b>Known:</b> {visible(known.reason)}
          {known.issue !== undefined && ` (${visible(known.issue)})`}
          {known.expires !== undefined && ` Accepted until ${visible(known.expires)}.`}
        </p>
      )}
      {hint !== undefined && (
        <p class="hint">
          <b>How to mend it:</b> {visible(hint)}
        </p>
      )}
      <Where finding={finding} agent={agent} />
      <Evidence finding={finding} agent={agent} isOpen={showsEvidence} />
    </>
  );
}

/** In how many cases, with the way to them. */
function Where({ finding, agent }: { readonly finding: PeerFinding; readonly agent: string }): JSX.Element {
  const { connections, first, counted, outcome, observation } = finding;
  if (observation === "unreachable") return <p class="where">No connection opened, so no case was played.</p>;
  const cases = finding.cases.toSorted(compareIds);
  const all = formatRoute({ view: "matrix", filter: { ...NO_FILTER, finding: finding.id } });
  if (cases.length === 0) {
    return (
      <p class="where">
        On {count(connections, "connection")}, first in <CaseLink id={first} agent={agent} />
        {outcome === "fail" && !counted && "; no case went wrong because of it"}.
      </p>
    );
  }
  return (
    <p class="where">
      {cases.length > 1 ? <a href={all}>In {count(cases.length, "case")}</a> : "In 1 case"}
      {": "}
      {cases.slice(0, LINKED_CASES).map((id, index) => (
        <Fragment key={id}>
          {index > 0 && ", "}
          <CaseLink id={id} agent={agent} />
        </Fragment>
      ))}
      {cases.length > LINKED_CASES && ` and ${cases.length - LINKED_CASES} more`}
      {connections > cases.length && `; seen on ${count(connections, "connection")}`}.
    </p>
  );
}

function CaseLink({ id, agent }: { readonly id: string; readonly agent: string }): JSX.Element {
  return <a href={formatRoute({ view: "case", id, agent })}>{id}</a>;
}

/** The decisive lines of the wire log, as the page of the case draws them. */
function Evidence(props: {
  readonly finding: PeerFinding;
  readonly agent: string;
  readonly isOpen: boolean;
}): JSX.Element | null {
  const { evidence } = props.finding;
  const { answer } = evidence;
  if (evidence.wire.length === 0 && answer !== undefined) {
    return (
      <details class="evidence" open={props.isOpen}>
        <summary>Evidence: what it said instead of opening the connection</summary>
        <pre>{visibleLines(answer)}</pre>
      </details>
    );
  }
  if (evidence.wire.length === 0) return null;
  return (
    <details class="evidence" open={props.isOpen}>
      <summary>
        Evidence, from case {evidence.case}: {count(evidence.wire.length, "line")} of its wire log
      </summary>
      <EvidenceLines wire={evidence.wire} />
      <p>
        <a href={formatRoute({ view: "case", id: evidence.case, agent: props.agent })}>
          The whole of case {evidence.case}
        </a>
      </p>
    </details>
  );
}

/** Lines of a wire log, each by itself. */
export function EvidenceLines({ wire }: { readonly wire: readonly PageWire[] }): JSX.Element {
  return (
    <ol>
      {wire.map((line, index) => (
        <li key={index} class={`entry ${classOfWire(line)}`}>
          <div class="plain">
            <WireLine wire={line} />
          </div>
        </li>
      ))}
    </ol>
  );
}

/** The first lines of an answer, each safe to show. */
export function visibleLines(answer: string): string {
  return answer
    .split(/\r?\n/)
    .slice(0, ANSWER_LINES)
    .map((line) => visible(line.slice(0, ANSWER_COLUMNS)))
    .join("\n");
}

/** With a capital letter and a full stop, whether it is a clause or a sentence. */
export function sentence(clause: string): string {
  const text = `${clause.slice(0, 1).toUpperCase()}${clause.slice(1)}`;
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
