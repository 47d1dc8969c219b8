import { HANDSHAKE_PROBLEMS, type HandshakeProblem } from "./problem.js";

/** Collects octets into lines that end in CR LF. Each octet is looked at once and copied at most twice. */
export class HeadLines {
  readonly #limit: number;
  #octets = 0;
  #line: Uint8Array = new Uint8Array(FIRST_SIZE);
  #length = 0;
  #isStatusLine = true;

  /** `limit`: octets in all. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The next line is a status line again: an interim response has ended. */
  expectStatusLine(): void {
    this.#isStatusLine = true;
  }

  /** The line that the octet completes, without its CR LF; undefined if it completes none; or what is wrong. */
  take(octet: number): string | HandshakeProblem | undefined {
    if (this.#octets >= this.#limit) return HANDSHAKE_PROBLEMS["head-too-large"];
    this.#octets++;
    // Garbage is refused at its first octet, since a line end may never come.
    if (this.#isStatusLine && this.#length < HTTP.length && octet !== HTTP.charCodeAt(this.#length)) {
      return HANDSHAKE_PROBLEMS["not-http"];
    }
    const isAfterCr = this.#length > 0 && this.#line[this.#length - 1] === CR;
    if (isAfterCr !== (octet === LF)) return HANDSHAKE_PROBLEMS["line-ending-malformed"];
    if (isAfterCr) return this.#endLine();
    this.#keep(octet);
    return undefined;
  }

  #endLine(): string {
    const line = latin1(this.#line, this.#length - 1);
    this.#length = 0;
    this.#isStatusLine = false;
    return line;
  }

  #keep(octet: number): void {
    if (this.#length === this.#line.length) {
      const longer = new Uint8Array(2 * this.#length);
      longer.set(this.#line);
      this.#line = longer;
    }
    this.#line[this.#length] = octet;
    this.#length++;
  }
}

function latin1(bytes: Uint8Array, length: number): string {
  let text = "";
  for (let at = 0; at < length; at += SLICE) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(at + SLICE, length)));
  }
  return text;
}

const HTTP = "HTTP/";
const CR = 0x0d;
const LF = 0x0a;
const FIRST_SIZE = 256;
/** Arguments of one call; engines allow many more. */
const SLICE = 4_096;
