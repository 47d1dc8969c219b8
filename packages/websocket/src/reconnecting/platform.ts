import type { Attempt } from "./options.js";
import type { ConnectionEnd } from "./verdict.js";

/** Who reads messages, and may be slow: `for await`, or the `resume` hook. */
export type Reader = "inbox" | "resume";

/** None, or a code with or without a reason: Chromium takes an undefined code for 0. */
export type CloseArguments = [code?: number, reason?: string];

/** What a client asks of an open connection; a WebSocket of the platform has all of it. */
export interface Transport {
  /** 1 as long as what is sent may still go out. */
  readonly readyState: number;
  /** The agreed subprotocol, or "". */
  readonly protocol: string;
  /** Octets that the system has not taken. */
  readonly bufferedAmount: number;
  send(message: string | Uint8Array): void;
  /** Starts the closing handshake, behind what was sent. */
  close(...how: CloseArguments): void;
  /** Stops reading while a reader wants it, where the platform can. */
  setPaused?(who: Reader, isPaused: boolean): void;
}

/** What a client is told of a connection: `opened` once or never, then messages, then `ended` once. */
export interface TransportEvents {
  opened(transport: Transport): void;
  message(data: string | Uint8Array): void;
  ended(end: ConnectionEnd): void;
}

/** What is opened. The signal of `about` drops it, at any time. */
export interface OpenRequest<Options> {
  readonly url: string | URL;
  readonly protocols: readonly string[];
  readonly options: Options;
  readonly handshakeMs: number;
  readonly about: Attempt;
}

/** What differs between Node and browsers. */
export interface Platform<Options> {
  /** How a connection is closed when a handler has failed. */
  readonly faultClose: CloseArguments;
  /** Throws for an address that cannot be used. */
  checkUrl(url: string | URL): void;
  /** Begins to connect; throws or rejects if it cannot even begin. */
  open(request: OpenRequest<Options>, events: TransportEvents): void | Promise<void>;
  /** Whether another attempt makes sense after this end. */
  mayRetry(end: ConnectionEnd): boolean;
  /** Calls `act` when the signal, which is not aborted yet, is aborted; returns a function that prevents it. */
  whenAborted(signal: AbortSignal, act: () => void): () => void;
  /** Shows a fault of the application, for which there is no handler. */
  report(error: unknown): void;
  /** Calls `tell` at once, and whenever the network comes or goes; returns a function that ends this. */
  watchNetwork(tell: (isOnline: boolean) => void): () => void;
}
