import type { JSX } from "preact";

import type {
  FindingModel,
  FindingStanding,
  OwnedFinding,
} from "../../../conformance/src/site/page-model.js";
import { casePath, requirementPath, stackPath } from "../../../conformance/src/site/paths.js";
import { count, visible } from "../model/text.js";
import { Citation } from "../view/about.js";
import { EvidenceLines, sentence, SeverityMark, visibleLines } from "../view/finding-card.js";
import { Go } from "./document.js";
import { SignIcon } from "./signs.js";

/** Links to single cases of a finding. */
const LINKED_CASES = 12;

/** What was made of a finding, in two words. */
export function StandingMark({ standing }: { readonly standing: FindingStanding }): JSX.Element {
  return (
    <span class={`standing is-${standing}`}>
      <SignIcon sign={standing} /> {STANDING_WORDS[standing]}
    </span>
  );
}

const STANDING_WORDS: Readonly<Record<FindingStanding, string>> = {
  fault: "reviewed: its fault",
  unreviewed: "unreviewed",
  cleared: "reviewed: not its fault",
  advice: "advice",
};

/** Who is at fault, after a colon. */
export const FAULT_WORDS = {
  stack: "the implementation is at fault",
  program: "our program is at fault, not the implementation",
  suite: "our suite is at fault, not the implementation",
  nobody: "nobody is at fault: it is allowed",
} as const;

/** A finding on the page of its stack: what it is, what the review says, and the wire log that shows it. */
export function Finding({ found }: { readonly found: FindingModel }): JSX.Element {
  const { anchor, finding, standing, requirement, cases } = found;
  return (
    <li class={`finding is-${finding.severity} has-${standing}`} id={anchor}>
      <h4>
        <SeverityMark severity={finding.severity} />{" "}
        <span class="title">{visible(sentence(finding.because))}</span>{" "}
        {standing !== "advice" && <StandingMark standing={standing} />}
      </h4>
      {requirement !== null && (
        <p class="requirement">
          <Citation citation={requirement.citation} link={requirement.link} />{" "}
          <span class="level">{requirement.level}</span> {requirement.text}{" "}
          {requirement.text !== "" && <Go to={requirementPath(requirement.id)}>Who else gets this wrong?</Go>}
        </p>
      )}
      <Reviews found={found} />
      {finding.hint !== undefined && (
        <p class="hint">
          <b>How to mend it:</b> {visible(finding.hint)}
        </p>
      )}
      <p class="where">
        {cases.length === 0 ? (
          <>On {count(finding.connections, "connection")}; no case went wrong because of it.</>
        ) : (
          <>
            In {count(cases.length, "case")}: <CaseLinks ids={cases} />.
          </>
        )}
      </p>
      <Evidence found={found} />
    </li>
  );
}

/** Ids of cases as links, the first of them. */
export function CaseLinks({ ids }: { readonly ids: readonly string[] }): JSX.Element {
  return (
    <>
      {ids.slice(0, LINKED_CASES).map((id, index) => (
        <>
          {index > 0 && ", "}
          <Go to={casePath(id)}>{id}</Go>
        </>
      ))}
      {ids.length > LINKED_CASES && ` and ${ids.length - LINKED_CASES} more`}
    </>
  );
}

function Reviews({ found }: { readonly found: FindingModel }): JSX.Element {
  const { reviews, unreviewed } = found;
  if (reviews.length === 0) {
    return (
      <p class="review">
        <b>Unreviewed:</b> nobody has looked whose fault it is.
      </p>
    );
  }
  return (
    <div class="review">
      {reviews.map((review) => (
        <p key={`${review.version} ${review.cases}`}>
          <b>Reviewed</b> on {review.day}, version {visible(review.version)}: {FAULT_WORDS[review.fault]}, by{" "}
          {visible(review.by)}. <Prose text={sentence(review.says)} />
          {reviews.length > 1 && ` It is about ${visible(shortened(review.cases))}.`}
          {review.isOld && " The review is of another version than the one that was run."}
        </p>
      ))}
      {unreviewed.length > 0 && (
        <p>
          <b>Unreviewed</b> in this version: <CaseLinks ids={unreviewed} />.
        </p>
      )}
    </div>
  );
}

/** What people wrote: what stands between backticks is code. */
export function Prose({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      {visible(text)
        .split("`")
        .map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>))}
    </>
  );
}

/** Characters of a list of cases. */
const LIST_CHARACTERS = 80;

function shortened(list: string): string {
  if (list.length <= LIST_CHARACTERS) return list;
  return `${list.slice(0, list.lastIndexOf(",", LIST_CHARACTERS))} and more`;
}

function Evidence({ found }: { readonly found: FindingModel }): JSX.Element {
  const { evidence } = found.finding;
  return (
    <details class="evidence">
      <summary>
        Evidence, from case {visible(evidence.case)}
        {evidence.wire.length > 0 && `: ${count(evidence.wire.length, "line")} of its wire log`}
      </summary>
      <div id={`${found.anchor}-evidence`}>
        {evidence.because !== undefined && <p>{visible(sentence(evidence.because))}</p>}
        {evidence.wire.length > 0 && <EvidenceLines wire={evidence.wire} />}
        {evidence.answer !== undefined && <pre>{visibleLines(evidence.answer)}</pre>}
        <p class="again">
          Run it again: <code>{found.command}</code>
        </p>
      </div>
    </details>
  );
}

/** Findings of several stacks: whose, what, and the way to the wire log. */
export function OwnedFindings({ found }: { readonly found: readonly OwnedFinding[] }): JSX.Element {
  return (
    <ul class="owned">
      {found.map(({ folder, name, label, version, found: one }) => (
        <li key={`${folder} ${one.anchor}`}>
          <p>
            <Go to={stackPath(folder)}>{visible(name)}</Go>{" "}
            <span class="aside">
              {label} {visible(version)}
            </span>{" "}
            <StandingMark standing={one.standing} />
            {one.standing === "advice" && one.reviews.length === 0 && <span class="aside"> unreviewed</span>}
          </p>
          <p>
            {visible(sentence(one.finding.because))}{" "}
            <Go to={stackPath(folder, `${one.anchor}-evidence`)} class="proof">
              Wire log
            </Go>
          </p>
        </li>
      ))}
    </ul>
  );
}
