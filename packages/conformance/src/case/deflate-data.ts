import { octets, type Payload } from "./payload.js";

/**
 * One block of a DEFLATE stream (RFC 1951 §3.2.3), legal or not. A `final` one has BFINAL set, and what follows it begins
 * at an octet.
 */
export type DeflateBlock = (
  | {
      readonly type: "stored";
      /** 65,535 at most. */
      readonly octets: Uint8Array;
      /** NLEN, if it is not to be the complement of the length. */
      readonly complement?: number;
    }
  | { readonly type: "fixed"; readonly items: readonly DeflateItem[] }
  | {
      readonly type: "dynamic";
      readonly items: readonly DeflateItem[];
      /** The lengths of the codes by symbol; what the items need if absent. */
      readonly codes?: DeflateCodes;
    }
  /** BTYPE 11, which means nothing. */
  | { readonly type: "reserved" }
) & { readonly final?: true };

/**
 * What stands in a compressed block: octets as they are, a reference to octets before (length 3–258, distance 1–32,768),
 * or a reference whose distance has a symbol that means nothing (30 or 31).
 */
export type DeflateItem =
  | Uint8Array
  | { readonly length: number; readonly distance: number }
  | { readonly length: number; readonly distanceSymbol: number };

/**
 * How long the code of each symbol is, 0 for symbols without one (RFC 1951 §3.2.7).
 */
export interface DeflateCodes {
  /** 257 to 286 of them: octets, the end of the block, lengths. */
  readonly literals: readonly number[];
  /** 1 to 30. */
  readonly distances: readonly number[];
}

/** Blocks as the payload of a message: an empty stored block behind them, less its 00 00 ff ff (RFC 7692 §7.2.1). */
export function deflated(...blocks: readonly DeflateBlock[]): Payload {
  const writer = new BitWriter();
  for (const block of blocks) writeBlock(writer, block);
  writer.bits(0, 3);
  return octets(writer.finish());
}

/** A block that is written as it is. */
export function stored(content: Payload, options: { complement?: number; final?: true } = {}): DeflateBlock {
  return { type: "stored", octets: content.pattern, ...options };
}

/** A block with the codes that RFC 1951 §3.2.6 fixes. A string is its UTF-8. */
export function fixed(...items: readonly (DeflateItem | string)[]): DeflateBlock {
  return { type: "fixed", items: items.map(itemOf) };
}

/** A block with codes of its own. */
export function dynamic(...items: readonly (DeflateItem | string)[]): DeflateBlock {
  return { type: "dynamic", items: items.map(itemOf) };
}

/** A block with these codes, whatever they are. */
export function dynamicWith(codes: DeflateCodes, ...items: readonly (DeflateItem | string)[]): DeflateBlock {
  return { type: "dynamic", items: items.map(itemOf), codes };
}

/** The same block with BFINAL set. */
export function final(block: DeflateBlock): DeflateBlock {
  return { ...block, final: true };
}

/** A reference to octets before. */
export function back(length: number, distance: number): DeflateItem {
  return { length, distance };
}

/** References of the longest kind, and one for the rest, that repeat the last `distance` octets for `length` octets. */
export function backFor(length: number, distance: number): readonly DeflateItem[] {
  // What is left has to be long enough for a reference of its own.
  const most = Math.floor((length - SHORTEST) / LONGEST);
  const rest = length - most * LONGEST;
  const longest = Array.from({ length: most }, () => back(LONGEST, distance));
  if (rest <= LONGEST) return [...longest, back(rest, distance)];
  return [...longest, back(rest - SHORTEST, distance), back(SHORTEST, distance)];
}

const SHORTEST = 3;
const LONGEST = 258;
const END_OF_BLOCK = 256;

function itemOf(item: DeflateItem | string): DeflateItem {
  return typeof item === "string" ? octets(item).pattern : item;
}

