import { createHash, randomBytes } from "node:crypto";
import { WrongReply } from "../replies.js";
import { openStream } from "./http2-streams.js";
import { SocketConnection, type Address, type RawConnection } from "./raw-connection.js";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const HEAD_END = "\r\n\r\n";
const LONGEST_HEAD = 16 * 1024;
const AT_ONCE = 100;

/** Opens a WebSocket connection and checks the answer. Rejects if it is refused or wrong. */
export function open(to: Address, deflate: boolean): Promise<RawConnection> {
  if (to.streams !== undefined) return openStream(to.port, to.streams);
  return new Promise((resolve, reject) => {
    const key = randomBytes(16).toString("base64");
    const connection = new SocketConnection(to);
    let head = "";
    connection.onClosed = (error) => {
      reject(error ?? new Error("the server ended TCP in the opening handshake"));
    };
    connection.onOctets = (octets) => {
      head += octets.toString("latin1");
      if (!head.includes(HEAD_END) && head.length < LONGEST_HEAD) return;
      const problem = headProblem(head, key, deflate);
      if (problem === null) return resolve(connection);
      connection.destroy();
      reject(new WrongReply(problem));
    };
    connection.write(request(to, key, deflate));
  });
}

/** So many connections, a hundred opening at a time. */
export async function openSeveral(
  to: Address,
  deflate: boolean,
  count: number,
  opened: (connection: RawConnection, index: number) => Promise<void> | void = () => {},
): Promise<readonly RawConnection[]> {
  const connections: RawConnection[] = [];
  const openOne = async (index: number): Promise<void> => {
    const connection = await open(to, deflate);
    connections.push(connection);
    await opened(connection, index);
  };
  try {
    for (let from = 0; from < count; from += AT_ONCE) {
      const size = Math.min(AT_ONCE, count - from);
      await Promise.all(Array.from({ length: size }, (_, index) => openOne(from + index)));
    }
  } catch (error) {
    for (const connection of connections) connection.destroy();
    throw error;
  }
  return connections;
}

function request({ port }: Address, key: string, deflate: boolean): Buffer {
  const lines = [
    "GET / HTTP/1.1",
    `Host: 127.0.0.1:${port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${key}`,
    "Sec-WebSocket-Version: 13",
  ];
  if (deflate) lines.push("Sec-WebSocket-Extensions: permessage-deflate");
  return Buffer.from(lines.join("\r\n") + HEAD_END, "latin1");
}

/** What is wrong with the server's answer (RFC 6455 §4.1), as far as it changes what is measured. */
function headProblem(head: string, key: string, deflate: boolean): string | null {
  const end = head.indexOf(HEAD_END);
  if (end < 0) return "the server's answer has no end";
  const status = head.slice(0, head.indexOf("\r\n"));
  if (!/^HTTP\/1\.1 101\b/.test(status)) return `the server answered ${JSON.stringify(status)}`;
  if (field(head, "sec-websocket-accept") !== accept(key)) return "Sec-WebSocket-Accept is wrong";
  const extensions = field(head, "sec-websocket-extensions");
  if (deflate && !/^permessage-deflate\b/.test(extensions)) return "permessage-deflate was declined";
  if (!deflate && extensions !== "")
    return `the server wants ${JSON.stringify(extensions)}, which was not offered`;
  return head.length === end + HEAD_END.length ? null : "the server speaks first";
}

function field(head: string, name: string): string {
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    if (line.slice(0, colon).toLowerCase() === name) return line.slice(colon + 1).trim();
  }
  return "";
}

function accept(key: string): string {
  return createHash("sha1")
    .update(key + GUID)
    .digest("base64");
}
