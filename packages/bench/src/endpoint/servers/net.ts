/**
 * What Node's sockets cost without any WebSocket: the opening handshake is answered, then octets go back as they come,
 * masked as they are. A server that reads by 'data' events and writes once a read can hardly be cheaper.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { ServerSetup, ServerUp } from "../protocol.js";
import { serve } from "./serve.js";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const CLOSE = 0x88;

await serve(start);

async function start({ does, deflate, tls }: ServerSetup): Promise<ServerUp> {
  if (deflate) throw new Error("raw sockets do not compress");
  const all = new Set<Socket>();
  const accept = (socket: Socket): void => {
    socket.setNoDelay(true);
    socket.on("error", ignore);
    socket.on("close", () => all.delete(socket));
    socket.once("data", (head: Buffer) => {
      socket.write(answer(head.toString("latin1")));
      all.add(socket);
      socket.on("data", does === "echo" ? echo : publish);
    });
  };
  function echo(this: Socket, octets: Buffer): void {
    if (octets[0] === CLOSE) this.end(octets);
    else this.write(octets);
  }
  function publish(octets: Buffer): void {
    for (const socket of all) socket.write(octets);
  }
  const server = tls === null ? createTcpServer(accept) : createTlsServer(tls, accept);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, about: `node:net of Node ${process.versions.node}` };
}

/** The generator's request comes in one read and needs no checking. */
function answer(request: string): string {
  const key = /^sec-websocket-key: (.*)$/im.exec(request)?.[1] ?? "";
  const accept = createHash("sha1")
    .update(key.trim() + GUID)
    .digest("base64");
  const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
  return [...lines, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n");
}

function ignore(): void {}
