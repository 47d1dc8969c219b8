import { defaultPort, parseAuthority } from "./authority.js";
import { REQUEST_PROBLEMS, type RequestProblem } from "./problem.js";
import type { RequestPolicy } from "./request-policy.js";
import { parseTarget } from "./target.js";

/** The address that a request is for. */
export interface Place {
  readonly host: string;
  readonly target: string;
}

/**
 * Joins the request target and the Host field, which every request has exactly once (RFC 9112 §3.2). Where the target
 * is a whole URI, its host counts, so that two hosts cannot contradict each other (RFC 9112 §3.2.2).
 */
export function readPlace(
  requestTarget: string,
  hosts: readonly string[],
  policy: RequestPolicy,
): Place | RequestProblem {
  const target = parseTarget(requestTarget);
  if (target === undefined) return REQUEST_PROBLEMS["target-malformed"];
  const [field] = hosts;
  if (field === undefined) return REQUEST_PROBLEMS["host-missing"];
  if (hosts.length > 1) return REQUEST_PROBLEMS["host-repeated"];
  if (parseAuthority(field) === undefined) return REQUEST_PROBLEMS["host-malformed"];
  const { authority } = target;
  if (authority !== undefined && parseAuthority(authority) === undefined)
    return REQUEST_PROBLEMS["target-malformed"];
  const host = authority ?? field;
  return isServed(host, policy) ? { host, target: target.path } : REQUEST_PROBLEMS["host-not-served"];
}

function isServed(host: string, { hosts, isSecure }: RequestPolicy): boolean {
  if (hosts === undefined) return true;
  const asked = parseAuthority(host);
  const standard = defaultPort(isSecure ? "https" : "http");
  return hosts.some((entry) => {
    const served = parseAuthority(entry);
    if (served === undefined || served.name !== asked?.name) return false;
    return served.port === undefined || served.port === (asked.port ?? standard);
  });
}
