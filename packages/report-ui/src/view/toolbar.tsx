import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { formatRoute, isFiltered, NO_FILTER, SORT_KEYS, type Filter, type SortKey } from "../model/route.js";
import { levelsOf, sectionsOf } from "../model/rows.js";
import { STANDINGS, STANDING_WORDS } from "../model/standing.js";
import { count } from "../model/text.js";
import type { Snapshot } from "../store.js";

const SORTS: Readonly<Record<SortKey, string>> = {
  failing: "Failures first",
  id: "By id",
  verdict: "Worst first",
  time: "Slowest first",
};

export interface ToolbarProps {
  readonly snapshot: Snapshot;
  /** Cases that the filter lets through. */
  readonly visible: number;
  readonly onFold: (fold: boolean) => void;
  /** Cells of several peers have their sentences. */
  readonly showsReasons: boolean;
  readonly onReasons: (shows: boolean) => void;
}

/** What the matrix shows, and in which order. Every choice is in the address. */
export function Toolbar(props: ToolbarProps): JSX.Element {
  const { snapshot, visible } = props;
  const { filter } = snapshot.route;
  const [isOpen, setOpen] = useState(false);
  const choose = (change: Partial<Filter>): void => {
    location.replace(formatRoute({ view: "matrix", filter: { ...filter, ...change } }));
  };
  return (
    <div class="toolbar" role="group" aria-label="Filter of the matrix">
      {/* Only small screens show this button; the choices are always there on others. */}
      <button
        type="button"
        class="open-filters"
        aria-expanded={isOpen}
        aria-controls="filters"
        onClick={() => setOpen(!isOpen)}
      >
        {isFiltered(filter) ? "Filters (on)" : "Filters"}
      </button>
      <div id="filters" class={isOpen ? "filters is-open" : "filters"}>
        <Filters snapshot={snapshot} choose={choose} />
      </div>
      <span class="found" role="status">
        {count(visible, "case")}
        {filter.finding !== "" && " of one finding"}
      </span>
      {isFiltered(filter) && (
        <button type="button" onClick={() => choose(NO_FILTER)}>
          Show all
        </button>
      )}
      <Switches {...props} choose={choose} />
    </div>
  );
}

interface Choosing {
  readonly choose: (change: Partial<Filter>) => void;
}

function Filters({ snapshot, choose }: Choosing & { readonly snapshot: Snapshot }): JSX.Element {
  const { model, route } = snapshot;
  const { filter } = route;
  const verdicts = filter.verdicts.filter((one) => one !== "differs");
  const others = filter.verdicts.filter((one) => one === "differs");
  return (
    <>
      <TextFilter text={filter.text} choose={(text) => choose({ text })} />
      <Choice
        label="Verdict"
        value={verdicts.length > 1 ? "several" : (verdicts[0] ?? "")}
        options={verdictOptions(snapshot, verdicts.length > 1)}
        choose={(value) => choose({ verdicts: value === "" ? others : [value, ...others] })}
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
        choose={(value) => choose({ sort: SORT_KEYS.find((key) => key === value) ?? "failing" })}
      />
    </>
  );
}

/** For several peers: only differences, and the sentences in the cells. For groups: folding. */
function Switches(props: ToolbarProps & Choosing): JSX.Element {
  const { snapshot, onFold, showsReasons, onReasons, choose } = props;
  const { model, route } = snapshot;
  const { verdicts, sort } = route.filter;
  const onlyDifferences = verdicts.includes("differs");
  const others = verdicts.filter((one) => one !== "differs");
  return (
    <span class="switches">
      {model.peers.length > 1 && (
        <>
          <button
            type="button"
            aria-pressed={onlyDifferences}
            onClick={() => choose({ verdicts: onlyDifferences ? others : [...others, "differs"] })}
          >
            Only differences
          </button>
          <button type="button" aria-pressed={showsReasons} onClick={() => onReasons(!showsReasons)}>
            Reasons
          </button>
        </>
      )}
      {(sort === "id" || sort === "failing") && (
        <>
          <button type="button" onClick={() => onFold(true)}>
            Fold
          </button>
          <button type="button" onClick={() => onFold(false)}>
            Unfold
          </button>
        </>
      )}
    </span>
  );
}

function verdictOptions({ model }: Snapshot, hasSeveral: boolean): [string, string][] {
  const standings = STANDINGS.filter((one) => one !== "not-selected").map((one): [string, string] => [
    one,
    STANDING_WORDS[one],
  ]);
  return [
    ["", "All verdicts"],
    ...(hasSeveral ? [["several", "Several verdicts"] as [string, string]] : []),
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
