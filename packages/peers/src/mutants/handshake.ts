import { createHash } from "node:crypto";
import type { Socket } from "node:net";

/** RFC 6455 §1.3: what is joined to the key before hashing. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const HEAD_LIMIT_OCTETS = 64 * 1024;
const END_OF_HEAD = "\r\n\r\n";

/** What the 101 says. */
export interface Answer {
  /** Server header, written as it is. */
  readonly server: string;
  /** Sec-WebSocket-Accept made from the key; the default is the right one. */
  readonly accept?: (key: string) => string;
  /** Sec-WebSocket-Extensions made from the head of the request; undefined for no extension, the default. */
  readonly extensions?: (head: string) => string | undefined;
}

/** Sec-WebSocket-Accept for a key (RFC 6455 §4.2.2). */
export function acceptKey(key: string): string {
  return createHash("sha1")
    .update(key + GUID)
    .digest("base64");
}

/**
 * Waits for the head of a request and calls back once, with the head (without the empty line, one character
 * an octet) and the octets that came after it. A head of more than 64 KiB gets the socket destroyed.
 * @param before octets that have been read already
 */
export function onRequestHead(
  socket: Socket,
  callback: (head: string, rest: Buffer) => void,
  before: Buffer = Buffer.alloc(0),
): void {
  let octets: Buffer = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    octets = Buffer.concat([octets, chunk]);
    const end = octets.indexOf(END_OF_HEAD);
    if (end === -1) {
      if (octets.length > HEAD_LIMIT_OCTETS) socket.destroy();
      return;
    }
    socket.off("data", onData);
    callback(octets.toString("latin1", 0, end), octets.subarray(end + END_OF_HEAD.length));
  };
  socket.on("data", onData);
  if (before.length > 0) onData(before);
}

/**
 * Does the server's part of the opening handshake, asking for nothing but a key, and calls back when the 101
 * has been handed to TCP. Requests without a key get a 400.
 * @param opened is given the octets that came after the request, and the extension that was answered; it has to
 *   read the socket from then on
 */
export function onHandshake(
  socket: Socket,
  answer: Answer,
  opened: (rest: Buffer, extension: string | undefined) => void,
): void {
  onRequestHead(socket, (head, rest) => {
    const key = /^sec-websocket-key:[ \t]*(\S+)/im.exec(head)?.[1];
    if (key === undefined) {
      socket.end(badRequest(answer.server));
      return;
    }
    const extension = answer.extensions?.(head);
    socket.write(switchingProtocols(answer, key, extension), "latin1");
    opened(rest, extension);
  });
}

/** The refusal of a server that does not want the connection. */
export function badRequest(server: string): string {
  return `HTTP/1.1 400 Bad Request\r\nServer: ${server}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
}

/** A 101 with Server, Upgrade, Connection, Sec-WebSocket-Accept and the extension, if any; no subprotocol. */
function switchingProtocols(answer: Answer, key: string, extension: string | undefined): string {
  const accept = (answer.accept ?? acceptKey)(key);
  return [
    "HTTP/1.1 101 Switching Protocols",
    `Server: ${answer.server}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
    ...(extension === undefined ? [] : [`Sec-WebSocket-Extensions: ${extension}`]),
    "",
    "",
  ].join("\r\n");
}
