/** Servers that are wrong in one way each, and one that is right and counts: what the generator is tried with. */
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { createServer as createHttpServer } from "node:http";
import { WebSocketServer, type WebSocket } from "ws";
import type { ServerSetup, ServerUp } from "../protocol.js";
import { collectInNode, serve } from "./serve.js";

type Send = (payload: Buffer, options?: { binary?: boolean; compress?: boolean }) => void;
type Behaviour = (payload: Buffer, count: number, send: Send, socket: WebSocket) => void;

/** By name: what is done with a message, `count` of them having been received before. */
const BEHAVIOURS: ReadonlyMap<string, Behaviour> = new Map<string, Behaviour>([
  ["right", (payload, _count, send) => send(payload)],
  ["changes-an-octet", (payload, count, send) => send(count === 500 ? changed(payload) : payload)],
  ["shortens", (payload, count, send) => send(count === 500 ? payload.subarray(1) : payload)],
  ["other-type", (payload, count, send) => send(payload, { binary: count !== 500 })],
  ["loses", (payload, count, send) => (count === 500 ? undefined : send(payload))],
  [
    "doubles",
    (payload, count, send) => void [payload, ...(count === 500 ? [payload] : [])].map((one) => send(one)),
  ],
  ["does-not-compress", (payload, count, send) => send(payload, { compress: count !== 500 })],
  [
    "closes",
    (payload, count, send, socket) => (count === 500 ? socket.close(1011, "enough") : send(payload)),
  ],
  ["vanishes", (payload, count, send, socket) => (count === 500 ? socket.terminate() : send(payload))],
  ["dies", (payload, count, send) => (count === 500 ? process.exit(3) : send(payload))],
]);

const [name = ""] = process.argv.slice(2);
let messages = 0;

await serve(name === "wrong-accept" ? startWrongAccept : start, {
  collect: collectInNode,
  messages: () => messages,
});

async function start({ does, deflate }: ServerSetup): Promise<ServerUp> {
  const behave = BEHAVIOURS.get(name);
  if (behave === undefined) throw new Error(`there is no way to be wrong named ${name}`);
  const server = createHttpServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: deflate ? { threshold: 0 } : false });
  sockets.on("connection", (socket) => {
    socket.on("error", () => {});
    socket.on("message", (data, isBinary) => {
      const count = messages++;
      const receivers = does === "publish" ? [...sockets.clients] : [socket];
      // Of those that a message is published to, one is treated wrongly.
      for (const [index, receiver] of receivers.entries()) {
        const send: Send = (payload, options) => receiver.send(payload, { binary: isBinary, ...options });
        behave(data as Buffer, index === 0 ? count : 0, send, receiver);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, about: name };
}

async function startWrongAccept(): Promise<ServerUp> {
  const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.write(`${head}Sec-WebSocket-Accept: AAAA\r\n\r\n`));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, about: name };
}

function changed(payload: Buffer): Buffer {
  const copy = Buffer.from(payload);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
}
