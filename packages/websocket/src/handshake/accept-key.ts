/** SHA-1 of a text of ASCII characters, in base64. Injected, because the core has no cryptography. */
export type Sha1 = (text: string) => string;

/** The value of Sec-WebSocket-Accept that belongs to a key (RFC 6455 §4.2.2, item 5.4). */
export function acceptFor(key: string, sha1: Sha1): string {
  return sha1(key + GUID);
}

/**
 * RFC 6455 §4.2.1, item 5: 16 octets in base64. The last letter carries four bits without a meaning. RFC 4648 §3.5 lets
 * the decoder decide whether they have to be zero, and a key is never decoded: some clients choose 22 letters at
 * random, and so does the example of RFC 6455 §4.1 (erratum 3150).
 */
export function isKey(text: string): boolean {
  return text.length === 24 && KEY.test(text);
}

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KEY = /^[A-Za-z0-9+/]{22}==$/;
