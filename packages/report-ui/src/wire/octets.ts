/** The octets that hexadecimal digits stand for, up to the first character that is not a digit. */
export function octetsOf(hex: string): Uint8Array {
  const octets: number[] = [];
  for (let at = 0; at + 1 < hex.length; at += 2) {
    const octet = Number.parseInt(hex.slice(at, at + 2), 16);
    if (Number.isNaN(octet)) break;
    octets.push(octet);
  }
  return Uint8Array.from(octets);
}

export function hexOf(octet: number): string {
  return octet.toString(16).padStart(2, "0");
}

/** The text, or null if the octets are not UTF-8. Where octets were cut, the last character may be incomplete. */
export function utf8Text(octets: Uint8Array, isCut: boolean): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets, { stream: isCut });
  } catch {
    return null;
  }
}

const OPCODES: Readonly<Record<number, string>> = {
  0: "CONTINUATION",
  1: "TEXT",
  2: "BINARY",
  8: "CLOSE",
  9: "PING",
  10: "PONG",
};

/** RFC 6455 §5.2. */
export function opcodeName(opcode: number): string {
  return OPCODES[opcode] ?? `RESERVED ${opcode}`;
}

export function isControl(opcode: number): boolean {
  return opcode >= 8;
}
