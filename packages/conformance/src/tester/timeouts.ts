/** The deadlines of a connection in milliseconds, before scaling: those of the original. */
export interface Timeouts {
  /** TCP, and TLS where it is used. */
  readonly connectMs: number;
  /** From the request to the whole answer. */
  readonly openMs: number;
  /** From our Close frame to the peer's. */
  readonly closeMs: number;
  /** From the closing handshake to the end of TCP, which is the server's to bring about. */
  readonly dropMs: number;
  /** How long a load case may hear nothing from the peer, under `modern`. */
  readonly stallMs: number;
  /** How long a pause lasts that is itself the point of a case (6.4.x). */
  readonly waitMs: number;
  /** Factor for the timers that cases set. */
  readonly scale: number;
  /** How many times longer a busy machine may make limits, 1 or more. */
  readonly stretch: number;
}

/** `scale` stretches every deadline, for slow peers. `loadSilenceSeconds`: what the stall limit is instead. */
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
