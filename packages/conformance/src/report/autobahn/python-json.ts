/** What the original's reports consist of. A map is an object some of whose keys come from a peer. */
export type PythonValue =
  | string
  | number
  | boolean
  | null
  | PythonFloat
  | readonly PythonValue[]
  | ReadonlyMap<string, PythonValue>
  | { readonly [key: string]: PythonValue };

/** A number that is a float in Python, where 1 reads 1.0. */
export class PythonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  /**
   * As Python's `repr`. Both write the shortest digits that read back as the same number, but Python takes an exponent
   * below 0.0001 and from 10^16 on, of two digits at least.
   */
  toString(): string {
    const size = Math.abs(this.value);
    if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
      return this.value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
    }
    return Number.isInteger(this.value) ? `${this.value}.0` : String(this.value);
  }
}

const INDENT = 3;

/**
 * JSON as Python 2 writes it with `sort_keys`, an indent of 3, the separators `,` and `: `, and everything that is
 * not printable ASCII escaped. No line feed at the end.
 */
export function pythonJson(value: PythonValue): string {
  return write(value, 0);
}

/** Counts by number: Python sorts these keys as the integers they are there, before they become strings. */
export function byNumber(counts: Readonly<Record<string, number>>): PythonValue {
  return new NumericKeys(Object.entries(counts).sort(([a], [b]) => Number(a) - Number(b)));
}

class NumericKeys extends Map<string, PythonValue> {}

function write(value: PythonValue, depth: number): string {
  if (typeof value === "string") return writeString(value);
  if (value === null || typeof value !== "object" || value instanceof PythonFloat) return String(value);
  if (isArray(value)) {
    return bracket(
      "[",
      "]",
      value.map((item) => write(item, depth + 1)),
      depth,
    );
  }
  const entries = sortedEntries(value).map(([key, item]) => `${writeString(key)}: ${write(item, depth + 1)}`);
  return bracket("{", "}", entries, depth);
}

function bracket(open: string, close: string, items: readonly string[], depth: number): string {
  if (items.length === 0) return open + close;
  const inner = `\n${" ".repeat(INDENT * (depth + 1))}`;
  return `${open}${inner}${items.join(`,${inner}`)}\n${" ".repeat(INDENT * depth)}${close}`;
}

function sortedEntries(
  value: Exclude<PythonValue, Primitive | PythonFloat | readonly PythonValue[]>,
): [string, PythonValue][] {
  if (value instanceof NumericKeys) return [...value];
  const entries: [string, PythonValue][] = value instanceof Map ? [...value] : Object.entries(value);
  return entries.sort(([a], [b]) => compareCodePoints(a, b));
}

type Primitive = string | number | boolean | null;

function isArray(value: object): value is readonly PythonValue[] {
  return Array.isArray(value);
}

/** Python orders strings by code point; JavaScript by UTF-16 unit, which differs beyond U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  const left = Array.from(a, (character) => character.codePointAt(0) ?? 0);
  const right = Array.from(b, (character) => character.codePointAt(0) ?? 0);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** `JSON.stringify` escapes quotes, backslashes, C0 and lone surrogates as Python does; the rest follows here. */
function writeString(text: string): string {
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
