/** What a connection can do with its transport: a socket, or a scripted end in tests. */
export interface Transport {
  /** It is a stream of HTTP/2, and not TCP. */
  readonly isStream?: true;
  /** The peer has ended the whole connection of which it is a stream. */
  readonly isWholeLost?: boolean;
  /** Octets wait to be sent for which the windows of the peer have no room (RFC 9113 §5.2): only a stream has such. */
  readonly isWithoutRoom?: boolean;
  /** Sends octets. `done` is called when the system has taken them. */
  write(octets: Uint8Array, done?: () => void): void;
  /** Stops or resumes reading: until then octets stay in the system, and at last with the peer. */
  hold(isHeld: boolean): void;
  /** Closes our direction, and waits a limited time for the peer to close too. */
  end(): void;
  /** Closes our direction and goes on reading. The end is still to be reported; `end` or `destroy` has to follow. */
  finish(): void;
  /** Resets the connection; over TLS it is dropped. */
  reset(): void;
  /** Drops the connection at once. */
  destroy(): void;
}

/** What a transport reports. Nothing follows `ended`. */
export interface TransportEvents {
  /** The chunk is only valid during the call. */
  received(chunk: Uint8Array): void;
  /**
   * The peer closed TCP (`reset`: with a reset). `problem`: the tester has closed it, because what carries the octets is
   * broken; a clause.
   */
  ended(reset: boolean, problem?: string): void;
}

/** Ignores what a transport reports once it does not matter any more. */
export const IGNORE_EVENTS: TransportEvents = { received: () => undefined, ended: () => undefined };
