import { acceptFor } from "../handshake/accept-key.js";
import { isFieldValue, isToken } from "../handshake/fields.js";
import { sha1 } from "../sha1.js";
import { extension } from "./extension.js";
import type { PerMessageDeflate } from "./permessage-deflate.js";

/** The lines of a 101 (RFC 6455 §4.2.2), which applications may add to. */
export function responseLines(
  key: string,
  protocol: string | undefined,
  extensions: Record<string, PerMessageDeflate>,
): string[] {
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptFor(key, sha1)}`,
  ];
  if (protocol !== undefined) lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
  for (const [name, { params }] of Object.entries(extensions))
    lines.push(`Sec-WebSocket-Extensions: ${extension.format({ [name]: params ?? {} })}`);
  return lines;
}

/** The lines as one text; undefined where one of them is no header field, such as one with a line feed inside. */
export function responseText(lines: readonly string[]): string | undefined {
  const [first = "", ...fields] = lines;
  const areFields = fields.every((line) => {
    const colon = line.indexOf(":");
    return isToken(line.slice(0, Math.max(0, colon))) && isFieldValue(line.slice(colon + 1));
  });
  return areFields && isFieldValue(first) ? `${lines.join("\r\n")}\r\n\r\n` : undefined;
}
