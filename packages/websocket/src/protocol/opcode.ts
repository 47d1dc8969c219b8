/** The opcodes of RFC 6455 §5.2 and §11.8; all others are reserved. */
export const Opcode = {
  Continuation: 0x0,
  Text: 0x1,
  Binary: 0x2,
  Close: 0x8,
  Ping: 0x9,
  Pong: 0xa,
} as const;

export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/** The opcodes that begin a message. */
export type MessageOpcode = typeof Opcode.Text | typeof Opcode.Binary;

/** §5.5: control frames have the most significant bit of the opcode set. */
export function isControl(opcode: number): boolean {
  return (opcode & 0x8) !== 0;
}
