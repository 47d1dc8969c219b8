import type { UpgradeRequest, UpgradeResult } from "@wireproof/websocket";

/**
 * An upgrade hook, for the option `upgrade` of `createServer`.
 *
 * @typeParam Data - Type of `ws.data`.
 */
export type UpgradeHook<Data> = (
  request: UpgradeRequest,
  context: UpgradeContext,
) => Promise<UpgradeResult<Data>>;

/** What a server gives to its upgrade hook beside the request. */
export interface UpgradeContext {
  /** Aborted when the client goes away, the time of the opening handshake is over, or the server closes. */
  readonly signal: AbortSignal;
}

/** What a decision about an opening handshake is made of, beside the framework's own request. */
export interface Opening extends UpgradeContext {
  /** The opening handshake as the endpoint has checked it. */
  readonly request: UpgradeRequest;
}
