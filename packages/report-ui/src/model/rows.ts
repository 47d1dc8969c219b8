import { compareIds, type CaseInfo, type Outcome } from "wireproof/page";
import type { Change } from "./changes.js";
import { isFiltered, type Filter } from "./route.js";
import { isClosingBad, STANDINGS, standingOf } from "./standing.js";
import type { Peer } from "./run-model.js";

/** A heading of the matrix, with the ids of the visible cases under it. */
export interface GroupRowData {
  /** A section, a family, or the cases of a section in which nothing went wrong, behind those in which something did. */
  readonly kind: "section" | "family" | "rest";
  readonly key: string;
  readonly number: string;
  readonly title: string;
  readonly ids: readonly string[];
  readonly isFolded: boolean;
}

/** A line of the matrix. */
export type Row = GroupRowData | { readonly kind: "case"; readonly key: string; readonly info: CaseInfo };

/** What the reader folded and unfolded. */
export interface Folds {
  /** Everything was folded or unfolded at once; null: each group as it is by default. */
  readonly all: boolean | null;
  /** Keys of groups that are the other way round. */
  readonly toggled: ReadonlySet<string>;
}

export const NO_FOLDS: Folds = { all: null, toggled: new Set() };

export interface RowOptions {
  readonly filter: Filter;
  readonly peers: readonly Peer[];
  readonly folds: Folds;
  readonly changes: readonly ReadonlyMap<string, Change>[];
  /** Results still arrive: rows keep their places. */
  readonly isRunning: boolean;
}

/** The lines of the matrix: filtered, sorted, and under their headings. */
export function rowsOf(cases: readonly CaseInfo[], options: RowOptions): readonly Row[] {
  const { filter, isRunning } = options;
  const visible = cases.filter((info) => isVisible(info, options));
  if (filter.sort === "failing" && !isRunning && !isFiltered(filter)) return failingFirst(visible, options);
  if (filter.sort === "failing" || filter.sort === "id") return grouped(visible, options);
  return sorted(visible, options).map((info) => ({ kind: "case", key: info.id, info }));
}

export function sectionNumber(id: string): string {
  return id.slice(0, Math.max(0, id.indexOf(".")));
}

/** `30.1` for 30.1.6 and 30.1.3.20; the section for a case that stands in no family, such as 5.20. */
export function familyNumber(id: string): string {
  const [section = "", family = "", ...rest] = id.split(".");
  return rest.length === 0 ? section : `${section}.${family}`;
}

/** Sections by number with their titles, in order. */
export function sectionsOf(cases: readonly CaseInfo[]): ReadonlyMap<string, string> {
  return new Map(cases.map((info) => [sectionNumber(info.id), info.section]));
}

