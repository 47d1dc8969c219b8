import type { Conduct } from "./conduct.js";
import type { TargetOptions } from "./target.js";
import type { Timeouts } from "./timeouts.js";

/** What holds for one server of a run and not for the others. */
export interface PeerOptions {
  /** Its name in reports. */
  readonly agent?: string;
  /** Hosts on which it may be, at the same port, if it is not where its URL says. */
  readonly elsewhere?: readonly string[];
  /** In place of those of the run. */
  readonly target?: Pick<TargetOptions, "servername" | "origin" | "subprotocols">;
  /** In place of those of the profile; not scaled. */
  readonly timeouts?: Partial<Timeouts>;
  readonly conduct?: Conduct;
}
