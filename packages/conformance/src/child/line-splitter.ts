import { StringDecoder } from "node:string_decoder";

/** Characters of a line that are kept; an ellipsis says that more followed. */
export const LINE_CHARACTERS = 500;

/** Cuts what a process prints into lines of bounded length. Octets that are no UTF-8 become U+FFFD. */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  readonly #decoder: StringDecoder = new StringDecoder("utf8");
  /** The line that is not over, and a character more than is kept if it is longer. */
  #partial = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: Uint8Array): void {
    this.#take(this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
  }

  /** Nothing follows: a last line without a line feed counts too. */
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
    const room = LINE_CHARACTERS + 1 - this.#partial.length;
    if (room > 0) this.#partial += text.slice(begin, Math.min(end, begin + room));
  }

  #finish(): void {
    const line = this.#partial;
    this.#partial = "";
    const isLong = line.length > LINE_CHARACTERS;
    this.#onLine(isLong ? `${line.slice(0, LINE_CHARACTERS)}…` : line.replace(/\r$/, ""));
  }
}
