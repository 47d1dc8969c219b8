import { hash } from "node:crypto";

/** What the opening handshake needs of SHA-1 of ASCII text (RFC 6455 §4.2.2, item 5.4): the digest as base64. */
export function sha1(text: string): string {
  return hash("sha1", text, "base64");
}
