import { isToken, isTokenCode, isWhitespace } from "./fields.js";

/** A parameter of an extension; the value is undefined where there is none, and never in quotes. */
export type ExtensionParameter = readonly [name: string, value: string | undefined];

/**
 * An extension with its parameters as it was offered or accepted (RFC 6455 §9.1). The order and all repetitions are
 * kept.
 */
export interface ExtensionOffer {
  readonly name: string;
  readonly params: readonly ExtensionParameter[];
}

/**
 * Reads Sec-WebSocket-Extensions, of which several lines are one list (RFC 6455 §9.1). Undefined where it does not
 * match the grammar: there is no extension, a name is no token, or a quoted value is no token without its quotes.
 */
export function parseExtensions(values: readonly string[]): ExtensionOffer[] | undefined {
  const cursor = new Cursor(values.join(","));
  const extensions: ExtensionOffer[] = [];
  for (;;) {
    cursor.skipEmptyElements();
    if (cursor.isAtEnd) return extensions.length === 0 ? undefined : extensions;
    const extension = readExtension(cursor);
    if (extension === undefined || !(cursor.isAtEnd || cursor.take(COMMA))) return undefined;
    extensions.push(extension);
  }
}

/** Writes one extension. Values are tokens, so nothing needs quotes. */
export function formatExtension({ name, params }: ExtensionOffer): string {
  const written = params.map(([parameter, value]) =>
    value === undefined ? parameter : `${parameter}=${value}`,
  );
  return [name, ...written].join("; ");
}

/** Leaves the cursor behind the extension and the whitespace after it. */
function readExtension(cursor: Cursor): ExtensionOffer | undefined {
  const name = cursor.token();
  if (name === undefined) return undefined;
  const params: ExtensionParameter[] = [];
  while (cursor.take(SEMICOLON)) {
    const parameter = cursor.token();
    if (parameter === undefined) return undefined;
    if (cursor.take(EQUALS)) {
      const value = cursor.value();
      if (value === undefined) return undefined;
      params.push([parameter, value]);
    } else {
      params.push([parameter, undefined]);
    }
  }
  return { name, params };
}

/**
 * A position in a text, which only moves forwards. Whitespace is allowed between any two parts, since RFC 6455 §4.3
 * uses the grammar of RFC 2616. Each method ends behind the whitespace that follows.
 */
class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  skipEmptyElements(): void {
    this.#skipWhitespace();
    while (this.take(COMMA));
  }

  take(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at++;
    this.#skipWhitespace();
    return true;
  }

  token(): string | undefined {
    const from = this.#at;
    while (isTokenCode(this.#text.charCodeAt(this.#at))) this.#at++;
    if (this.#at === from) return undefined;
    const token = this.#text.slice(from, this.#at);
    this.#skipWhitespace();
    return token;
  }

  /** A token, or a quoted string that is a token without its quotes. */
  value(): string | undefined {
    return this.#text.charCodeAt(this.#at) === QUOTE ? this.#quotedToken() : this.token();
  }

  /** A backslash makes the next character literal (RFC 9110 §5.6.4). */
  #quotedToken(): string | undefined {
    let value = "";
    for (this.#at++; !this.isAtEnd; this.#at++) {
      if (this.take(QUOTE)) return isToken(value) ? value : undefined;
      if (this.#text.charCodeAt(this.#at) === BACKSLASH) this.#at++;
      value += this.#text.charAt(this.#at);
    }
    return undefined;
  }

  #skipWhitespace(): void {
    while (isWhitespace(this.#text.charCodeAt(this.#at))) this.#at++;
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
