/**
 * What the protocol of one connection may cost. Every limit holds from the first octet on. The first three do not hold
 * for a message that is delivered in parts (`nextMessageStream`), since nothing of it is kept.
 *
 * @example
 * ```ts
 * import { DEFAULT_CONNECTION_LIMITS, type Limits } from "@wireproof/websocket";
 *
 * const { fragments, closeMs }: Limits = DEFAULT_CONNECTION_LIMITS;
 * console.assert(fragments === 16_384 && closeMs === 5_000);
 * ```
 */
export interface Limits {
  /**
   * Octets of one message, after inflating. Default 1 MiB, as in Python's `websockets`; `ws` allows 100 MiB, Bun 16 MiB.
   * A larger message fails the connection with 1009 (RFC 6455 §7.4.1).
   */
  readonly messageOctets: number;
  /**
   * Octets of one frame's payload data, known from its header before anything is kept. Default: as `messageOctets`. A
   * compressed frame may have a sixteenth and 64 more: what cannot be compressed gets longer.
   */
  readonly frameOctets: number;
  /** Frames of one message. Default 16,384, as `ws` has it since 8.21.1. More fail the connection with 1008. */
  readonly fragments: number;
  /**
   * Octets that one connection may hold in memory for what it has not delivered yet: unfinished messages, their
   * compressed form, input that waits while reading is paused (so never less than the transport reads at once). Default
   * 16 MiB more than `messageOctets`. More fail the connection with 1009.
   */
  readonly retainedOctets: number;
  /**
   * Pongs that may wait until the transport takes them; above it only the latest is kept (RFC 6455 §5.5.3). Default 16.
   */
  readonly pendingPongs: number;
  /** Milliseconds to wait for the peer's Close frame, and then for the end of the stream. Default 5,000. */
  readonly closeMs: number;
  /**
   * Milliseconds in which messages are delivered in one turn of the event loop, for all connections of the process
   * together; the rest waits for the next turn. Each connection's first message is always delivered. Default 1.
   */
  readonly turnMs: number;
  /** Octets of frames that are read in one turn, likewise. Default 1 MiB, which takes about 1 ms. */
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

/**
 * Deviations from RFC 6455 that are accepted from a peer. All are off by default; each says what it accepts.
 *
 * @example
 * ```ts
 * import { createServer, type Leniency } from "@wireproof/websocket";
 *
 * const lenient: Partial<Leniency> = { acceptNonMinimalLength: true };
 * const server = createServer({ lenient });
 * console.assert(server.counters.violations === 0);
 * ```
 */
export interface Leniency {
  /** A server reads frames that are not masked (RFC 6455 §5.1 forbids it). Default false. */
  readonly acceptUnmasked: boolean;
  /** A client reads frames that are masked (RFC 6455 §5.1 forbids it). Default false. */
  readonly acceptMasked: boolean;
  /** A length in more octets than it needs (RFC 6455 §5.2 forbids it; all common servers accept it). Default false. */
  readonly acceptNonMinimalLength: boolean;
  /**
   * Text is not validated, neither when it comes nor when it is sent as octets (RFC 6455 §8.1 and §5.6 forbid it). Text
   * that is delivered as a string is validated by decoding it anyway, unless it is delivered in parts. Default false.
   */
  readonly skipUtf8Validation: boolean;
}

export const STRICT: Leniency = {
  acceptUnmasked: false,
  acceptMasked: false,
  acceptNonMinimalLength: false,
  skipUtf8Validation: false,
};
