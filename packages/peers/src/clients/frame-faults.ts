import { DEFLATE_FAULTS } from "../mutants/deflate-faults.js";
import type { DeflateFaultName } from "../mutants/deflate-faults.js";
import type { Fault } from "../mutants/fault.js";
import { FAULTS } from "../mutants/faults.js";
import type { FaultName } from "../mutants/faults.js";

/** Masking is the other way round. */
const MASKING: Readonly<Partial<Record<FaultName, Fault>>> = {
  "unmasked-accepted": {
    does: "frames that are masked are taken",
    caughtBy: "24.2.1, 24.2.2.*, 24.2.3, 24.2.4, 29.3.1.3, 29.3.2.3",
  },
  "unmasked-control-accepted": {
    does: "control frames that are masked are taken",
    caughtBy: "24.2.2.3, 24.2.2.4, 24.2.2.5",
  },
  "mask-of-first-only": {
    does: "the mask bit of the first frame only is looked at",
    caughtBy: "24.2.2.2, 24.2.4",
  },
  "sends-masked": {
    does: "what it sends is not masked",
    caughtBy: "24.3.1",
    isBroad: true,
    breaks: "6455-5.1-1",
  },
};

/**
 * Faults of a server only. The first two are about masking keys, and the third about who ends TCP. With the others a server
 * sends something behind its Close frame; a server that gets a Close frame ends TCP and does not see what comes behind it.
 */
const OF_SERVERS: ReadonlySet<FaultName> = new Set<FaultName>([
  "zero-key-refused",
  "tail-not-unmasked",
  "tcp-left-open",
  "pongs-after-failing",
  "goes-on-after-failing",
  "reads-behind-close",
  "second-close-answered",
  "close-overtakes",
  "fails-twice",
  "close-after-failing-answered",
]);

/** Of these cases there is one for servers and one for clients. */
const TWINS: readonly [ofServers: string, ofClients: string] = ["24.3.4", "24.3.1"];

/** What a strict client can get wrong about frames, one thing at a time: what a strict server can. */
export const CLIENT_FRAME_FAULTS: Readonly<Partial<Record<FaultName, Fault>>> = Object.fromEntries(
  (Object.keys(FAULTS) as FaultName[])
    .filter((name) => !OF_SERVERS.has(name))
    .map((name) => {
      const ofServer = FAULTS[name];
      return [name, MASKING[name] ?? { ...ofServer, caughtBy: ofServer.caughtBy.replace(...TWINS) }];
    }),
);

/** Likewise with permessage-deflate, where only a server can say that it begins its stream anew and not do so. */
const { "stream-not-begun-anew": _ofServers, ...OF_BOTH } = DEFLATE_FAULTS;

export const CLIENT_DEFLATE_FAULTS: Readonly<Partial<Record<DeflateFaultName, Fault>>> = {
  ...OF_BOTH,
  "context-taken-over": {
    ...OF_BOTH["context-taken-over"],
    caughtBy: `${OF_BOTH["context-taken-over"].caughtBy}, 32.1.25.2`,
  },
};
