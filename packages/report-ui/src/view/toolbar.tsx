import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { formatRoute, isFiltered, NO_FILTER, SORT_KEYS, type Filter, type SortKey } from "../model/route.js";
import { levelsOf, sectionsOf } from "../model/rows.js";
import { STANDINGS, STANDING_WORDS } from "../model/standing.js";
import { count } from "../model/text.js";
import type { Snapshot } from "../store.js";

const SORTS: Readonly<Record<SortKey, string>> = {
  id: "By id",
  verdict: "Worst first",
  time: "Slowest first",
};

export interface ToolbarProps {
  readonly snapshot: Snapshot;
  /** Cases that the filter lets through. */
  readonly visible: number;
  readonly onFold: (fold: boolean) => void;
}

/** What the matrix shows, and in which order. Every choice is in the address. */
export function Toolbar({ snapshot, visible, onFold }: ToolbarProps): JSX.Element {
  const { model, route } = snapshot;
  const { filter } = route;
  const choose = (change: Partial<Filter>): void => {
    location.replace(formatRoute({ view: "matrix", filter: { ...filter, ...change } }));
  };
  return (
    <div class="toolbar" role="group" aria-label="Filter of the matrix">
      <TextFilter text={filter.text} choose={(text) => choose({ text })} />
      <Choice
        label="Verdict"
        value={filter.verdicts.length > 1 ? "several" : (filter.verdicts[0] ?? "")}
        options={verdictOptions(snapshot)}
        choose={(value) => choose({ verdicts: value === "" ? [] : [value] })}
      />
      <Choice
        label="Section"
        value={filter.section}
        options={[
          ["", "All sections"],
          ...[...sectionsOf(model.cases)].map(([key, title]): [string, string] => [key, `${key} ${title}`]),
        ]}
        choose={(section) => choose({ section })}
      />
      <Choice
        label="Level"
        value={filter.level}
        options={[
          ["", "All levels"],
          ...levelsOf(model.cases).map((level): [string, string] => [level, level]),
        ]}
        choose={(level) => choose({ level })}
      />
      <Choice
        label="Order"
        value={filter.sort}
        options={SORT_KEYS.map((key): [string, string] => [key, SORTS[key]])}
        choose={(value) => choose({ sort: SORT_KEYS.find((key) => key === value) ?? "id" })}
      />
      <span class="found" role="status">
        {count(visible, "case")}
      </span>
      {isFiltered(filter) && (
        <button type="button" onClick={() => choose(NO_FILTER)}>
          Show all
        </button>
      )}
      {filter.sort === "id" && (
        <span class="folds">
          <button type="button" onClick={() => onFold(true)}>
            Fold
          </button>
          <button type="button" onClick={() => onFold(false)}>
            Unfold
          </button>
        </span>
      )}
    </div>
  );
}

function verdictOptions({ route, model }: Snapshot): [string, string][] {
  const standings = STANDINGS.filter((one) => one !== "not-selected").map((one): [string, string] => [
    one,
    STANDING_WORDS[one],
  ]);
  return [
    ["", "All verdicts"],
    ...(route.filter.verdicts.length > 1 ? [["several", "Several verdicts"] as [string, string]] : []),
    ...standings,
    ["closing", "Bad closing"],
    ...(model.against === null ? [] : [["changed", "Changed"] as [string, string]]),
  ];
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly choose: (value: string) => void;
}

function Choice({ label, value, options, choose }: ChoiceProps): JSX.Element {
  return (
    <select aria-label={label} value={value} onChange={(event) => choose(event.currentTarget.value)}>
      {options.map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </select>
  );
}

/** The filter follows the typing, a moment behind it. */
function TextFilter({
  text,
  choose,
}: {
  readonly text: string;
  readonly choose: (text: string) => void;
}): JSX.Element {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (typed === text) return undefined;
    const timer = setTimeout(() => choose(typed), 120);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <input
      class="search"
      type="search"
      aria-label="Filter by id or words"
      placeholder="Filter by id or words"
      value={typed}
      onInput={(event) => setTyped(event.currentTarget.value)}
    />
  );
}
