/** What a connection does with its transport; sockets in real life, scripted ends in tests. */
export interface Transport {
  /** Sends octets; `done` is called when they have been handed to the system. */
  write(octets: Uint8Array, done?: () => void): void;
  /** Closes our direction and lingers until the peer has closed too, for a bounded time. */
  end(): void;
  /** Gives the connection up at once. */
  destroy(): void;
}

/** What a transport reports. After `ended` nothing more comes. */
export interface TransportEvents {
  /** The chunk is only valid during the call. */
  received(chunk: Uint8Array): void;
  /** The peer closed TCP (`reset`: with a reset). */
  ended(reset: boolean): void;
}

/** Ignores what a transport reports once it does not matter any more. */
export const IGNORE_EVENTS: TransportEvents = { received: () => undefined, ended: () => undefined };
