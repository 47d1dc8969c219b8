import type { OriginRule } from "../handshake/origin.js";
import { REQUEST_PROBLEMS } from "../handshake/problem.js";
import { refusal } from "./refuse.js";
import type { OpeningRefusal } from "./refuse.js";

/**
 * Decides about the Origin field of a request, at once or within `limits.handshakeMs`.
 *
 * @param origin - The Origin field as it was sent; undefined when there was none.
 * @param host - The Host field of the request.
 * @param isSecure - Whether TLS protects the request.
 * @returns `true` to accept, or a promise of it. Every other value refuses the client with 403.
 * @throws Anything: what it throws or rejects with is answered with 500.
 *
 * @example
 * ```ts
 * import { createServer, type OriginCheck } from "@wireproof/websocket";
 *
 * const ours: OriginCheck = (origin) => origin?.endsWith(".example.com") === true;
 * const server = createServer({ origin: ours });
 * console.assert(ours("https://shop.example.com", "example.com", true) === true);
 * console.assert(server.counters.refused === 0);
 * ```
 */
export type OriginCheck = (
  origin: string | undefined,
  host: string,
  isSecure: boolean,
) => boolean | PromiseLike<boolean>;

/**
 * Which pages may connect (RFC 6455 §10.2): "same-origin", "any", a list of origins and patterns, or a function, which
 * decides about programs outside browsers as well.
 *
 * @example
 * ```ts
 * import { createServer, type OriginPolicy } from "@wireproof/websocket";
 *
 * const policy: OriginPolicy = ["https://example.com", /https:\/\/.*\.example\.com/];
 * const server = createServer({ origin: policy });
 * console.assert(server.connections.size === 0);
 * ```
 */
export type OriginPolicy = OriginRule | OriginCheck;

/** The part of a policy that needs no function. */
export function originRule(policy: OriginPolicy): OriginRule {
  return typeof policy === "function" ? "any" : policy;
}

/** The result of the application's function; true if there is none. Throws what it throws. */
export function askOrigin(policy: OriginPolicy, { origin, host, isSecure }: Asking): unknown {
  return typeof policy === "function" ? policy(origin, host, isSecure) : true;
}

/** The parts of a request that the function gets. */
interface Asking {
  readonly origin: string | undefined;
  readonly host: string;
  readonly isSecure: boolean;
}

const { id, status, sentence } = REQUEST_PROBLEMS["origin-not-allowed"];

export const ORIGIN_REFUSED: OpeningRefusal = refusal(status, id, sentence);
