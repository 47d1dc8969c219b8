import type { CaseRecord } from "../report/event.js";
import { headerValues, parseRequest } from "../wire/http1.js";
import { hasPeerActed } from "./closing.js";
import type { Found } from "./found.js";

/**
 * A client that leaves behind the answer to its opening handshake without a single frame, although the answer fits what
 * it had offered: it has refused the answer, and no message. Undefined for everything else.
 */
export function leftBehindAnswer(record: CaseRecord): Found | undefined {
  const { role, extension, frames, close, handshake } = record;
  const saidNothing = Object.keys(frames.received).length === 0 && close.remotePayload === null;
  if (role !== "server" || extension == null || !saidNothing || !hasPeerActed(record)) return undefined;
  const offered = headerValues(parseRequest(handshake.request ?? ""), "sec-websocket-extensions").join(", ");
  const isHint = offered.includes(HINT) && !extension.includes(HINT);
  const why = isHint
    ? `; ${HINT} in its offer is a hint, and an answer without it is as good (RFC 7692 §7.1.1.2)`
    : "";
  return {
    outcome: "fail",
    because: `the client closed TCP behind the answer "${extension}" without a frame, although that fits its offer${why}`,
    requirement: "7692-5-7",
  };
}

const HINT = "client_no_context_takeover";
