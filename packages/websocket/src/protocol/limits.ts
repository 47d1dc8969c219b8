/**
 * What one connection may cost. Every limit holds from the first octet on and has its precedent beside it. The first
 * three do not hold for a message that is delivered in parts (`streamNext`), since nothing of it is kept.
 */
export interface Limits {
  /**
   * Octets of one message, after inflating. Default 1 MiB, as Python's `websockets` and Bun's client-facing 16 MiB
   * bracket it; `ws` allows 100 MiB. Exceeding it fails the connection with 1009 (RFC 6455 §7.4.1).
   */
  readonly messageOctets: number;
  /** Octets of one frame's payload data; known from the header, before anything is kept. Default: as a message. */
  readonly frameOctets: number;
  /** Frames of one message. Default 16,384, as `ws` has it since 8.21.1. Exceeding it: 1008. */
  readonly fragments: number;
  /**
   * Octets that one connection may hold in memory for what it has not delivered yet: unfinished messages, their
   * compressed form, input that waits while paused (so never less than the transport reads at once). Default 16 MiB more
   * than a message. Exceeding it: 1009.
   */
  readonly retainedOctets: number;
  /** Pongs that may wait until the transport takes them; beyond it only the latest is kept (§5.5.3). Default 16. */
  readonly pendingPongs: number;
  /** How long to wait for the peer's Close frame, and then for the end of the stream, in ms. Default 5,000. */
  readonly closeMs: number;
  /**
   * How long messages are delivered in one turn of the event loop, those of all connections of the process together, in
   * ms; what is left waits for the next turn. Each connection's first message is delivered always. Default 1: a timer or
   * another connection notices no more of it.
   */
  readonly turnMs: number;
  /** Octets of frames that are read in one turn, likewise. Default 1 MiB, which takes about as long. */
  readonly turnOctets: number;
}

/** Shared by all connections of a process or server: false from `take` means that the connection has to go (1013). */
export interface Ledger {
  take(octets: number): boolean;
  give(octets: number): void;
}

export const MESSAGE_OCTETS: number = 1024 * 1024;

export const DEFAULT_LIMITS: Limits = {
  messageOctets: MESSAGE_OCTETS,
  frameOctets: MESSAGE_OCTETS,
  fragments: 16_384,
  retainedOctets: 17 * MESSAGE_OCTETS,
  pendingPongs: 16,
  closeMs: 5_000,
  turnMs: 1,
  turnOctets: MESSAGE_OCTETS,
};

/** Deviations from RFC 6455 that a peer may be forgiven. All off by default; each names what it lets through. */
export interface Leniency {
  /** A server reads frames that are not masked (§5.1 forbids it). */
  readonly acceptUnmasked: boolean;
  /** A client reads frames that are masked (§5.1 forbids it). */
  readonly acceptMasked: boolean;
  /** A length in more octets than it needs (§5.2 forbids it; all common servers accept it). */
  readonly acceptNonMinimalLength: boolean;
  /**
   * Text is neither validated when it comes nor when it is sent as octets (§8.1 and §5.6 forbid it). Text that is handed
   * over as a string is validated by decoding it all the same, unless it is delivered in parts.
   */
  readonly skipUtf8Validation: boolean;
}

export const STRICT: Leniency = {
  acceptUnmasked: false,
  acceptMasked: false,
  acceptNonMinimalLength: false,
  skipUtf8Validation: false,
};