function writeBlock(writer: BitWriter, block: DeflateBlock): void {
  const types = { stored: 0, fixed: 1, dynamic: 2, reserved: 3 };
  writer.bits(block.final === true ? 1 : 0, 1);
  writer.bits(types[block.type], 2);
  if (block.type === "stored") writeStored(writer, block.octets, block.complement);
  else if (block.type === "fixed") writeItems(writer, block.items, FIXED);
  else if (block.type === "dynamic") {
    const codes = block.codes ?? codesFor(block.items);
    writeCodes(writer, codes);
    writeItems(writer, block.items, codes);
  }
  if (block.final === true) writer.align();
}

function writeStored(writer: BitWriter, content: Uint8Array, complement = content.length ^ 0xffff): void {
  writer.align();
  writer.bits(content.length, 16);
  writer.bits(complement, 16);
  for (const octet of content) writer.bits(octet, 8);
}

function writeItems(writer: BitWriter, items: readonly DeflateItem[], lengths: DeflateCodes): void {
  const [literals, distances] = [huffman(lengths.literals), huffman(lengths.distances)];
  for (const item of items) {
    if (item instanceof Uint8Array) for (const octet of item) writer.code(literals, octet);
    else {
      const length = split(item.length, LENGTHS);
      writer.code(literals, 257 + length.symbol);
      writer.bits(length.rest, length.bits);
      const distance =
        "distance" in item
          ? split(item.distance, DISTANCES)
          : { symbol: item.distanceSymbol, rest: 0, bits: 0 };
      writer.code(distances, distance.symbol);
      writer.bits(distance.rest, distance.bits);
    }
  }
  // Codes that a case gives may have none for it, which is wrong.
  if (lengths.literals[END_OF_BLOCK] !== 0) writer.code(literals, END_OF_BLOCK);
}

/** The smallest value of each symbol, and the number of bits behind it (RFC 1951 §3.2.5). */
type Ranges = readonly { readonly base: number; readonly bits: number }[];

const LENGTHS: Ranges = [...ranges(3, 28, 4, 8), { base: LONGEST, bits: 0 }];
const DISTANCES: Ranges = ranges(1, 30, 2, 4);

/** The first `plain` symbols have no bits behind them, every `step` symbols more have one bit more. */
function ranges(first: number, count: number, step: number, plain: number): Ranges {
  const all: { base: number; bits: number }[] = [];
  let base = first;
  for (let symbol = 0; symbol < count; symbol++) {
    const bits = symbol < plain ? 0 : Math.floor((symbol - plain) / step) + 1;
    all.push({ base, bits });
    base += 1 << bits;
  }
  return all;
}

function split(value: number, symbols: Ranges): { symbol: number; rest: number; bits: number } {
  const symbol = symbols.findLastIndex(({ base }) => base <= value);
  const range = symbols[symbol];
  if (range === undefined) throw new RangeError(`DEFLATE cannot write a length or distance of ${value}`);
  return { symbol, rest: value - range.base, bits: range.bits };
}

const FIXED: DeflateCodes = {
  literals: [...times(144, 8), ...times(112, 9), ...times(24, 7), ...times(8, 8)],
  distances: times(32, 5),
};

/** Codes for the symbols that the items need, and for no other. */
function codesFor(items: readonly DeflateItem[]): DeflateCodes {
  // Two at least: RFC 1951 allows a code with a single symbol for distances only.
  const literals = new Set([0, END_OF_BLOCK]);
  const distances = new Set<number>();
  for (const item of items) {
    if (item instanceof Uint8Array) for (const octet of item) literals.add(octet);
    else {
      literals.add(257 + split(item.length, LENGTHS).symbol);
      distances.add("distance" in item ? split(item.distance, DISTANCES).symbol : item.distanceSymbol);
    }
  }
  return { literals: lengthsFor(literals, 257), distances: lengthsFor(distances, 1) };
}

/** Lengths of a complete code, which differ by one at most. A symbol that is alone has a code of one bit. */
function lengthsFor(symbols: ReadonlySet<number>, least: number): readonly number[] {
  const lengths = times(Math.max(least, ...[...symbols].map((symbol) => symbol + 1)), 0);
  const longest = Math.max(1, Math.ceil(Math.log2(symbols.size)));
  let shorter = symbols.size === 1 ? 0 : (1 << longest) - symbols.size;
  for (const symbol of [...symbols].toSorted((a, b) => a - b)) {
    lengths[symbol] = shorter-- > 0 ? longest - 1 : longest;
  }
  return lengths;
}

