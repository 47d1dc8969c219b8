import type { JSX } from "preact";

import type { ChangedFinding, ChangeModel } from "../../../conformance/src/site/page-model.js";
import { stackPath } from "../../../conformance/src/site/paths.js";
import { STANDING_WORDS, STANDINGS } from "../model/standing.js";
import { visible } from "../model/text.js";
import { Go } from "./document.js";

/** What became otherwise with each version that was tested, newest first. */
export function ChangesView({ changes }: { readonly changes: readonly ChangeModel[] }): JSX.Element {
  return (
    <>
      <h1>Changes</h1>
      <p class="lead">
        Every version that was tested, newest first. The same as a feed:{" "}
        <Go to="changes.atom">changes.atom</Go>
      </p>
      {changes.length === 0 ? (
        <p class="nothing">Nothing was tested so far.</p>
      ) : (
        <Changes changes={changes} isOfOneStack={false} />
      )}
    </>
  );
}

export function Changes(props: {
  readonly changes: readonly ChangeModel[];
  readonly isOfOneStack: boolean;
}): JSX.Element {
  return (
    <div class="scroll" role="region" aria-label="Versions" tabIndex={0}>
      <table class="changes-table">
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">{props.isOfOneStack ? "Role" : "Stack"}</th>
            <th scope="col">Version</th>
            <th scope="col">Cases</th>
            <th scope="col">What became otherwise</th>
          </tr>
        </thead>
        <tbody>
          {props.changes.map((change) => (
            <tr key={`${change.folder} ${change.key} ${change.version} ${change.day}`}>
              <td class="day">{change.day}</td>
              <th scope="row">
                {props.isOfOneStack ? (
                  change.label
                ) : (
                  <>
                    <Go to={stackPath(change.folder, change.key)}>{visible(change.name)}</Go>{" "}
                    <span class="aside">{change.label}</span>
                  </>
                )}
              </th>
              <td>
                {visible(change.version)} <span class="aside">suite {visible(change.suite)}</span>
              </td>
              <td>{totalsText(change.totals)}</td>
              <td>
                <Difference change={change} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** `700 pass, 3 fail`: in words, since nobody may have looked at those that failed. */
function totalsText(totals: ChangeModel["totals"]): string {
  const numbers = totals as Readonly<Record<string, number | undefined>>;
  return STANDINGS.toReversed()
    .flatMap((one) => {
      const number = numbers[one] ?? 0;
      return number === 0 ? [] : [`${number} ${STANDING_WORDS[one].toLowerCase()}`];
    })
    .join(", ");
}

function Difference({ change }: { readonly change: ChangeModel }): JSX.Element {
  const { before, added, gone, folder } = change;
  if (before === undefined) return <span class="aside">tested for the first time</span>;
  if (added.length + gone.length === 0)
    return <span class="aside">the same findings as {visible(before)}</span>;
  return (
    <ul>
      {change.isSameSuite === false && <li class="aside">with another version of the suite</li>}
      {added.map((one) => (
        <li key={one.id}>
          <span class="change">new</span> <Named one={one} folder={folder} />
        </li>
      ))}
      {gone.map((one) => (
        <li key={one.id}>
          <span class="change is-better">gone</span> <Named one={one} folder={folder} />
        </li>
      ))}
    </ul>
  );
}

function Named({ one, folder }: { readonly one: ChangedFinding; readonly folder: string }): JSX.Element {
  return (
    <>
      {one.anchor === undefined ? (
        visible(one.text)
      ) : (
        <Go to={stackPath(folder, one.anchor)}>{visible(one.text)}</Go>
      )}
      {one.standing === "unreviewed" && <span class="aside"> unreviewed</span>}
    </>
  );
}
