import { constants, deflateRawSync } from "node:zlib";

import { deflateMutant } from "./deflate-echo-server.js";
import { TAIL } from "./message-deflate.js";
import type { Mutant } from "./mutant.js";

const PART_OCTETS = 64 * 1024 * 1024;
const PARTS = 64;

let made: Buffer | undefined;

/**
 * As `deflateEcho`, but every compressed message it sends is 4 MiB that inflate to 4 GiB of zeros.
 *
 * Must be caught by all of sections 12 and 13. A tester that inflates a message before it looks at it runs out of
 * memory.
 */
export const bomb: Mutant = deflateMutant("bomb", { payload: () => (made ??= zeros()) });

/** A flushed stream of zeros ends with an octet: it can be put behind itself as often as one likes. */
function zeros(): Buffer {
  const part = deflateRawSync(Buffer.alloc(PART_OCTETS), { finishFlush: constants.Z_SYNC_FLUSH });
  return Buffer.concat(Array<Buffer>(PARTS).fill(part)).subarray(0, -TAIL.length);
}
