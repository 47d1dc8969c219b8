const SCRIBBLE = 0xdb;
let isOn: boolean | undefined;

/**
 * With `WIREPROOF_SCRIBBLE=1` in the environment, memory that was only lent is made unusable as soon as it is taken
 * back. It shows at once who has kept a view of it, which would hold another connection's octets next.
 */
export function scribble(bytes: Uint8Array, from: number, to: number): void {
  isOn ??= process.env["WIREPROOF_SCRIBBLE"] === "1";
  if (isOn) bytes.fill(SCRIBBLE, from, to);
}
