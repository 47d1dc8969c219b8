import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server as TcpServer, Socket } from "node:net";
import type { TestContext } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import type { TlsOptions } from "node:tls";

import { mintCertificate } from "@wireproof/peers";
import type { Certificate } from "@wireproof/peers";

/** A server that says whatever a test wants it to say. */
export interface RawServer {
  /** With the scheme, without a path. */
  readonly url: string;
  readonly port: number;
  /** The heads of the requests so far. */
  readonly requests: string[];
  /** The sockets that are open now. */
  readonly sockets: ReadonlySet<Socket>;
}

/** Called with each request head, which ends in an empty line. */
export type OnRequest = (socket: Socket, head: string) => void;

/** Listens on the loopback until the test ends. */
export async function startRawServer(
  context: TestContext,
  onRequest: OnRequest,
  tls?: TlsOptions,
): Promise<RawServer> {
  const requests: string[] = [];
  const server = tls === undefined ? createServer() : createTlsServer(tls);
  const { port, sockets } = await track(context, server);
  server.on(tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
    readRequest(socket, (head) => {
      requests.push(head);
      onRequest(socket, head);
    });
  });
  return { url: `${tls === undefined ? "ws" : "wss"}://127.0.0.1:${port}`, port, requests, sockets };
}

/** Listens, knows the open sockets, and ends all of it with the test. */
export async function track(
  context: TestContext,
  server: TcpServer,
): Promise<{ port: number; sockets: ReadonlySet<Socket> }> {
  const sockets = new Set<Socket>();
  for (const event of ["connection", "secureConnection"]) {
    server.on(event, (socket: Socket) => {
      sockets.add(socket);
      socket.on("error", () => {}).once("close", () => sockets.delete(socket));
    });
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

/** The client has let go of every socket. */
export async function gone({ sockets }: { readonly sockets: ReadonlySet<Socket> }): Promise<void> {
  for (const socket of sockets) {
    socket.resume();
    // Not `once` of node:events, which rejects when the socket is reset.
    if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
  }
}

/** Calls back with the head when it is complete; what comes behind it stays for other listeners. */
export function readRequest(socket: Socket, onHead: (head: string) => void): void {
  let head = "";
  const onData = (chunk: Buffer): void => {
    head += chunk.toString("latin1");
    if (!head.includes("\r\n\r\n")) return;
    socket.off("data", onData);
    onHead(head);
  };
  socket.on("data", onData);
}

/** A correct answer to a request. `extra`: header lines without their ends; `replace`: other values, undefined to leave out. */
export function goodAnswer(
  head: string,
  extra: readonly string[] = [],
  replace: Readonly<Record<string, string | undefined>> = {},
): string {
  const fields: Record<string, string | undefined> = {
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Accept": acceptOf(head),
    ...replace,
  };
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}: ${value}`,
  );
  return ["HTTP/1.1 101 Switching Protocols", ...lines, ...extra, "", ""].join("\r\n");
}

/** RFC 6455 §4.2.2, item 5.4, with node:crypto alone. */
export function acceptOf(head: string): string {
  const key = fieldOf(head, "sec-websocket-key") ?? "";
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

/** The value of a field of a request or an answer; undefined where it is absent. */
export function fieldOf(head: string, name: string): string | undefined {
  const line = head.split("\r\n").find((it) => it.toLowerCase().startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim();
}

let minted: Promise<Certificate> | undefined;

/** For localhost and 127.0.0.1; the same for all tests of a file. */
export function certificate(): Promise<Certificate> {
  return (minted ??= mintCertificate());
}
