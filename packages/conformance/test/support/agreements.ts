import type { DeflateParameters } from "../../src/wire/deflate-parameters.js";

/** permessage-deflate with the largest windows and context taken over, except for what a test changes. */
export function agreed(changes: Partial<DeflateParameters> = {}): DeflateParameters {
  return {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
    ...changes,
  };
}

/** Every combination of who takes context over with some windows. */
export const AGREEMENTS: readonly DeflateParameters[] = [8, 9, 12, 15].flatMap((clientMaxWindowBits) =>
  [8, 9, 12, 15].flatMap((serverMaxWindowBits) =>
    [true, false].flatMap((clientNoContextTakeover) =>
      [true, false].map((serverNoContextTakeover) => ({
        serverNoContextTakeover,
        clientNoContextTakeover,
        serverMaxWindowBits,
        clientMaxWindowBits,
      })),
    ),
  ),
);
