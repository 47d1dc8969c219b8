import { isToken } from "./extension-header.js";
import { headerValues, type RequestHead } from "./http1.js";

/** Characters of a name that are shown. */
const SHOWN_CHARACTERS = 40;

/** The subprotocols that a request offers, in order. */
export function offeredSubprotocols(head: RequestHead): readonly string[] {
  return headerValues(head, "sec-websocket-protocol")
    .flatMap((value) => value.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/**
 * What is wrong with the offer of a request, in a clause; null if it offers nothing, or one token or more, each of them once
 * (RFC 6455 §4.1, 6455-4.1-19).
 */
export function offerProblem(head: RequestHead): string | null {
  if (headerValues(head, "sec-websocket-protocol").length === 0) return null;
  const offered = offeredSubprotocols(head);
  if (offered.length === 0) return "Sec-WebSocket-Protocol is empty";
  const odd = offered.find((name) => !isToken(name));
  if (odd !== undefined) {
    const shown = odd.slice(0, SHOWN_CHARACTERS).replace(/[^ !#-~]/g, "?");
    return `the offered subprotocol "${shown}" is no token`;
  }
  return isOfferedTwice(offered) ? "the request offers a subprotocol twice" : null;
}

/** The only fault of an offer that the original minds. */
export function isOfferedTwice(offered: readonly string[]): boolean {
  return new Set(offered).size !== offered.length;
}
