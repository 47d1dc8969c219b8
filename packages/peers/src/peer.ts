import type { KeyPair } from "wireproof/certificate";

/** A server that is up. Nothing of it is left once `close()` has resolved. */
export interface RunningPeer {
  /** `ws://host:port`, or `wss://host:port` if it speaks TLS. */
  readonly url: string;
  readonly port: number;
  /** Drops every connection and resolves when the port is free. May be called more than once. */
  close(): Promise<void>;
}

/** Where a server listens. */
export interface PeerOptions {
  /** Address to bind to; the default is 127.0.0.1. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Speak TLS with this certificate. The default is plain TCP. */
  readonly tls?: KeyPair;
}
