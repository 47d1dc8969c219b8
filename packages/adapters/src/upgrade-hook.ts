import type { UpgradeRequest, UpgradeResult } from "@wireproof/websocket";

/**
 * An upgrade hook, for the option `upgrade` of `createServer`.
 *
 * @typeParam Data - Type of `ws.data`.
 *
 * @example
 * ```ts
 * import { behind, type UpgradeHook } from "@wireproof/adapters/middleware";
 * import { createServer } from "@wireproof/websocket";
 *
 * const upgrade: UpgradeHook<{ path: string }> = behind([], (_raw, { request }) => ({ data: { path: request.path } }));
 * const server = createServer<{ path: string }>({ upgrade });
 * console.assert(server.connections.size === 0);
 * ```
 */
export type UpgradeHook<Data> = (
  request: UpgradeRequest,
  context: UpgradeContext,
) => Promise<UpgradeResult<Data>>;

/**
 * What a server gives to its upgrade hook beside the request.
 *
 * @example
 * ```ts
 * import type { UpgradeContext } from "@wireproof/adapters/middleware";
 *
 * const isLate = ({ signal }: UpgradeContext): boolean => signal.aborted;
 * console.assert(!isLate({ signal: new AbortController().signal }));
 * ```
 */
export interface UpgradeContext {
  /** Aborted when the client goes away, the time of the opening handshake is over, or the server closes. */
  readonly signal: AbortSignal;
}

/**
 * What a decision about an opening handshake is made of, beside the framework's own request.
 *
 * @example
 * ```ts
 * import type { Opening } from "@wireproof/adapters/middleware";
 *
 * const roomOf = ({ request }: Opening): string => request.query.get("room") ?? "lobby";
 * console.assert(typeof roomOf === "function");
 * ```
 */
export interface Opening extends UpgradeContext {
  /** The opening handshake as the endpoint has checked it. */
  readonly request: UpgradeRequest;
}
