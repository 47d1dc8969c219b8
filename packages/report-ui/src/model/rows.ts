import { compareIds, type CaseInfo } from "wireproof/page";
import type { Change } from "./changes.js";
import type { Filter } from "./route.js";
import { isClosingBad, STANDINGS, standingOf } from "./standing.js";
import type { Peer } from "./run-model.js";

/** A line of the matrix. Sections and families carry the ids of the visible cases under them. */
export type Row =
  | {
      readonly kind: "section";
      readonly key: string;
      readonly number: string;
      readonly title: string;
      readonly ids: readonly string[];
    }
  | {
      readonly kind: "family";
      readonly key: string;
      readonly number: string;
      readonly ids: readonly string[];
    }
  | { readonly kind: "case"; readonly key: string; readonly info: CaseInfo };

export interface RowOptions {
  readonly filter: Filter;
  readonly peers: readonly Peer[];
  /** Keys of sections and families that are folded. */
  readonly folded: ReadonlySet<string>;
  readonly changes: readonly ReadonlyMap<string, Change>[];
}

/** The lines of the matrix: filtered, sorted, and in catalogue order under their headings. */
export function rowsOf(cases: readonly CaseInfo[], options: RowOptions): readonly Row[] {
  const visible = cases.filter((info) => isVisible(info, options));
  if (options.filter.sort === "id") return grouped(visible, options.folded);
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
  if (filter.text !== "" && !matches(info, filter.text.toLowerCase(), peers)) return false;
  return filter.verdicts.length === 0 || hasVerdict(info.id, filter.verdicts, peers, changes);
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

function grouped(cases: readonly CaseInfo[], folded: ReadonlySet<string>): readonly Row[] {
  const sections = groupBy(cases, ({ id }) => sectionNumber(id));
  return [...sections].flatMap(([number, members]): Row[] => {
    const key = `s${number}`;
    const title = members[0]?.section ?? "";
    const heading: Row = { kind: "section", key, number, title, ids: members.map(({ id }) => id) };
    return folded.has(key) ? [heading] : [heading, ...families(members, number, folded)];
  });
}

function families(cases: readonly CaseInfo[], section: string, folded: ReadonlySet<string>): readonly Row[] {
  return [...groupBy(cases, ({ id }) => familyNumber(id))].flatMap(([number, members]): Row[] => {
    const rows = members.map((info): Row => ({ kind: "case", key: info.id, info }));
    if (number === section) return rows;
    const key = `f${number}`;
    const heading: Row = { kind: "family", key, number, ids: members.map(({ id }) => id) };
    return folded.has(key) ? [heading] : [heading, ...rows];
  });
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
