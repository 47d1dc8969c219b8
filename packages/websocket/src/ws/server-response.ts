import type { ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";

import { acceptFor } from "../handshake/accept-key.js";
import { isFieldValue, isToken, trimWhitespace } from "../handshake/fields.js";
import type { HeaderPair } from "../handshake/header-text.js";
import { http2Fields } from "../handshake/http2-fields.js";
import { http2Headers } from "../server/http2-headers.js";
import { isHttp2Stream } from "../transport/http2-stream.js";
import { sha1 } from "../sha1.js";
import { extension } from "./extension.js";
import type { PerMessageDeflate } from "./permessage-deflate.js";

/**
 * The lines of a 101 (RFC 6455 §4.2.2), which applications may add to. Over HTTP/2 the same lines stand for the fields of
 * a 200 (RFC 8441 §5), so that listeners see what they are used to.
 */
export function responseLines(
  socket: Duplex,
  key: string,
  protocol: string | undefined,
  extensions: Record<string, PerMessageDeflate>,
): string[] {
  const lines = isHttp2Stream(socket)
    ? ["HTTP/2.0 200 OK"]
    : [
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

/** Sends the lines. False where one of them is no header field, such as one with a line feed inside. */
export function respond(socket: Duplex, lines: readonly string[]): boolean {
  const response = responseText(lines);
  if (response === undefined) return false;
  if (!isHttp2Stream(socket)) {
    socket.write(response, "latin1");
    return true;
  }
  try {
    (socket as ServerHttp2Stream).respond(
      http2Headers(
        200,
        http2Fields(pairsOf(lines), () => false),
      ),
    );
    return true;
  } catch {
    // Such as two values of a field that has one, or a field that HTTP/2 does not have.
    return false;
  }
}

function pairsOf([, ...fields]: readonly string[]): HeaderPair[] {
  return fields.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), trimWhitespace(line.slice(colon + 1))];
  });
}

/** The lines as one text; undefined where one of them is no header field, such as one with a line feed inside. */
function responseText(lines: readonly string[]): string | undefined {
  const [first = "", ...fields] = lines;
  const areFields = fields.every((line) => {
    const colon = line.indexOf(":");
    return isToken(line.slice(0, Math.max(0, colon))) && isFieldValue(line.slice(colon + 1));
  });
  return areFields && isFieldValue(first) ? `${lines.join("\r\n")}\r\n\r\n` : undefined;
}
