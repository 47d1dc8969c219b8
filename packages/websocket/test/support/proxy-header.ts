/** What a version 2 header of the PROXY protocol has; a right one of IPv4 where nothing is said. */
export interface Version2 {
  /** Addresses and ports. */
  readonly body: readonly number[];
  readonly command?: number;
  readonly family?: number;
  readonly extensions?: readonly { readonly type: number; readonly value: Uint8Array }[];
}

export function version2({ body, command = 0x21, family = 0x11, extensions = [] }: Version2): Buffer {
  const parts = extensions.flatMap(({ type, value }) => [
    Buffer.from([type, value.length >> 8, value.length & 0xff]),
    value,
  ]);
  const rest = Buffer.concat([Buffer.from(body), ...parts]);
  const head = Buffer.from("0d0a0d0a000d0a515549540a00000000", "hex");
  head.set([command, family], 12);
  head.writeUInt16BE(rest.length, 14);
  return Buffer.concat([head, rest]);
}

/** CRC-32C by a table, unlike the endpoint's own. */
export function crc32c(octets: Uint8Array): number {
  let rest = -1;
  for (const octet of octets) rest = TABLE[(rest ^ octet) & 0xff]! ^ (rest >>> 8);
  return ~rest >>> 0;
}

const TABLE = Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});
