/** No real file nests this deep, and every function that walks through a value can handle it. */
export const MAX_NESTING = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Whether JSON, in octets of UTF-8, nests lists and objects more than MAX_NESTING deep. A value that is nested
 * thousands deep can be parsed, but overflows the stack of the code that looks at it afterwards. For octets that are
 * not JSON the answer has no meaning.
 */
export function isNestedTooDeep(json: Uint8Array): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const octet = json[at];
    if (octet === QUOTE) at = endOfText(json, at);
    else if (octet === OPEN_LIST || octet === OPEN_OBJECT) {
      if (++depth > MAX_NESTING) return true;
    } else if (octet === CLOSE_LIST || octet === CLOSE_OBJECT) depth--;
  }
  return false;
}

/** The index at which the text that begins at `start` ends. */
function endOfText(json: Uint8Array, start: number): number {
  let end = json.indexOf(QUOTE, start + 1);
  while (end !== -1 && isEscaped(json, start, end)) end = json.indexOf(QUOTE, end + 1);
  return end === -1 ? json.length : end;
}

function isEscaped(json: Uint8Array, start: number, at: number): boolean {
  let backslashes = 0;
  while (at - 1 - backslashes > start && json[at - 1 - backslashes] === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}
