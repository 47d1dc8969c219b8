/** One extension of a Sec-WebSocket-Extensions header. Names in lower case, values without quotes. */
export interface Extension {
  readonly name: string;
  /** In order, repeated where they are. A value of null: the parameter stands alone. */
  readonly parameters: readonly (readonly [name: string, value: string | null])[];
}

/**
 * The extensions of a header, which may be spread over several lines (RFC 6455 §9.1); null if it does not follow
 * the grammar. Names are compared without regard to case, because no RFC says that they differ by it. Takes time
 * linear in the length, never throws.
 */
export function parseExtensions(values: readonly string[]): readonly Extension[] | null {
  const extensions: Extension[] = [];
  for (const value of values) {
    const found = parseLine(new Cursor(value));
    if (found === null) return null;
    extensions.push(...found);
  }
  return extensions;
}

/** `1#extension`: empty elements between commas are allowed, but one has to be there. */
function parseLine(cursor: Cursor): readonly Extension[] | null {
  const extensions: Extension[] = [];
  do {
    cursor.skipBlanks();
    if (cursor.atEnd || cursor.isAt(",")) continue;
    const extension = parseExtension(cursor);
    if (extension === null) return null;
    extensions.push(extension);
  } while (cursor.take(","));
  return cursor.atEnd && extensions.length > 0 ? extensions : null;
}

function parseExtension(cursor: Cursor): Extension | null {
  const name = cursor.token();
  if (name === "") return null;
  const parameters: (readonly [string, string | null])[] = [];
  cursor.skipBlanks();
  while (cursor.take(";")) {
    const parameter = parseParameter(cursor);
    if (parameter === null) return null;
    parameters.push(parameter);
  }
  return { name: name.toLowerCase(), parameters };
}

function parseParameter(cursor: Cursor): readonly [string, string | null] | null {
  cursor.skipBlanks();
  const name = cursor.token().toLowerCase();
  if (name === "") return null;
  cursor.skipBlanks();
  if (!cursor.take("=")) return [name, null];
  cursor.skipBlanks();
  // What stands in quotes has to be a token once they are gone (RFC 6455 §9.1).
  const value = cursor.isAt('"') ? cursor.quoted() : cursor.token();
  cursor.skipBlanks();
  return value === "" ? null : [name, value];
}

class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  isAt(character: string): boolean {
    return this.#text[this.#at] === character;
  }

  take(character: string): boolean {
    if (!this.isAt(character)) return false;
    this.#at += 1;
    return true;
  }

  skipBlanks(): void {
    while (this.isAt(" ") || this.isAt("\t")) this.#at += 1;
  }

  /** The token that begins here, empty if none does. */
  token(): string {
    const from = this.#at;
    while (isTokenCharacter(this.#text[this.#at])) this.#at += 1;
    return this.#text.slice(from, this.#at);
  }

  /** The token inside the quotes that begin here, empty if it is none. */
  quoted(): string {
    this.#at += 1;
    let value = "";
    for (;;) {
      if (this.take('"')) return value;
      this.take("\\");
      const character = this.#text[this.#at];
      if (!isTokenCharacter(character)) return "";
      value += character;
      this.#at += 1;
    }
  }
}

/** RFC 9110 §5.6.2. */
export function isToken(text: string): boolean {
  return text !== "" && text.split("").every(isTokenCharacter);
}

function isTokenCharacter(character: string | undefined): character is string {
  return character !== undefined && /^[!#$%&'*+\-.^_`|~0-9A-Za-z]$/.test(character);
}
