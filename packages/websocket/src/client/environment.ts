import type { ClientDeflatePolicy } from "../deflate/negotiation.js";
import { newCounters } from "../session/counters.js";
import { DEFAULT_CONNECTION_LIMITS, resolveLimits } from "../session/limits.js";
import { resolveLiveness } from "../session/liveness.js";
import { resolveRate } from "../session/rate.js";
import type { SessionEnvironment } from "../session/session.js";
import { resolveCompression } from "../session/settings.js";
import type { CompressionSettings } from "../session/settings.js";
import { presentTime } from "../transport/time.js";
import type { ConnectOptions } from "./options.js";

/** The environment of a session. Each client connection has its own. */
export interface ClientEnvironment<Data> extends SessionEnvironment<Data> {
  /** Called once, when the connection is gone. */
  onGone: () => void;
}

/** Throws for options that cannot be used. */
export function environmentOf<Data>(options: ConnectOptions<Data>): ClientEnvironment<Data> {
  return {
    role: "client",
    handlers: options,
    limits: resolveLimits(DEFAULT_CONNECTION_LIMITS, options.limits),
    liveness: resolveLiveness(options.heartbeat),
    zeroCopy: options.zeroCopy ?? false,
    compression: resolveCompression(options.compression, "client"),
    rate: resolveRate(options.rate),
    counters: newCounters(),
    time: presentTime(),
    topics: undefined,
    onGone: () => {},
    gone() {
      this.onGone();
    },
  };
}

/** The settings with the names of RFC 7692 §7.1. */
export function policyOf(settings: CompressionSettings): ClientDeflatePolicy {
  return {
    serverNoContextTakeover: settings.peerNoContextTakeover,
    clientNoContextTakeover: !settings.contextTakeover,
    serverMaxWindowBits: settings.peerWindowBits,
    clientMaxWindowBits: settings.windowBits,
  };
}
