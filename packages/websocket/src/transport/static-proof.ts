import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket, createSecureContext } from "node:tls";

/** What can be read statically. Each kind has its own self-test. */
export type SocketKind = "tcp" | "tls";

/** Called with what one read brought, on the socket; false: stop reading. The buffer is lent for the call only. */
export type StaticReader = (this: Duplex, octets: number, buffer: Uint8Array) => boolean;

const PROOF_MS = 5_000;
/** More than one TLS record. */
const SAMPLE_OCTETS = 40_000;

/**
 * Tests whether a socket of this kind can be read statically on this Node. Over a loopback connection to this process,
 * a sample has to arrive intact, a pause has to reach the system, a second sample has to arrive after it, and the end
 * of the stream has to be noticed. Never rejects. False too where there is no loopback, or no permission to listen.
 */
export async function proveStaticRead(
  kind: SocketKind,
  attach: (socket: Socket, reader: StaticReader) => boolean,
): Promise<boolean> {
  const opened: (Socket | Server)[] = [];
  const timer = { cancel: (): void => {} };
  try {
    const tooLate = new Promise<false>((resolve) => {
      const timeout = setTimeout(() => resolve(false), PROOF_MS).unref();
      timer.cancel = () => clearTimeout(timeout);
    });
    return await Promise.race([examine(kind, attach, opened), tooLate]);
  } catch {
    return false;
  } finally {
    timer.cancel();
    for (const it of opened) closeQuietly(it);
  }
}

async function examine(
  kind: SocketKind,
  attach: (socket: Socket, reader: StaticReader) => boolean,
  opened: (Socket | Server)[],
): Promise<boolean> {
  const [near, far] = await connectToOurselves(opened);
  const [sender, receiver] = kind === "tcp" ? [near, far] : await secure(near, far, opened);
  const inbox = new Inbox(receiver);
  if (!attach(receiver, inbox.reader)) return false;
  receiver.on("data", () => inbox.spoil());
  receiver.resume();

  const [first, second] = [randomBytes(SAMPLE_OCTETS), randomBytes(SAMPLE_OCTETS)];
  sender.write(first);
  if (!(await inbox.receives(first))) return false;
  receiver.pause();
  if (isReading(receiver)) return false;
  receiver.resume();
  sender.write(second);
  if (!(await inbox.receives(second))) return false;
  sender.end();
  await once(receiver, "end");
  return true;
}

/** Checks what a static reader gets. */
class Inbox {
  readonly reader: StaticReader;
  #received: Buffer[] = [];
  #octets = 0;
  #isSpoiled = false;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    const read = this.#read.bind(this);
    this.reader = function (octets, buffer) {
      return read(this === socket, octets, buffer);
    };
  }

  /** Something came as a chunk of the stream. */
  spoil(): void {
    this.#isSpoiled = true;
    this.#wake();
  }

  async receives(sample: Buffer): Promise<boolean> {
    while (this.#octets < sample.length && !this.#isSpoiled)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    const isSame = !this.#isSpoiled && Buffer.concat(this.#received).equals(sample);
    this.#received = [];
    this.#octets = 0;
    return isSame;
  }

  #read(isOurs: boolean, octets: number, buffer: Uint8Array): boolean {
    if (!isOurs || !(octets > 0 && octets <= buffer.length)) this.#isSpoiled = true;
    this.#received.push(Buffer.from(buffer.subarray(0, octets)));
    this.#octets += octets;
    this.#wake();
    return true;
  }
}

async function connectToOurselves(opened: (Socket | Server)[]): Promise<[Socket, Socket]> {
  // Exclusive: in a cluster, the listener must not be shared with other workers.
  const server = createServer().unref();
  opened.push(server);
  server.listen({ host: "127.0.0.1", port: 0, exclusive: true });
  await once(server, "listening");
  const accepted = new Promise<Socket>((resolve) => {
    server.on("connection", (socket) => {
      opened.push(quiet(socket));
      if (socket.remotePort === near.localPort) resolve(socket);
      // Another process has found the port.
      else socket.destroy();
    });
  });
  const near = quiet(connect({ host: "127.0.0.1", port: (server.address() as AddressInfo).port }));
  opened.push(near);
  await once(near, "connect");
  return [near, await accepted];
}

/** TLS with a pre-shared key, which needs no certificate. */
async function secure(near: Socket, far: Socket, opened: (Socket | Server)[]): Promise<[Socket, Socket]> {
  const secureContext = createSecureContext({ ciphers: "PSK-AES128-GCM-SHA256", maxVersion: "TLSv1.2" });
  const psk = randomBytes(16);
  const server = new TLSSocket(far, { isServer: true, secureContext, pskCallback: () => psk } as object);
  const client = new TLSSocket(near, {
    secureContext,
    pskCallback: () => ({ psk, identity: "self-test" }),
  } as object);
  for (const socket of [server, client]) opened.push(quiet(socket));
  const greeted = once(server, "data");
  client.write("?");
  await greeted;
  server.removeAllListeners("data");
  return [client, server];
}

function quiet<S extends Socket>(socket: S): S {
  return socket.on("error", () => {}).unref();
}

function isReading(socket: Socket): boolean {
  return (socket as unknown as { _handle: { reading: boolean } })._handle.reading;
}

function closeQuietly(it: Socket | Server): void {
  if ("destroy" in it) it.destroy();
  else it.close();
}
