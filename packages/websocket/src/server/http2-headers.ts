import type { OutgoingHttpHeaders } from "node:http2";

import type { HeaderPair } from "../handshake/header-text.js";

/** A status and fields as node:http2 takes them: fields of one name together. */
export function http2Headers(status: number, pairs: readonly HeaderPair[]): OutgoingHttpHeaders {
  const headers = Object.create(null) as Record<string, string | number | string[]>;
  headers[":status"] = status;
  for (const [name, value] of pairs) {
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else headers[name] = [String(before), value];
  }
  return headers;
}
