import { Random } from "../case/random.js";

/**
 * A file built like a PDF whose streams are compressed already: noise where a compressor's output would be, the plain
 * dictionaries and the cross-reference table in between. The noise is drawn, not compressed, because a compressor's
 * output differs between versions of zlib; so the streams cannot be decoded.
 */
export function document(): Uint8Array {
  const file = new ObjectFile(new Random(0x70646620));
  file.text("%PDF-1.5\n%äöüß\n");
  file.object("<< /Type /Catalog /Pages 2 0 R /PageMode /UseOutlines >>");
  while (file.length < DENSE_UNTIL) {
    addStream(file, 9000, 14_000);
    addLinks(file, 5);
  }
  while (file.length < BODY_UNTIL) {
    addStream(file, 4000, 9000);
    addLinks(file, 15 + file.random.below(18));
  }
  return file.finish();
}

/** The first quarter holds pictures and fonts, nearly nothing but streams; pages and their links follow. */
const DENSE_UNTIL = 262_000;
const BODY_UNTIL = 1_000_000;

function addStream(file: ObjectFile, least: number, most: number): void {
  const length = least + file.random.below(most - least);
  file.stream(`<< /Length ${length} /Filter /FlateDecode /Subtype /Form /Resources 7 0 R >>`, length);
}

function addLinks(file: ObjectFile, count: number): void {
  const section = `${1 + file.random.below(9)}.${1 + file.random.below(6)}`;
  for (let link = 0; link < count; link += 1) {
    const left = 72 + file.random.below(400);
    const top = 700 - link * 12;
    file.object(
      `<< /Type /Annot /Subtype /Link /Border [0 0 0] /H /I /C [0 1 0]\n` +
        `/Rect [${left}.${file.random.below(1000)} ${top}.${file.random.below(1000)} ${left + 14}.5 ${top + 9}.25]\n` +
        `/A << /S /GoTo /D (section.${section}.${1 + file.random.below(40)}) >> >>`,
    );
  }
}

class ObjectFile {
  readonly random: Random;
  /** Twice what is needed, so it never has to grow. */
  readonly #octets = new Uint8Array(1 << 21);
  readonly #offsets: number[] = [];
  #length = 0;

  constructor(random: Random) {
    this.random = random;
  }

  /** Octets written so far. */
  get length(): number {
    return this.#length;
  }

  /** Appends text as UTF-8. */
  text(text: string): void {
    this.#length += new TextEncoder().encodeInto(text, this.#octets.subarray(this.#length)).written;
  }

  object(body: string): void {
    this.#begin();
    this.text(`${body}\nendobj\n`);
  }

  /** An object with a stream of `length` octets of noise. */
  stream(dictionary: string, length: number): void {
    this.#begin();
    this.text(`${dictionary}\nstream\n`);
    this.#noise(length);
    this.text("\nendstream\nendobj\n");
  }

  /** Writes the cross-reference table and returns the whole file. */
  finish(): Uint8Array {
    const tableAt = this.#length;
    const lines = this.#offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`);
    this.text(`xref\n0 ${lines.length + 1}\n0000000000 65535 f \n${lines.join("")}`);
    this.text(`trailer\n<< /Size ${lines.length + 1} /Root 1 0 R >>\nstartxref\n${tableAt}\n%%EOF\n`);
    return this.#octets.slice(0, this.#length);
  }

  #begin(): void {
    this.#offsets.push(this.#length);
    this.text(`${this.#offsets.length} 0 obj\n`);
  }

  #noise(length: number): void {
    const end = this.#length + length;
    for (let at = this.#length; at < end; at += 4) {
      const bits = this.random.bits();
      for (let part = 0; part < 4 && at + part < end; part += 1)
        this.#octets[at + part] = bits >>> (part * 8);
    }
    this.#length = end;
  }
}