/** The order in which the lengths of the code for code lengths come (RFC 1951 §3.2.7). */
const META_ORDER: readonly number[] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/** All 19 symbols have a code: 13 of four bits, 6 of five. */
const META_LENGTHS: readonly number[] = [...times(13, 4), ...times(6, 5)];

/**
 * The beginning of a dynamic block. Runs of lengths go on from the literals to the distances where they are alike, which
 * RFC 1951 §3.2.7 allows and zlib never does.
 */
function writeCodes(writer: BitWriter, { literals, distances }: DeflateCodes): void {
  writer.bits(literals.length - 257, 5);
  writer.bits(distances.length - 1, 5);
  writer.bits(META_ORDER.length - 4, 4);
  for (const symbol of META_ORDER) writer.bits(META_LENGTHS[symbol] ?? 0, 3);
  const meta = huffman(META_LENGTHS);
  const all = [...literals, ...distances];
  for (let at = 0; at < all.length;) {
    const value = all[at] ?? 0;
    const end = all.findIndex((other, index) => index > at && other !== value);
    const run = (end < 0 ? all.length : end) - at;
    at += writeRun(writer, meta, value, run);
  }
}

/** Writes some lengths of a run, and says how many. */
function writeRun(writer: BitWriter, meta: Codes, value: number, run: number): number {
  if (value === 0 && run >= 11) {
    const count = Math.min(run, 138);
    writer.code(meta, 18);
    writer.bits(count - 11, 7);
    return count;
  }
  if (value === 0 && run >= 3) {
    writer.code(meta, 17);
    writer.bits(run - 3, 3);
    return run;
  }
  writer.code(meta, value);
  if (value === 0 || run < 4) return 1;
  const count = Math.min(run - 1, 6);
  writer.code(meta, 16);
  writer.bits(count - 3, 2);
  return 1 + count;
}

type Codes = readonly { readonly code: number; readonly length: number }[];

/** The codes of RFC 1951 §3.2.2, from their lengths. */
function huffman(lengths: readonly number[]): Codes {
  const next = times(17, 0);
  for (let length = 1; length <= 15; length++) {
    const count = lengths.filter((one) => one === length).length;
    next[length + 1] = ((next[length] ?? 0) + count) << 1;
  }
  return lengths.map((length) => {
    const code = next[length] ?? 0;
    next[length] = code + 1;
    return { code, length };
  });
}

function times(count: number, value: number): number[] {
  return Array.from({ length: count }, () => value);
}

/** Bits as RFC 1951 §3.1.1 packs them: from the lowest bit of each octet. */
class BitWriter {
  #octets = new Uint8Array(64);
  #bits = 0;

  /** A number, its lowest bit first. */
  bits(value: number, count: number): void {
    for (let at = 0; at < count; at++) this.#bit((value >> at) & 1);
  }

  /** A Huffman code, its highest bit first. Throws a RangeError if the symbol has none. */
  code(codes: Codes, symbol: number): void {
    const { code, length } = codes[symbol] ?? { code: 0, length: 0 };
    if (length === 0) throw new RangeError(`the symbol ${symbol} has no code`);
    for (let at = length - 1; at >= 0; at--) this.#bit((code >> at) & 1);
  }

  /** Zeros up to the end of the octet. */
  align(): void {
    this.#bits = Math.ceil(this.#bits / 8) * 8;
  }

  finish(): Uint8Array {
    return this.#octets.slice(0, Math.ceil(this.#bits / 8));
  }

  #bit(value: number): void {
    const at = this.#bits++ >> 3;
    if (at >= this.#octets.length) {
      const larger = new Uint8Array(this.#octets.length * 2);
      larger.set(this.#octets);
      this.#octets = larger;
    }
    this.#octets[at]! |= value << ((this.#bits - 1) & 7);
  }
}
