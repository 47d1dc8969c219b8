import type { JSX } from "preact";

import type { CellState, FrontPage, FrontRow } from "../../../conformance/src/site/page-model.js";
import { stackPath } from "../../../conformance/src/site/paths.js";
import { count, visible } from "../model/text.js";
import { breakable, Go } from "./document.js";
import { CellSign, cellText, SignIcon, STATE_MEANINGS, STATE_WORDS } from "./signs.js";

const STATES: readonly (CellState | "unavailable")[] = [
  "conforms",
  "fault",
  "unreviewed",
  "advice",
  "cleared",
  "open",
  "none",
  "unavailable",
];

/** Stacks by sections. Without script it is all there, by name; with it, it can be sorted and filtered. */
export function Front({ page }: { readonly page: FrontPage }): JSX.Element {
  const { rows, sections } = page;
  return (
    <>
      <h1>WebSocket stacks</h1>
      <p class="lead">{summary(rows)}</p>
      <Filters rows={rows} />
      <Legend />
      <div class="map" role="region" aria-label="Stacks by sections" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col" class="name" aria-sort="ascending">
                <button type="button" data-sort="name">
                  Stack
                </button>
              </th>
              <th scope="col" class="sum">
                <button type="button" data-sort="faults">
                  Faults
                </button>
              </th>
              {sections.map(({ number, title }) => (
                <th key={number} scope="col" class="section">
                  <span>{shortTitle(title)}</span> <i>{number}</i>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={`${row.folder} ${row.label}`} row={row} page={page} />
            ))}
          </tbody>
        </table>
        <p class="nothing" hidden>
          No stack is like this.
        </p>
      </div>
    </>
  );
}

/** A column is narrow. */
function shortTitle(title: string): string {
  return title
    .replace(/, beyond section \d+$/, ", further cases")
    .replace(/, every combination$/, ", all")
    .replace(/^permessage-deflate: (\w)/, (_, first: string) => `Deflate: ${first}`);
}

function summary(rows: readonly FrontRow[]): string {
  const number = (few: readonly FrontRow[]): number => new Set(few.map(({ folder }) => folder)).size;
  const tested = rows.filter(({ status }) => status !== "unavailable");
  if (tested.length === 0) return `${count(number(rows), "stack")}, none of which was tested so far.`;
  const faults = number(rows.filter((row) => row.faults > 0));
  const unreviewed = rows.reduce((sum, row) => sum + row.unreviewed, 0);
  return [
    `${count(number(tested), "stack")} tested in ${count(tested.length, "run")}.`,
    `${faults === 0 ? "No stack has" : faults === 1 ? "1 has" : `${faults} have`} a fault that somebody has confirmed.`,
    ...(unreviewed > 0
      ? [`${count(unreviewed, "finding")} ${unreviewed === 1 ? "is" : "are"} unreviewed.`]
      : []),
  ].join(" ");
}

/** They appear when the script is there that makes them work. */
function Filters({ rows }: { readonly rows: readonly FrontRow[] }): JSX.Element {
  const languages = [...new Set(rows.map(({ language }) => language))].sort((a, b) =>
    a.localeCompare(b, "en"),
  );
  return (
    <form class="filters" hidden aria-label="Filter">
      <label>
        <span class="unseen">Words</span>
        <input type="search" name="words" placeholder="Name" autocomplete="off" />
      </label>
      <Choice
        name="language"
        label="Language"
        all="Every language"
        values={languages.map((one) => [one, one])}
      />
      <Choice
        name="role"
        label="Role"
        all="Both roles"
        values={[
          ["server", "Servers"],
          ["client", "Clients"],
        ]}
      />
      <Choice
        name="can"
        label="Capability"
        all="Every capability"
        values={[
          ["deflate", "With permessage-deflate"],
          ["http2", "Over HTTP/2"],
        ]}
      />
      <Choice
        name="standing"
        label="Result"
        all="Every result"
        values={[
          ["conforms", "Nothing wrong"],
          ["fault", "With faults"],
          ["unreviewed", "With unreviewed findings"],
          ["open", "Not all judged"],
          ["unavailable", "Not available"],
        ]}
      />
      <output class="aside" />
    </form>
  );
}

function Choice(props: {
  readonly name: string;
  readonly label: string;
  readonly all: string;
  readonly values: readonly (readonly [value: string, text: string])[];
}): JSX.Element {
  return (
    <label>
      <span class="unseen">{props.label}</span>
      <select name={props.name}>
        <option value="">{props.all}</option>
        {props.values.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function Legend(): JSX.Element {
  return (
    <details class="signs">
      <summary>What the signs mean</summary>
      <dl class="verdicts">
        {STATES.map((state) => (
          <div key={state}>
            <dt>
              <SignIcon sign={state} /> {STATE_WORDS[state]}
            </dt>
            <dd>{STATE_MEANINGS[state]}</dd>
          </div>
        ))}
      </dl>
      <p>
        The number is how many findings a section has. A sign leads to the section on the page of the stack,
        and from there to the wire log.
      </p>
    </details>
  );
}

function Row({ row, page }: { readonly row: FrontRow; readonly page: FrontPage }): JSX.Element {
  const { folder, name, language, key, label, version, status, because, faults, unreviewed, standing } = row;
  const isMissing = status === "unavailable";
  const can = [row.hasDeflate ? "deflate" : "", label.includes("HTTP/2") ? "http2" : ""].join(" ").trim();
  return (
    <tr
      data-language={language}
      data-role={["server", "client"].filter((one) => label.includes(one)).join(" ")}
      data-can={can === "" ? undefined : can}
      data-standing={standing}
      data-faults={isMissing ? -1 : faults * 1000 + unreviewed}
    >
      <th scope="row" class="name">
        <Go to={stackPath(folder, key)}>{breakable(visible(name))}</Go> <small>{label}</small>
        {status === "cut" && <small class="cut">cut</small>}
        {version !== "" && <small class="version">{visible(version)}</small>}
      </th>
      {isMissing || status === "failed" ? (
        <td class="missing" colSpan={page.sections.length + 1}>
          <SignIcon sign={isMissing ? "unavailable" : "open"} />{" "}
          {isMissing ? "not available" : `not tested: ${visible(because ?? "it could not be started")}`}
        </td>
      ) : (
        <>
          <td class="sum">
            {faults > 0 && <b class="is-fault">{faults}</b>}
            {unreviewed > 0 && <span class="is-unreviewed">{unreviewed}?</span>}
            {faults + unreviewed === 0 && <span class={`is-${standing}`}>0</span>}
          </td>
          {row.cells.map((cell, index) => {
            const { number } = page.sections[index] ?? { number: 0 };
            if (cell.state === "none") return <td key={number} />;
            const hasNumber = cell.state === "fault" || cell.state === "unreviewed";
            return (
              <td key={number}>
                <Go to={stackPath(folder, `${key}-${number}`)} label={cellText(cell)}>
                  <CellSign sign={cell.state} />
                  {hasNumber && `${cell.count}${cell.more > 0 ? "+" : ""}`}
                </Go>
              </td>
            );
          })}
        </>
      )}
    </tr>
  );
}
