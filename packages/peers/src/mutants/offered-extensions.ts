/** An extension as a header has it (RFC 6455 §9.1). */
export interface OfferedExtension {
  /** In lower case. */
  readonly name: string;
  /** The parameters in order, in lower case; null where no value stands behind the name. */
  readonly parameters: readonly (readonly [name: string, value: string | null])[];
  /** As it was written. */
  readonly text: string;
}

const TOKEN = "[!#$%&'*+\\-.^_`|~\\dA-Za-z]+";
const BLANKS = "[ \\t]*";
const PARAMETER = `${BLANKS};${BLANKS}(${TOKEN})${BLANKS}(?:=${BLANKS}(?:(${TOKEN})|"(${TOKEN})"))?`;
const EXTENSION = new RegExp(`${BLANKS}(${TOKEN})((?:${PARAMETER})*)${BLANKS}`, "y");

export function isToken(text: string): boolean {
  return new RegExp(`^${TOKEN}$`).test(text);
}

/** The values of a header of a head, line by line. */
export function valuesIn(head: string, name: string): readonly string[] {
  const lines = head.split("\r\n").slice(1);
  return lines
    .filter((line) => line.slice(0, line.indexOf(":")).toLowerCase() === name)
    .map((line) => line.slice(name.length + 1).trim());
}

/** The extensions of header values; null where the grammar is broken. Empty elements are skipped. */
export function parseOffers(values: readonly string[]): readonly OfferedExtension[] | null {
  const offers: OfferedExtension[] = [];
  for (const value of values) {
    const found = offersOf(value);
    if (found === null) return null;
    offers.push(...found);
  }
  return offers;
}

function offersOf(value: string): readonly OfferedExtension[] | null {
  const offers: OfferedExtension[] = [];
  let at = 0;
  for (;;) {
    while (/[ \t,]/.test(value[at] ?? "")) at++;
    if (at >= value.length) return offers.length === 0 ? null : offers;
    EXTENSION.lastIndex = at;
    const found = EXTENSION.exec(value);
    if (found === null) return null;
    at = EXTENSION.lastIndex;
    if (at < value.length && value[at] !== ",") return null;
    offers.push(offerOf(found[0], found[1] ?? "", found[2] ?? ""));
  }
}

function offerOf(text: string, name: string, parameters: string): OfferedExtension {
  return {
    name: name.toLowerCase(),
    text: text.trim(),
    parameters: [...parameters.matchAll(new RegExp(PARAMETER, "g"))].map(
      ([, key = "", plain, quoted]) => [key.toLowerCase(), plain ?? quoted ?? null] as const,
    ),
  };
}