/** Levels of requirements that occur, the hardest first. */
export function levelsOf(cases: readonly CaseInfo[]): readonly string[] {
  const levels = new Set(cases.flatMap(({ requirements }) => requirements.map(({ level }) => level)));
  return [...levels].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

const LEVELS: readonly string[] = ["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "stated as fact"];

function rank(level: string): number {
  const found = LEVELS.indexOf(level);
  return found < 0 ? LEVELS.length : found;
}

function isVisible(info: CaseInfo, { filter, peers, changes }: RowOptions): boolean {
  if (filter.section !== "" && sectionNumber(info.id) !== filter.section) return false;
  if (filter.level !== "" && !info.requirements.some(({ level }) => level === filter.level)) return false;
  if (filter.finding !== "" && !peers.some((peer) => shows(peer, filter.finding, info.id))) return false;
  if (filter.text !== "" && !matches(info, filter.text.toLowerCase(), peers)) return false;
  const verdicts = filter.verdicts.filter((one) => one !== "differs");
  if (verdicts.length < filter.verdicts.length && !differs(info.id, peers)) return false;
  return verdicts.length === 0 || hasVerdict(info.id, verdicts, peers, changes);
}

function shows({ found }: Peer, finding: string, id: string): boolean {
  return found?.findings.some((one) => one.id === finding && one.cases.includes(id)) === true;
}

/** Whether the case came out differently with different peers. Only peers with a result count. */
export function differs(id: string, peers: readonly Peer[]): boolean {
  const seen = new Set(
    peers.flatMap(({ results }) => {
      const result = results.get(id);
      return result === undefined ? [] : [`${result.outcome} ${isClosingBad(result.closing)}`];
    }),
  );
  return seen.size > 1;
}

/** An id or the beginning of one, or words of the title, the requirements, or what was found. */
function matches(info: CaseInfo, text: string, peers: readonly Peer[]): boolean {
  if (/^[\d.]+$/.test(text)) return info.id.startsWith(text);
  const known = [info.title, ...info.requirements.flatMap(({ id, citation }) => [id, citation])];
  const found = peers.flatMap(({ results }) => results.get(info.id)?.because ?? []);
  return [...known, ...found].some((one) => one.toLowerCase().includes(text));
}

function hasVerdict(
  id: string,
  wanted: readonly string[],
  peers: readonly Peer[],
  changes: readonly ReadonlyMap<string, Change>[],
): boolean {
  if (wanted.includes("changed") && changes.some((one) => one.has(id))) return true;
  return peers.some((peer) => {
    const closing = peer.results.get(id)?.closing;
    if (wanted.includes("closing") && closing !== undefined && isClosingBad(closing)) return true;
    return wanted.includes(standingOf(peer, id));
  });
}

function grouped(cases: readonly CaseInfo[], { folds }: RowOptions): readonly Row[] {
  return [...groupBy(cases, ({ id }) => sectionNumber(id))].flatMap(([number, members]): readonly Row[] => {
    const heading = sectionRow(number, members, isFolded(folds, `s${number}`, false));
    return heading.isFolded ? [heading] : [heading, ...families(members, number, folds)];
  });
}

/** Sections in which something went wrong, each with those cases before the others; then the others, folded. */
function failingFirst(cases: readonly CaseInfo[], { peers, folds }: RowOptions): readonly Row[] {
  const sections = [...groupBy(cases, ({ id }) => sectionNumber(id))].map(([number, members]) => {
    const failing = members.filter(({ id }) => peers.some((peer) => wentWrong(peer, id)));
    return { number, members, failing };
  });
  const order = [
    ...sections.filter(({ failing }) => failing.length > 0),
    ...sections.filter(({ failing }) => failing.length === 0),
  ];
  return order.flatMap(({ number, members, failing }): readonly Row[] => {
    const heading = sectionRow(number, members, isFolded(folds, `s${number}`, failing.length === 0));
    if (heading.isFolded) return [heading];
    const wrong = new Set(failing);
    const rest = members.filter((one) => !wrong.has(one));
    if (failing.length === 0 || rest.length === 0) return [heading, ...families(members, number, folds)];
    const key = `r${number}`;
    const others: GroupRowData = {
      kind: "rest",
      key,
      number,
      title: `${rest.length} more of section ${number}`,
      ids: rest.map(({ id }) => id),
      isFolded: isFolded(folds, key, true),
    };
    const rows = [heading, ...failing.map(caseRow), others];
    return others.isFolded ? rows : [...rows, ...families(rest, number, folds)];
  });
}

/** What a reader has to look at: a failure, or a connection that did not end as it had to. */
function wentWrong(peer: Peer, id: string): boolean {
  const result = peer.results.get(id);
  if (result === undefined) return false;
  return WRONG.has(result.outcome) || isClosingBad(result.closing);
}

const WRONG: ReadonlySet<Outcome> = new Set(["fail", "blocked", "harness-error", "too-slow"]);

function sectionRow(number: string, members: readonly CaseInfo[], folded: boolean): GroupRowData {
  const title = members[0]?.section ?? "";
  return {
    kind: "section",
    key: `s${number}`,
    number,
    title,
    ids: members.map(({ id }) => id),
    isFolded: folded,
  };
}

function families(cases: readonly CaseInfo[], section: string, folds: Folds): readonly Row[] {
  return [...groupBy(cases, ({ id }) => familyNumber(id))].flatMap(([number, members]): readonly Row[] => {
    const rows = members.map(caseRow);
    if (number === section) return rows;
    const key = `f${number}`;
    const folded = isFolded(folds, key, false);
    const ids = members.map(({ id }) => id);
    const heading: Row = { kind: "family", key, number, title: `${number}.*`, ids, isFolded: folded };
    return folded ? [heading] : [heading, ...rows];
  });
}

function caseRow(info: CaseInfo): Row {
  return { kind: "case", key: info.id, info };
}

function isFolded({ all, toggled }: Folds, key: string, byDefault: boolean): boolean {
  // "Fold" folds sections; what is in them is as it was.
  const usual = all === null || !key.startsWith("s") ? byDefault && all !== false : all;
  return usual !== toggled.has(key);
}

function sorted(cases: readonly CaseInfo[], { filter, peers }: RowOptions): readonly CaseInfo[] {
  const measure = filter.sort === "time" ? slowest : worst;
  const keyed = cases.map((info) => ({ info, value: measure(info.id, peers) }));
  return keyed.sort((a, b) => a.value - b.value || compareIds(a.info.id, b.info.id)).map(({ info }) => info);
}

function slowest(id: string, peers: readonly Peer[]): number {
  return -Math.max(-1, ...peers.map(({ results }) => results.get(id)?.durationMs ?? -1));
}

function worst(id: string, peers: readonly Peer[]): number {
  return Math.min(STANDINGS.length, ...peers.map((peer) => STANDINGS.indexOf(standingOf(peer, id))));
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
