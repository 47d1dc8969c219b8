import { isToken, splitList } from "./fields.js";
import { REQUEST_PROBLEMS, type RequestProblem } from "./problem.js";

/**
 * Picks a subprotocol: the first of `supported` that was offered, so that the server's order decides and not the
 * client's; undefined where there is none. Names are compared case-sensitively (RFC 6455 §4.2.2, item 5.5).
 */
export function chooseProtocol(offered: readonly string[], supported: readonly string[]): string | undefined {
  const names = new Set(offered);
  return supported.find((name) => names.has(name));
}

/** Reads Sec-WebSocket-Protocol of a request, of which several lines are one list (RFC 6455 §11.3.4). */
export function readProtocols(values: readonly string[]): readonly string[] | RequestProblem {
  if (values.length === 0) return values;
  const names = splitList(values);
  if (names.length === 0 || !names.every((name) => isToken(name))) {
    return REQUEST_PROBLEMS["protocols-malformed"];
  }
  return new Set(names).size === names.length ? names : REQUEST_PROBLEMS["protocols-repeated"];
}
