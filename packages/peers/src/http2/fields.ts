/**
 * Header fields as literals that nobody keeps (RFC 7541 §6.2.2). The tester writes no others, so that these servers need
 * neither tables nor the Huffman code.
 */
export type Field = readonly [name: string, value: string];

export function encodeFields(fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([0]), encodeText(name), encodeText(value)]),
  );
}

/** Null for a block that has anything but such literals. */
export function decodeFields(block: Buffer): readonly Field[] | null {
  const fields: Field[] = [];
  let at = 0;
  const text = (): string | null => {
    const first = block[at++];
    if (first === undefined || (first & 0x80) !== 0) return null;
    let length = first;
    if (first === 0x7f) {
      let shift = 0;
      for (let more = true; more && at < block.length; shift += 7) {
        const octet = block.readUInt8(at++);
        length += (octet & 0x7f) * 2 ** shift;
        more = octet >= 0x80;
      }
    }
    const found = block.toString("latin1", at, at + length);
    at += length;
    return found;
  };
  while (at < block.length) {
    if (block[at++] !== 0) return null;
    const name = text();
    const value = text();
    if (name === null || value === null) return null;
    fields.push([name, value]);
  }
  return fields;
}

function encodeText(text: string): Buffer {
  const octets = Buffer.from(text, "latin1");
  if (octets.length >= 0x7f + 0x80) throw new RangeError("these servers write short fields only");
  const length = octets.length < 0x7f ? [octets.length] : [0x7f, octets.length - 0x7f];
  return Buffer.concat([Buffer.from(length), octets]);
}
