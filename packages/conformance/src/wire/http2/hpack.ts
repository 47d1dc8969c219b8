import { decodeHuffman } from "./huffman.js";

/** One field of a head, as it goes over the wire. One character of the value is one octet. */
export type Field = readonly [name: string, value: string];

/** Fields that both sides know from the start (RFC 7541 Appendix A). */
const STATIC_TABLE: readonly Field[] = [
  [":authority", ""],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  [":status", "200"],
  [":status", "204"],
  [":status", "206"],
  [":status", "304"],
  [":status", "400"],
  [":status", "404"],
  [":status", "500"],
  ["accept-charset", ""],
  ["accept-encoding", "gzip, deflate"],
  ...[
    "accept-language",
    "accept-ranges",
    "accept",
    "access-control-allow-origin",
    "age",
    "allow",
    "authorization",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-range",
    "content-type",
    "cookie",
    "date",
    "etag",
    "expect",
    "expires",
    "from",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "last-modified",
    "link",
    "location",
    "max-forwards",
    "proxy-authenticate",
    "proxy-authorization",
    "range",
    "referer",
    "refresh",
    "retry-after",
    "server",
    "set-cookie",
    "strict-transport-security",
    "transfer-encoding",
    "user-agent",
    "vary",
    "via",
    "www-authenticate",
  ].map((name): Field => [name, ""]),
];

/** Octets of the dynamic table that the peer may use unless a setting says otherwise (RFC 9113 §6.5.2). */
const TABLE_SIZE = 4096;
/** What an entry counts beside its name and value (RFC 7541 §4.1). */
const ENTRY_OVERHEAD = 32;
/** A head with more than this is not read: octets of names and values, each field with {@link ENTRY_OVERHEAD}. */
const LONGEST_HEAD = 65_536;

/** Fields as literals that nobody keeps, so that any field can be written, in any order and as often as wanted. */
export function encodeFields(fields: readonly Field[]): Uint8Array {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([0x00]), encodeString(name), encodeString(value)]),
  );
}

function encodeString(text: string): Buffer {
  const octets = Buffer.from(text, "latin1");
  return Buffer.concat([encodeInteger(octets.length, 7), octets]);
}

/** RFC 7541 §5.1, with no bits set before the integer. */
function encodeInteger(value: number, bits: number): Buffer {
  const most = 2 ** bits - 1;
  if (value < most) return Buffer.from([value]);
  const octets = [most];
  let left = value - most;
  for (; left >= 128; left = Math.floor(left / 128)) octets.push((left % 128) + 128);
  octets.push(left);
  return Buffer.from(octets);
}

/** Why a head cannot be read, in a clause. */
export class HpackError extends Error {
  override readonly name = "HpackError";
}

/** Reads the heads of one direction of a connection, with the dynamic table that they share. */
export class HpackDecoder {
  /** The newest first. */
  readonly #table: Field[] = [];
  #size = 0;
  #limit = TABLE_SIZE;

  /** Throws an HpackError. Nothing can be read behind one: the tables of both sides differ. */
  decode(block: Uint8Array): Field[] {
    const input = new Input(block);
    const fields: Field[] = [];
    let octets = 0;
    while (!input.isAtEnd) {
      const field = this.#next(input, fields.length > 0);
      if (field === null) continue;
      octets += sizeOf(field);
      if (octets > LONGEST_HEAD)
        throw new HpackError(`a head has more than ${LONGEST_HEAD} octets, unpacked`);
      fields.push(field);
    }
    return fields;
  }

  /** Null for a change of the size of the table. */
  #next(input: Input, isLate: boolean): Field | null {
    const first = input.peek();
    if (first >= 0x80) return this.#entry(input.integer(7));
    if (first >= 0x40) {
      const field = this.#literal(input, 6);
      this.#keep(field);
      return field;
    }
    if (first < 0x20) return this.#literal(input, 4);
    const limit = input.integer(5);
    if (isLate) throw new HpackError("the size of the dynamic table changes behind a field");
    if (limit > TABLE_SIZE) throw new HpackError("the dynamic table is larger than the setting allows");
    this.#limit = limit;
    this.#evict();
    return null;
  }

  #literal(input: Input, bits: number): Field {
    const index = input.integer(bits);
    const name = index === 0 ? input.string() : this.#entry(index)[0];
    return [name, input.string()];
  }

  #entry(index: number): Field {
    const field = STATIC_TABLE[index - 1] ?? this.#table[index - 1 - STATIC_TABLE.length];
    if (field === undefined) throw new HpackError(`there is no field with the index ${index}`);
    return field;
  }

  #keep(field: Field): void {
    this.#table.unshift(field);
    this.#size += sizeOf(field);
    this.#evict();
  }

  #evict(): void {
    while (this.#size > this.#limit) {
      const oldest = this.#table.pop();
      if (oldest === undefined) return;
      this.#size -= sizeOf(oldest);
    }
  }
}

function sizeOf([name, value]: Field): number {
  return name.length + value.length + ENTRY_OVERHEAD;
}

class Input {
  readonly #octets: Uint8Array;
  #at = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#octets.length;
  }

  peek(): number {
    const octet = this.#octets[this.#at];
    if (octet === undefined) throw new HpackError("the head ends inside a field");
    return octet;
  }

  /** RFC 7541 §5.1. */
  integer(bits: number): number {
    const most = 2 ** bits - 1;
    let value = this.peek() & most;
    this.#at++;
    if (value < most) return value;
    for (let factor = 1; ; factor *= 128) {
      const octet = this.peek();
      this.#at++;
      value += (octet & 0x7f) * factor;
      if (value > 2 ** 32) throw new HpackError("an integer is too large");
      if (octet < 0x80) return value;
      if (factor > 2 ** 28) throw new HpackError("an integer is too long");
    }
  }

  string(): string {
    const isCoded = this.peek() >= 0x80;
    const length = this.integer(7);
    const end = this.#at + length;
    if (end > this.#octets.length) throw new HpackError("the head ends inside a string");
    const octets = this.#octets.subarray(this.#at, end);
    this.#at = end;
    if (!isCoded) return Buffer.from(octets).toString("latin1");
    const decoded = decodeHuffman(octets);
    if (decoded === null) throw new HpackError("a string is not well coded");
    return decoded.toString("latin1");
  }
}
