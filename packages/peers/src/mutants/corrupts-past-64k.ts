import { deflateMutant } from "./deflate-echo-server.js";
import type { Mutant } from "./mutant.js";

const LAST_GOOD_OCTETS = 64 * 1024;

/**
 * As `deflateEcho`, but flips the lowest bit of the first octet behind 65,536 in every message, as a buffer that is
 * reused too early would.
 *
 * Must be caught by the cases of sections 9, 12 and 13 whose messages are longer. A tester that compares only
 * lengths sees nothing.
 */
export const corruptsPast64K: Mutant = deflateMutant("corruptsPast64K", {
  echo: (message) => {
    if (message.length > LAST_GOOD_OCTETS) message[LAST_GOOD_OCTETS]! ^= 1;
    return message;
  },
});
