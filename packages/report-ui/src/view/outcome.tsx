import type { ComponentChildren, JSX } from "preact";

import {
  CLOSING_WORDS,
  type CaseInfo,
  type EventView,
  type PageDetail,
  type Verdict as VerdictRecord,
} from "wireproof/page";
import { isClosingBad, STANDING_WORDS } from "../model/standing.js";
import { visible } from "../model/text.js";
import { eventText } from "../wire/entry-text.js";
import { Citation } from "./about.js";
import { Verdict } from "./glyph.js";

/** The verdict, the requirement that was broken, and what was expected beside what was observed. */
export function Outcome({
  detail,
  info,
}: {
  readonly detail: PageDetail;
  readonly info: CaseInfo;
}): JSX.Element {
  const { verdict, record } = detail.end;
  const missing = record.eventCount - record.events.length;
  return (
    <section class={`outcome is-${verdict.outcome}`}>
      <h2>Outcome</h2>
      <p class="because">
        <Verdict standing={verdict.outcome} /> {visible(verdict.because)}
      </p>
      {verdict.requirement !== undefined && <Broken id={verdict.requirement} info={info} />}
      {record.undeclared.map((one, index) => (
        <p key={index} class="broken">
          The tester sent something that the case does not declare: {visible(one)}
        </p>
      ))}
      {verdict.expected.map((trace, index) => (
        <Trace key={index} label={expectedLabel(verdict, index)} events={trace.events}>
          <End text={trace.ending} />
        </Trace>
      ))}
      <Trace label="Observed" events={record.events}>
        {missing > 0 && <li>and {missing} more that were not recorded</li>}
        {record.violations.map((one, index) => (
          <li key={index} class="broken">
            illegal: {visible(one.violation)}
            {one.closing === true && ", while closing"}
          </li>
        ))}
        <End text={verdict.ended} />
      </Trace>
    </section>
  );
}

/** The last step of a course: how the connection ends. */
function End({ text }: { readonly text: string | undefined }): JSX.Element | null {
  return text === undefined ? null : <li class="end">then {visible(text)}</li>;
}

/** How the connection ended, and whether it had to end so. */
export function Closing({
  detail,
  info,
}: {
  readonly detail: PageDetail;
  readonly info: CaseInfo;
}): JSX.Element {
  const { verdict } = detail.end;
  return (
    <section class="closing-block">
      <h2>Closing</h2>
      <p>
        <span class={isClosingBad(verdict.closing) ? "closing-word is-bad" : "closing-word"}>
          {CLOSING_WORDS[verdict.closing]}
        </span>{" "}
        {visible(verdict.closingBecause)}
      </p>
      {verdict.closingRequirement !== undefined && <Broken id={verdict.closingRequirement} info={info} />}
    </section>
  );
}

/** What each of the two profiles says, and why they can differ. */
export function Profiles({
  detail,
  info,
}: {
  readonly detail: PageDetail;
  readonly info: CaseInfo;
}): JSX.Element | null {
  const { autobahn, modern } = detail.end.verdicts;
  const both = autobahn !== undefined && modern !== undefined;
  const isSame = both && headline(autobahn) === headline(modern);
  if (isSame && info.differs.length === 0) return null;
  return (
    <section class="profiles">
      <h2>The two profiles</h2>
      {both ? (
        <dl>
          <dt>modern</dt>
          <dd>{headline(modern)}</dd>
          <dt>autobahn</dt>
          <dd>{headline(autobahn)}</dd>
        </dl>
      ) : (
        <p>
          Judged only under {detail.end.record.profile}, because the other profile plays this case
          differently.
        </p>
      )}
      {info.differs.map((reason, index) => (
        <p key={index} class="aside">
          Why they can differ: {reason}
        </p>
      ))}
    </section>
  );
}

function headline({ outcome, closing }: VerdictRecord): string {
  return `${STANDING_WORDS[outcome]}, closing ${CLOSING_WORDS[closing].toLowerCase()}`;
}

function Broken({ id, info }: { readonly id: string; readonly info: CaseInfo }): JSX.Element {
  const known = info.requirements.find((requirement) => requirement.id === id);
  const parts = /^(\d+)-([\w.]+)-\d+$/.exec(id);
  const citation = known?.citation ?? (parts === null ? `requirement ${id}` : `RFC ${parts[1]} §${parts[2]}`);
  const link =
    known?.link ??
    (parts === null ? "" : `https://www.rfc-editor.org/rfc/rfc${parts[1]}#section-${parts[2]}`);
  return (
    <p class="broken">
      Broken: <Citation citation={citation} link={link} />{" "}
      {known !== undefined && <span class="level">{known.level}</span>} {known?.text}
    </p>
  );
}

/** The first trace of its kind is the strict one; more of them are alternatives. */
function expectedLabel({ expected }: VerdictRecord, index: number): string {
  const outcome = expected[index]?.outcome ?? "pass";
  if (expected.length === 1) return "Expected";
  return outcome === "pass" ? "Expected, for a pass" : "Accepted as non-strict";
}

interface TraceProps {
  readonly label: string;
  readonly events: readonly EventView[];
  readonly children?: ComponentChildren;
}

function Trace({ label, events, children }: TraceProps): JSX.Element {
  return (
    <div class="trace">
      <h3>{label}</h3>
      <ol>
        {events.length === 0 && <li class="none">no event</li>}
        {events.map((event, index) => {
          const { name, text } = eventText(event);
          return (
            <li key={index}>
              <span class="opcode">{name}</span> {text}
            </li>
          );
        })}
        {children}
      </ol>
    </div>
  );
}
