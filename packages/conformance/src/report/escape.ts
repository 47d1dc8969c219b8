/**
 * Whatever a peer sends is shown without letting it act: control characters move cursors and recolour
 * terminals, direction marks reorder lines, lone surrogates break encoders.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

const SHORT = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/** Text with every character that could act replaced by an escape such as `\x1b` or `\u{202e}`. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}

/** Text in double quotes; backslashes and quotes in it are escaped too, so that nothing is ambiguous. */
export function quote(text: string): string {
  return `"${escapeText(text.replace(/["\\]/g, "\\$&"))}"`;
}

/** JSON that is safe to show: `JSON.stringify`, and what it leaves alone of the unsafe characters as `\uXXXX`. */
export function safeJson(value: unknown, indent?: number): string {
  // Between the strings of a JSON text there is no unsafe character but the line feed of the indentation.
  return JSON.stringify(value, null, indent).replace(UNSAFE, (found) =>
    found === "\n" ? found : jsonEscape(found),
  );
}

/** At most `limit` characters; an ellipsis says that more followed. */
export function cut(text: string, limit: number): string {
  // A code point takes at most two units: slicing first keeps a huge text from being split whole.
  const characters = Array.from(text.slice(0, 2 * limit + 2));
  return characters.length > limit ? `${characters.slice(0, limit).join("")}…` : text;
}

function escapeCharacter(character: string): string {
  const short = SHORT.get(character);
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

function jsonEscape(character: string): string {
  let escaped = "";
  for (let i = 0; i < character.length; i++) {
    escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}
