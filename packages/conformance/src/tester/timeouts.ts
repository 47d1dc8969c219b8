/**
 * The deadlines of a connection in milliseconds, before scaling: those of the original suite.
 *
 * @example
 * ```ts
 * import { cases, serve, type Timeouts } from "wireproof";
 *
 * const timeouts: Partial<Timeouts> = { openMs: 10_000, closeMs: 3_000 };
 * const served = await serve({ cases, port: 0, timeouts });
 * served.stop();
 * for await (const event of served.events) console.assert(event.type !== "case-end");
 * ```
 */
export interface Timeouts {
  /** For TCP, and TLS where it is used. Default 10,000 ms. */
  readonly connectMs: number;
  /** From the request to the whole answer. Default 5,000 ms. */
  readonly openMs: number;
  /** From the tester's Close frame to the peer's. Default 1,000 ms. */
  readonly closeMs: number;
  /**
   * From the closing handshake to the end of TCP, which the server brings about (RFC 6455 §7.1.1). Default 1,000 ms.
   */
  readonly dropMs: number;
  /** How long a peer may send nothing in a load case, under `modern`. Default 10,000 ms. */
  readonly stallMs: number;
  /**
   * How long a pause lasts that is itself the point of a case (6.4.x). Default 1,000 ms under `autobahn`, 100 ms under
   * `modern`.
   */
  readonly waitMs: number;
  /** Factor for the timers that cases set, above 0. Default 1. */
  readonly scale: number;
  /** How many times longer a busy machine may make limits, 1 or more. Default 20. */
  readonly stretch: number;
}

/** `scale`: factor for every deadline, for slow peers. `loadSilenceSeconds`: the stall limit, not scaled. */
export function timeouts(
  profile: "modern" | "autobahn",
  scale = 1,
  loadSilenceSeconds: number = 10 * scale,
): Timeouts {
  return {
    connectMs: 10_000 * scale,
    openMs: 5000 * scale,
    closeMs: 1000 * scale,
    dropMs: 1000 * scale,
    stallMs: 1000 * loadSilenceSeconds,
    waitMs: (profile === "autobahn" ? 1000 : 100) * scale,
    scale,
    stretch: 20,
  };
}
