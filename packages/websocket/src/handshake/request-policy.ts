import { parseAuthority } from "./authority.js";
import { assertOriginRule, type OriginRule } from "./origin.js";

/** What a server accepts beyond what RFC 6455 demands. */
export interface RequestPolicy {
  /** The request came over TLS. */
  readonly isSecure: boolean;
  readonly origin: OriginRule;
  /**
   * Hosts that are served, such as "example.com" (on any port), "example.com:8080" or "[::1]"; any host if undefined. A
   * list is the defence against DNS rebinding: the name of a foreign page resolves to this server, and a browser takes
   * both for the same origin. Other hosts are answered with 421.
   */
  readonly hosts?: readonly string[] | undefined;
}

/** Throws a TypeError for a policy with an entry that can never match. Call it when the policy is configured. */
export function assertRequestPolicy(policy: RequestPolicy): void {
  assertOriginRule(policy.origin);
  for (const host of policy.hosts ?? []) {
    if (parseAuthority(host) === undefined) {
      throw new TypeError(`${JSON.stringify(host)} is not a host such as "example.com" or "localhost:8080".`);
    }
  }
}
