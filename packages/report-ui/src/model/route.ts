/** What the page shows, as the fragment of its address says. Every view has a link that stays valid. */
export interface Route {
  readonly view: "matrix" | "case" | "plots" | "catalogue";
  /** Of the view `case`, or the case that the catalogue shows first. */
  readonly id?: string;
  /** Name of a peer, or its key where names are not unique; absent for the first one. */
  readonly agent?: string;
  /** Number of an entry of the wire log. */
  readonly entry?: number;
  readonly filter: Filter;
}

/** Which cases the matrix shows, and in which order. */
export interface Filter {
  /**
   * Standings and `closing`, for cases with a bad closing, `changed`, for those unlike the earlier run, or `differs`,
   * for those that came out differently with different peers; empty for all.
   */
  readonly verdicts: readonly string[];
  /** Number of a section; empty for all. */
  readonly section: string;
  /** Level of a requirement, such as MUST; empty for all. */
  readonly level: string;
  readonly text: string;
  /** Id of a finding, for the cases that show it; empty for all. */
  readonly finding: string;
  readonly sort: SortKey;
}

export type SortKey = "failing" | "id" | "verdict" | "time";
export const SORT_KEYS: readonly SortKey[] = ["failing", "id", "verdict", "time"];

export const NO_FILTER: Filter = {
  verdicts: [],
  section: "",
  level: "",
  text: "",
  finding: "",
  sort: "failing",
};

/** Reads `#case=5.20&agent=…`; anything unknown is the matrix. */
export function parseRoute(hash: string): Route {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  const filter: Filter = {
    verdicts: (values.get("verdict") ?? "").split(",").filter((one) => one !== ""),
    section: values.get("section") ?? "",
    level: values.get("level") ?? "",
    text: values.get("text") ?? "",
    finding: values.get("finding") ?? "",
    sort: SORT_KEYS.find((key) => key === values.get("sort")) ?? "failing",
  };
  const id = values.get("case") ?? values.get("catalogue") ?? "";
  const agent = values.get("agent");
  const entry = Number(values.get("entry") ?? Number.NaN);
  const view = values.has("case")
    ? "case"
    : values.has("plots")
      ? "plots"
      : values.has("catalogue")
        ? "catalogue"
        : "matrix";
  return {
    view,
    filter,
    ...(id === "" ? {} : { id }),
    ...(agent === null ? {} : { agent }),
    ...(Number.isSafeInteger(entry) && entry >= 0 ? { entry } : {}),
  };
}

/** The fragment of a view, beginning with `#`. */
export function formatRoute(route: Partial<Route>): string {
  const values = new URLSearchParams();
  if (route.view === "case") values.set("case", route.id ?? "");
  if (route.view === "plots") values.set("plots", "");
  if (route.view === "catalogue") values.set("catalogue", route.id ?? "");
  if (route.agent !== undefined) values.set("agent", route.agent);
  if (route.entry !== undefined) values.set("entry", String(route.entry));
  addFilter(values, route.filter ?? NO_FILTER);
  // "plots=" reads better without its empty value.
  return `#${values.toString().replace(/^(plots|catalogue)=(?=&|$)/, "$1")}`;
}

function addFilter(values: URLSearchParams, filter: Filter): void {
  if (filter.verdicts.length > 0) values.set("verdict", filter.verdicts.join(","));
  if (filter.section !== "") values.set("section", filter.section);
  if (filter.level !== "") values.set("level", filter.level);
  if (filter.text !== "") values.set("text", filter.text);
  if (filter.finding !== "") values.set("finding", filter.finding);
  if (filter.sort !== "failing") values.set("sort", filter.sort);
}

export function isFiltered(filter: Filter): boolean {
  const { verdicts, section, level, text, finding } = filter;
  return verdicts.length > 0 || [section, level, text, finding].some((one) => one !== "");
}
