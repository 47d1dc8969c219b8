import type { Counters } from "./counters.js";
import type { ConnectionLimits } from "./limits.js";
import type { Liveness } from "./liveness.js";
import type { Rate } from "./rate.js";
import type { CompressionSettings } from "./settings.js";
import type { Topics } from "./topics.js";
import type { Time } from "../transport/time.js";

/** What the connections of one server have in common, or what one client connection has: all but the handlers. */
export interface Environment {
  readonly role: "server" | "client";
  readonly limits: ConnectionLimits;
  readonly liveness: Liveness;
  readonly zeroCopy: boolean;
  /** Undefined when permessage-deflate is switched off. */
  readonly compression: CompressionSettings | undefined;
  /** Undefined when what a peer sends is not limited. */
  readonly rate: Rate | undefined;
  readonly counters: Counters;
  readonly time: Time;
  /** Undefined for clients. */
  readonly topics: Topics | undefined;
}
