import { isToken } from "../handshake/fields.js";

/**
 * Reading Sec-WebSocket-Protocol (RFC 6455 §4.1).
 *
 * @example
 * ```ts
 * import { subprotocol } from "@wireproof/websocket/ws";
 *
 * console.assert([...subprotocol.parse("chat.v2, chat.v1")].join() === "chat.v2,chat.v1");
 * ```
 */
export const subprotocol: {
  /**
   * Reads a field.
   *
   * @param header - The value of the field.
   * @returns The names in their order.
   * @throws A SyntaxError where one is no token or comes twice.
   */
  parse(header: string): Set<string>;
} = { parse };

function parse(header: string): Set<string> {
  const names = new Set<string>();
  for (const part of header.split(",")) {
    const name = part.trim();
    if (!isToken(name)) throw new SyntaxError("This is not a list of subprotocols");
    if (names.has(name)) throw new SyntaxError(`The "${name}" subprotocol is duplicated`);
    names.add(name);
  }
  return names;
}
