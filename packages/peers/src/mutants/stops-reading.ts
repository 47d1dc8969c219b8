import { deflateMutant } from "./deflate-echo-server.js";
import type { Mutant } from "./mutant.js";

/**
 * As `deflateEcho`, but on every connection that has brought more than 1 MiB it stops reading, sends nothing more
 * and leaves TCP open.
 *
 * Must be caught by the cases of section 9 with messages of 1 MiB and more. A tester that waits until all is sent
 * hangs.
 */
export const stopsReading: Mutant = deflateMutant("stopsReading", { stopsAfterOctets: 1024 * 1024 });
