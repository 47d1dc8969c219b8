import { type OfferPlan, isReserved, offerFields } from "./client-request.js";
import { type HeaderPair, checkHeader } from "./header-text.js";
import { isConnectionField } from "./http2-fields.js";

/** The parts of a client's request over HTTP/2. */
export interface ConnectPlan extends OfferPlan {
  readonly scheme: "ws" | "wss";
}

/**
 * A client's opening handshake over HTTP/2 (RFC 8441 §4, §5): the fields of an extended CONNECT, pseudo-header fields
 * first, all names in lower case. Throws a TypeError as `buildRequest` does, and for a field that belongs to one
 * connection of HTTP/1.1 (RFC 9113 §8.2.2).
 */
export function buildConnect(plan: ConnectPlan): HeaderPair[] {
  const { scheme, host, target, headers = [] } = plan;
  const fields = [...offerFields(plan), ...headers];
  for (const header of headers) checkHeader(header, isReserved);
  for (const header of fields) checkHeader(header, isConnectionField);
  return [
    [":method", "CONNECT"],
    [":protocol", "websocket"],
    [":scheme", scheme === "wss" ? "https" : "http"],
    [":authority", host],
    [":path", target],
    ...fields.map(([name, value]): HeaderPair => [name.toLowerCase(), value]),
  ];
}
