/**
 * How the bench talks to a server process: lines of JSON, questions on its standard input, answers on its standard
 * output, so that a server may run in anything. The first line is the setup; it ends when its input does.
 */
export interface ServerSetup {
  /**
   * What a message does: it is echoed, or sent to every connection, the sender's included. "work": as "echo", but one of
   * one octet is only worked on (`servers/work.ts`).
   */
  readonly does: "echo" | "publish" | "work";
  /** Accept permessage-deflate and compress every message, however short. */
  readonly deflate: boolean;
  /** PEM; null for plain TCP. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
}

export interface ServerUp {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Software and version. */
  readonly about: string;
}

/** `usage` is answered at once, `settle` after garbage was collected, as far as the server can. */
export type ServerQuestion = "usage" | "settle";

export interface ServerUsage {
  /** CPU time of the process since its start. */
  readonly cpuMicros: number;
  readonly rssBytes: number;
  /** Messages received, from servers that count them. */
  readonly messages?: number;
}
