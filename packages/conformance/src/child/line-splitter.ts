import { StringDecoder } from "node:string_decoder";

/** Characters of a line that are kept; an ellipsis shows that more followed. */
export const LINE_CHARACTERS = 500;

/** Splits the output of a process into lines of limited length. Octets that are not UTF-8 become U+FFFD. */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  readonly #decoder: StringDecoder = new StringDecoder("utf8");
  /** The line that is not complete yet. If it is too long, one more character than is kept. */
  #partial = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: Uint8Array): void {
    this.#take(this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
  }

  /** The output is over: a last line without a line feed counts too. */
  end(): void {
    this.#take(this.#decoder.end());
    if (this.#partial !== "") this.#finish();
  }

  #take(text: string): void {
    let begin = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", begin)) {
      this.#append(text, begin, end);
      this.#finish();
      begin = end + 1;
    }
    this.#append(text, begin, text.length);
  }

  #append(text: string, begin: number, end: number): void {
    const free = LINE_CHARACTERS + 1 - this.#partial.length;
    if (free > 0) this.#partial += text.slice(begin, Math.min(end, begin + free));
  }

  #finish(): void {
    const line = this.#partial;
    this.#partial = "";
    const isLong = line.length > LINE_CHARACTERS;
    this.#onLine(isLong ? `${line.slice(0, LINE_CHARACTERS)}…` : line.replace(/\r$/, ""));
  }
}
