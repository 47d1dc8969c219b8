import type { Case } from "./case.js";
import { familyOf, sectionOf } from "./case-id.js";
import { nearest } from "./nearest.js";
import { SECTIONS } from "./spec.js";

/** Whether a pattern chooses a case. */
export type CaseMatcher = (one: Case) => boolean;

/** What a pattern is compared with; a prefix names it, such as `requirement:6455-5.5.1-5`. */
interface Kind {
  readonly matcher: (rest: string) => CaseMatcher;
  /** What can stand behind the prefix for these cases. */
  readonly values: (cases: readonly Case[]) => readonly string[];
}

const KINDS: ReadonlyMap<string, Kind> = new Map([
  [
    "requirement",
    {
      matcher: (rest) => {
        const matches = glob(rest);
        return ({ requirements }) => requirements.some(matches);
      },
      values: (cases) => cases.flatMap(({ requirements }) => requirements),
    },
  ],
  [
    "section",
    {
      matcher:
        (rest) =>
        ({ id }) =>
          String(sectionOf(id)) === rest,
      values: (cases) => cases.map(({ id }) => String(sectionOf(id))),
    },
  ],
]);

/**
 * The cases that a pattern chooses: a glob over a whole id, `requirement:` with a glob over the ids of its requirements,
 * `section:` with a number, or words, which have to begin words of the title or of the name of the section.
 */
export function matcherOf(pattern: string): CaseMatcher {
  const { kind, rest } = split(pattern);
  if (kind !== undefined) return kind.matcher(rest);
  if (isWords(pattern)) return wordsMatcher(pattern);
  const matches = glob(pattern);
  return ({ id }) => matches(id);
}

/** Patterns that match at least one of these cases, the nearest to this one first. */
export function suggest(pattern: string, cases: readonly Case[]): readonly string[] {
  const { name, kind, rest } = split(pattern);
  if (kind !== undefined) {
    const values = [...new Set(kind.values(cases))];
    return nearest(rest, values).map((value) => `${name}:${value}`);
  }
  // No other words are near to words that no title has.
  if (isWords(pattern)) return [];
  const ids = cases.map(({ id }) => id);
  // A family or section named without its asterisk comes first; then what differs least.
  const bare = `${pattern.replace(/[.*]+$/, "")}.*`;
  if (ids.some(glob(bare))) return [bare];
  const globs = ids.flatMap((id) => [`${sectionOf(id)}.*`, `${familyOf(id)}.*`]);
  return nearest(pattern, [...new Set([...ids, ...globs])]);
}

function split(pattern: string): {
  readonly name: string;
  readonly kind: Kind | undefined;
  readonly rest: string;
} {
  const colon = pattern.indexOf(":");
  const name = pattern.slice(0, Math.max(0, colon));
  return { name, kind: KINDS.get(name), rest: pattern.slice(colon + 1).trim() };
}

/** No id has two letters in a row. */
function isWords(pattern: string): boolean {
  return /\p{L}{2}/u.test(pattern);
}

function wordsMatcher(pattern: string): CaseMatcher {
  const wanted = wordsOf(pattern);
  return ({ id, title }) => {
    const words = wordsOf(`${title} ${SECTIONS.get(sectionOf(id)) ?? ""}`);
    return wanted.length > 0 && wanted.every((one) => words.some((word) => word.startsWith(one)));
  };
}

/** In lower case; what is neither a letter nor a digit separates them. */
function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/**
 * Tries the parts between the asterisks from left to right, each at the first place where it fits: linear,
 * unlike a regular expression, whatever the pattern is.
 */
function glob(pattern: string): (id: string) => boolean {
  const [head = "", ...rest] = pattern.split("*");
  const tail = rest.pop();
  if (tail === undefined) return (id) => id === pattern;
  return (id) => {
    if (!id.startsWith(head) || !id.endsWith(tail) || id.length < head.length + tail.length) return false;
    let at = head.length;
    for (const part of rest) {
      const found = id.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= id.length - tail.length;
  };
}
