/** The opcodes that RFC 6455 §5.2 gives a meaning; 3–7 and 11–15 are reserved. */
export const Opcode: {
  readonly continuation: 0;
  readonly text: 1;
  readonly binary: 2;
  readonly close: 8;
  readonly ping: 9;
  readonly pong: 10;
} = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };
export type Opcode = (typeof Opcode)[keyof typeof Opcode];

const NAMES = new Map<number, string>([
  [Opcode.continuation, "CONT"],
  [Opcode.text, "TEXT"],
  [Opcode.binary, "BINARY"],
  [Opcode.close, "CLOSE"],
  [Opcode.ping, "PING"],
  [Opcode.pong, "PONG"],
]);

/** The name of an opcode in wire lines; a reserved one reads `OPCODE 3`. */
export function opcodeName(opcode: number): string {
  return NAMES.get(opcode) ?? `OPCODE ${opcode}`;
}

/** Control frames have the highest bit of the opcode set (RFC 6455 §5.5). */
export function isControl(opcode: number): boolean {
  return opcode >= 8;
}

export function isReserved(opcode: number): boolean {
  return !NAMES.has(opcode);
}
