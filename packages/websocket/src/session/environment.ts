import type { Counters } from "./counters.js";
import type { Handlers } from "./handlers.js";
import type { ConnectionLimits } from "./limits.js";
import type { Liveness } from "./liveness.js";
import type { CompressionSettings } from "./settings.js";
import type { Session } from "./session.js";
import type { Topics } from "./topics.js";

/** What the connections of one server, or one client connection, have in common. */
export interface SessionEnvironment<Data> {
  readonly role: "server" | "client";
  readonly handlers: Handlers<Data>;
  readonly limits: ConnectionLimits;
  readonly liveness: Liveness;
  readonly zeroCopy: boolean;
  /** Undefined when permessage-deflate is switched off. */
  readonly compression: CompressionSettings | undefined;
  readonly counters: Counters;
  /** Undefined for clients. */
  readonly topics: Topics | undefined;
  /** The transport is gone and the application has been told. */
  gone(session: Session<Data>): void;
}
