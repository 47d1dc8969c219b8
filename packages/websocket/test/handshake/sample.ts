import { createHash } from "node:crypto";
import type { RequestHead, RequestPolicy, ResponseHead } from "../../src/handshake/index.js";

export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
/** The answer to KEY, from RFC 6455 §1.3. */
export const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

export const OPEN_TO_ALL: RequestPolicy = { isSecure: false, origin: "any" };

export type Pairs = readonly (readonly [name: string, value: string])[];

export function sha1(text: string): string {
  return createHash("sha1").update(text, "latin1").digest("base64");
}

/** A good request, with changes: a value replaces the field, undefined takes it away, pairs are added at the end. */
export function requestWith(
  changes: Readonly<Record<string, string | undefined>> = {},
  more: Pairs = [],
  line: Partial<RequestHead> = {},
): RequestHead {
  const fields: Record<string, string | undefined> = {
    Host: "server.example.com",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
    ...changes,
  };
  return { method: "GET", target: "/chat", httpVersion: "1.1", ...line, rawHeaders: rawOf(fields, more) };
}

/** A good answer to KEY, changed in the same way. */
export function responseWith(
  changes: Readonly<Record<string, string | undefined>> = {},
  more: Pairs = [],
  line: Partial<ResponseHead> = {},
): ResponseHead {
  const fields = {
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Accept": ACCEPT,
    ...changes,
  };
  return { httpVersion: "1.1", status: 101, reason: "", ...line, rawHeaders: rawOf(fields, more) };
}

function rawOf(fields: Readonly<Record<string, string | undefined>>, more: Pairs): string[] {
  return [...Object.entries(fields), ...more].flatMap(([name, value]) =>
    value === undefined ? [] : [name, value],
  );
}
