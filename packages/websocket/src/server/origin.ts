import type { OriginRule } from "../handshake/origin.js";
import { REQUEST_PROBLEMS } from "../handshake/problem.js";
import { refusal } from "./refuse.js";
import type { OpeningRefusal } from "./refuse.js";

/**
 * Decides about an Origin field as it was sent (undefined: none was), the host of the request, and whether TLS protects
 * it, at once or within `limits.handshakeMs`. Only `true` allows: no other value does, be it a promise of one. What it
 * throws, or rejects with, is answered with 500.
 */
export type OriginCheck = (
  origin: string | undefined,
  host: string,
  isSecure: boolean,
) => boolean | PromiseLike<boolean>;

/** Which pages may connect (RFC 6455 §10.2): a rule, or a function, which decides about programs as well. */
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
