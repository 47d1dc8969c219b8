import { Opcode } from "../../src/protocol/opcode.js";

/** What a test frame looks like; everything that is left out is as a correct peer would send it. */
export interface FrameShape {
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  readonly fin?: boolean;
  /** RSV1–3 as a number from 0 to 7; 4 is RSV1. */
  readonly rsv?: number;
  /** Four octets; undefined: not masked. */
  readonly key?: readonly number[] | undefined;
  /** Octets that the length takes: 0, 2 or 8 beside the first two of the header. */
  readonly lengthOctets?: 0 | 2 | 8;
  /** The length that the header names, if it is not the true one. */
  readonly length?: number | bigint;
}

const KEY = [0x37, 0xfa, 0x21, 0x3d];

/** A frame as the peer of a server sends it. It shares no code with the endpoint. */
export function fromClient(shape: FrameShape): Uint8Array {
  return frame({ key: KEY, ...shape });
}

/** A frame as the peer of a client sends it. */
export function fromServer(shape: FrameShape): Uint8Array {
  return frame(shape);
}

export function frame(shape: FrameShape): Uint8Array {
  const payload = octetsOf(shape.payload ?? "");
  const length = BigInt(shape.length ?? payload.length);
  const lengthOctets = shape.lengthOctets ?? (length < 126 ? 0 : length < 65_536 ? 2 : 8);
  const first = ((shape.fin ?? true) ? 0x80 : 0) | ((shape.rsv ?? 0) << 4) | shape.opcode;
  const form = lengthOctets === 0 ? Number(length) : lengthOctets === 2 ? 126 : 127;
  const head = [first, (shape.key === undefined ? 0 : 0x80) | form];
  for (let at = lengthOctets - 1; at >= 0; at -= 1) {
    head.push(Number((length >> BigInt(8 * at)) & 0xffn));
  }
  const key = shape.key ?? [];
  const body = payload.map((octet, at) => octet ^ (key[at % 4] ?? 0));
  return Uint8Array.from([...head, ...key, ...body]);
}

export function closeOctets(code: number, reason = ""): Uint8Array {
  return concat(Uint8Array.of(code >> 8, code & 0xff), Buffer.from(reason));
}

export function octetsOf(data: Uint8Array | string): Uint8Array {
  return typeof data === "string" ? new Uint8Array(Buffer.from(data)) : data;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export function hex(octets: Uint8Array): string {
  return [...octets].map((octet) => octet.toString(16).padStart(2, "0")).join(" ");
}

export function fromHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(/\s+/g, ""), "hex"));
}

/** What a frame in output is. */
export interface SeenFrame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly isMasked: boolean;
  readonly payload: Uint8Array;
}

/** Takes output apart; it is an error if it does not end with a whole frame. */
export function readFrames(octets: Uint8Array): SeenFrame[] {
  const frames: SeenFrame[] = [];
  let rest = Buffer.from(octets);
  while (rest.length > 0) {
    const isMasked = (rest[1]! & 0x80) !== 0;
    const form = rest[1]! & 0x7f;
    let at = 2;
    let length = form;
    if (form === 126) length = rest.readUInt16BE(2);
    if (form === 127) length = Number(rest.readBigUInt64BE(2));
    if (form >= 126) at += form === 126 ? 2 : 8;
    const key = isMasked ? rest.subarray(at, at + 4) : Buffer.alloc(4);
    if (isMasked) at += 4;
    if (rest.length < at + length) throw new Error("the output ends inside a frame");
    const payload = rest.subarray(at, at + length).map((octet, index) => octet ^ key[index % 4]!);
    frames.push({
      fin: (rest[0]! & 0x80) !== 0,
      rsv: (rest[0]! >> 4) & 7,
      opcode: rest[0]! & 0xf,
      isMasked,
      payload: new Uint8Array(payload),
    });
    rest = rest.subarray(at + length);
  }
  return frames;
}

const NAMES = new Map<number, string>(
  Object.entries(Opcode).map(([name, opcode]) => [opcode, name.toUpperCase()]),
);

/** `PONG "x"`, `CLOSE 1000 "bye"`, `TEXT+ …` for a fragment that is not the last, `TEXT* …` with RSV1. */
export function describe(seen: SeenFrame): string {
  const marks = `${seen.rsv === 4 ? "*" : ""}${seen.fin ? "" : "+"}`;
  const name = `${NAMES.get(seen.opcode)}${marks}`;
  if (seen.opcode === Opcode.Close && seen.payload.length >= 2) {
    const code = seen.payload[0]! * 256 + seen.payload[1]!;
    return `${name} ${code} ${JSON.stringify(Buffer.from(seen.payload.subarray(2)).toString())}`;
  }
  return seen.payload.length > 64
    ? `${name} [${seen.payload.length} octets]`
    : `${name} ${printable(seen.payload)}`;
}

/** Text where it is printable ASCII, else hex. */
export function printable(octets: Uint8Array): string {
  const isText = octets.every((octet) => octet >= 0x20 && octet < 0x7f);
  return isText ? JSON.stringify(Buffer.from(octets).toString()) : `<${hex(octets)}>`;
}
