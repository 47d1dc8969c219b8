import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import type { TestContext } from "node:test";

import { Flag, FrameReader, PREFACE, Type, frame, settings } from "./raw-http2.js";
import type { SeenFrame } from "./raw-http2.js";

/** SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 §3). */
export const ANNOUNCES: readonly [number, number] = [0x8, 1];

/** One connection to a server of HTTP/2 that says anything. */
export class RawHttp2Connection {
  readonly socket: Socket;
  readonly seen: SeenFrame[] = [];
  isClosed = false;
  readonly #reader = new FrameReader();
  #skip = PREFACE.length;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket.setNoDelay();
    socket.on("data", (octets: Buffer) => {
      this.#reader.push(octets.subarray(Math.min(this.#skip, octets.length)));
      this.#skip -= Math.min(this.#skip, octets.length);
      for (let it = this.#reader.take(); it !== undefined; it = this.#reader.take()) this.seen.push(it);
      this.#wake();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  write(...octets: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(octets));
  }

  /** SETTINGS with these values, and the acknowledgement of the client's. */
  greet(...values: readonly (readonly [id: number, value: number])[]): void {
    this.write(settings(...values), frame(Type.Settings, Flag.Ack, 0));
  }

  /** Writes the octets that `next` gives, so many times, or until the connection ends. */
  async flood(next: () => Uint8Array, times: number): Promise<void> {
    for (let time = 0; time < times && !this.isClosed; time++) {
      if (!this.socket.write(next())) await this.#drained();
    }
  }

  /** The next frame of this kind. Rejects when the connection ends before. */
  async until(type: number): Promise<SeenFrame> {
    for (;;) {
      const at = this.seen.findIndex((it) => it.type === type);
      if (at >= 0) return this.seen.splice(0, at + 1).at(-1)!;
      if (this.isClosed) throw new Error("the connection ended first");
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The code of GOAWAY; undefined if the connection ends without one. */
  goaway(): Promise<number | undefined> {
    return this.until(Type.Goaway).then(
      ({ payload }) => payload.readUInt32BE(4),
      () => undefined,
    );
  }

  async closed(): Promise<void> {
    while (!this.isClosed) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        this.socket.off("drain", go).off("close", go);
        resolve();
      };
      this.socket.on("drain", go).on("close", go);
    });
  }
}

/** Listens on the loopback until the test ends; `onConnection` says what is said. */
export async function startRawHttp2Server(
  context: TestContext,
  onConnection: (connection: RawHttp2Connection) => void | Promise<void>,
): Promise<{ readonly url: string; readonly connections: readonly RawHttp2Connection[] }> {
  const connections: RawHttp2Connection[] = [];
  const server = createServer((socket) => {
    const connection = new RawHttp2Connection(socket);
    connections.push(connection);
    // What it waits for does not come when the connection has ended.
    Promise.resolve(onConnection(connection)).catch(() => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    for (const { socket } of connections) socket.destroy();
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, connections };
}
