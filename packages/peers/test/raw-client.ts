import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { TestContext } from "node:test";
import { connect as connectTls } from "node:tls";

import type { Certificate, RunningPeer } from "@wireproof/peers";

/** The key of RFC 6455 §1.3, and what has to be made from it. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
export const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const clients = new Set<RawClient>();

/** Starts a peer that ends with the test, as do all clients: nothing keeps the process when a test fails. */
export async function during<Peer extends RunningPeer>(
  context: TestContext,
  starting: Promise<Peer>,
): Promise<Peer> {
  const peer = await starting;
  context.after(async () => {
    for (const client of clients) client.destroy();
    await peer.close();
  });
  return peer;
}

/** A TCP or TLS connection that sends and reads octets, with no idea of WebSocket beyond the first request. */
export class RawClient {
  readonly socket: Socket;
  /** Resolves when the peer has ended its direction or reset the connection. */
  readonly ended: Promise<void>;
  hasEnded = false;
  #received: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    clients.add(this);
    this.socket = socket;
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        this.hasEnded = true;
        resolve();
      };
      socket.once("end", end);
      socket.once("close", end);
      socket.once("close", () => clients.delete(this));
    });
  }

  /** Connects; our direction stays open when the peer ends its own. */
  static async connect(peer: RunningPeer, certificate?: Certificate): Promise<RawClient> {
    const options = { host: "127.0.0.1", port: peer.port, allowHalfOpen: true };
    if (certificate === undefined) {
      const socket = connect(options);
      await once(socket, "connect");
      return new RawClient(socket);
    }
    const socket = connectTls({ ...options, ca: certificate.cert });
    await once(socket, "secureConnect");
    return new RawClient(socket);
  }

  /** Connects and does the opening handshake; the head of the 101 has been read. */
  static async open(peer: RunningPeer, certificate?: Certificate): Promise<RawClient> {
    const client = await RawClient.connect(peer, certificate);
    client.request();
    await client.head();
    return client;
  }

  /** @param more further header lines */
  request(...more: readonly string[]): void {
    const lines = ["GET / HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade"];
    this.socket.write(
      [...lines, `Sec-WebSocket-Key: ${KEY}`, "Sec-WebSocket-Version: 13", ...more, "", ""].join("\r\n"),
    );
  }

  send(...octets: readonly (number | Uint8Array)[]): void {
    this.socket.write(bytes(...octets));
  }

  /** Octets received and not yet taken. */
  get pending(): number {
    return this.#received.length;
  }

  /** The head of a response, empty line included, one character an octet. */
  async head(): Promise<string> {
    while (!this.#received.includes("\r\n\r\n")) await this.#more();
    return this.#take(this.#received.indexOf("\r\n\r\n") + 4).toString("latin1");
  }

  /** Exactly so many octets. */
  async read(length: number): Promise<Buffer> {
    while (this.#received.length < length) await this.#more();
    return this.#take(length);
  }

  /** Everything until the peer ends its direction. */
  async rest(): Promise<Buffer> {
    await this.ended;
    return this.#take(this.#received.length);
  }

  destroy(): void {
    this.socket.destroy();
  }

  async #more(): Promise<void> {
    if (this.hasEnded) throw new Error(`the peer ended with ${this.pending} octets read`);
    await Promise.race([once(this.socket, "data"), this.ended]);
  }

  #take(length: number): Buffer {
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }
}

/** The port is closed. Not tested by binding the port again: by then it may serve another connection. */
export async function assertPortIsFree(peer: RunningPeer): Promise<void> {
  await assert.rejects(once(connect(peer.port, "127.0.0.1"), "connect"), { code: "ECONNREFUSED" });
}

/** Octets and buffers in a row. */
export function bytes(...octets: readonly (number | Uint8Array)[]): Buffer {
  return Buffer.concat(octets.map((part) => (typeof part === "number" ? Buffer.of(part) : part)));
}

/** A frame masked with zeros, which leaves the payload readable in a test (short payloads only). */
export function frame(first: number, payload: Uint8Array | string): Buffer {
  return bytes(first, 0x80 | payload.length, 0, 0, 0, 0, Buffer.from(payload));
}

/** A frame as a server has to send it (short payloads only). */
export function bare(first: number, payload: Uint8Array | string): Buffer {
  return bytes(first, payload.length, Buffer.from(payload));
}
