/**
 * The parts of header fields (RFC 9110 §5). All functions take linear time for any input: they look at one character
 * after the other, and no regular expression runs over what a peer wrote.
 */

/** The values of all fields by lower-case name, in the order they came, without the whitespace around them. */
export type Fields = ReadonlyMap<string, readonly string[]>;

/** Reads name, value, name, value …, as `rawHeaders` of node:http has them. */
export function collectFields(rawHeaders: readonly string[]): Fields {
  const fields = new Map<string, string[]>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase();
    const value = trimWhitespace(rawHeaders[at + 1] as string);
    const values = fields.get(name);
    if (values === undefined) fields.set(name, [value]);
    else values.push(value);
  }
  return fields;
}

/** The values of one field; empty where the field is absent. `name` in lower case. */
export function valuesOf(fields: Fields, name: string): readonly string[] {
  return fields.get(name) ?? NONE;
}

/** RFC 9110 §5.6.2: one or more characters out of letters, digits and fifteen signs. */
export function isToken(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (!isTokenCode(text.charCodeAt(at))) return false;
  }
  return text.length > 0;
}

export function isTokenCode(code: number): boolean {
  return TOKEN_CODES[code] === true;
}

/** RFC 9110 §5.5: no control character but the tab, nothing that is not one octet on the wire. */
export function isFieldValue(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 0x20 && code !== TAB) || code === 0x7f || code > 0xff) return false;
  }
  return true;
}

/** Optional whitespace is space and tab only (RFC 9110 §5.6.3); `String.trim` removes more. */
export function trimWhitespace(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isWhitespace(text.charCodeAt(from))) from++;
  while (to > from && isWhitespace(text.charCodeAt(to - 1))) to--;
  return from === 0 && to === text.length ? text : text.slice(from, to);
}

/**
 * The elements of a comma-separated list that may be spread over several lines. Empty elements do not count, as RFC
 * 9110 §5.6.1.2 asks of a recipient.
 */
export function splitList(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(","))
    .map((element) => trimWhitespace(element))
    .filter((element) => element.length > 0);
}

/** Whether a list names this token, in any case. `token` in lower case. */
export function hasToken(values: readonly string[], token: string): boolean {
  // Most lists have one element and need not be split.
  const [only = ""] = values;
  if (values.length === 1 && isSameToken(only, token)) return true;
  return splitList(values).some((element) => isSameToken(element, token));
}

/** Compares, ignoring the case of ASCII letters only. `token` in lower case. */
export function isSameToken(text: string, token: string): boolean {
  return text.length === token.length && isToken(text) && text.toLowerCase() === token;
}

export function isWhitespace(code: number): boolean {
  return code === SPACE || code === TAB;
}

const NONE: readonly string[] = [];
const SPACE = 0x20;
const TAB = 0x09;
const TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

const TOKEN_CODES: readonly boolean[] = Array.from({ length: 0x80 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[0-9A-Za-z]/.test(character) || TOKEN_SIGNS.includes(character);
});
