import { createHash } from "node:crypto";

/** What the opening handshake needs of SHA-1 (RFC 6455 §4.2.2, item 5.4): the digest as base64. */
export function sha1(text: string): string {
  return createHash("sha1").update(text, "latin1").digest("base64");
}
