import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { TestContext } from "node:test";
import { FrameReader, PREFACE, Type, frame, settings } from "./raw-http2.js";
import type { SeenFrame } from "./raw-http2.js";

/** A client of HTTP/2 that says anything, without TLS. It acknowledges nothing by itself. */
export class RawHttp2Client {
  readonly socket: Socket;
  readonly seen: SeenFrame[] = [];
  isClosed = false;
  readonly #reader = new FrameReader();
  #waiting: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (octets: Buffer) => {
      this.#reader.push(octets);
      for (let it = this.#reader.take(); it !== undefined; it = this.#reader.take()) this.seen.push(it);
      this.#wake();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  /** Connects and sends the preface with these settings. */
  static async connect(
    context: TestContext,
    port: number,
    ...values: readonly (readonly [id: number, value: number])[]
  ): Promise<RawHttp2Client> {
    const socket = connect(port, "127.0.0.1").setNoDelay();
    context.after(() => socket.destroy());
    const client = new RawHttp2Client(socket);
    await once(socket, "connect");
    client.write(PREFACE, settings(...values));
    return client;
  }

  write(...octets: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(octets));
  }

  /** Writes until the other side takes no more, or everything is written. Resolves when that is known. */
  async flood(octets: Uint8Array, times: number): Promise<void> {
    for (let time = 0; time < times && !this.isClosed; time++) {
      if (!this.socket.write(octets)) await this.#drained();
    }
  }

  /** The next frame of this kind, of any stream or of one. */
  async until(type: number, id?: number): Promise<SeenFrame> {
    const isIt = (it: SeenFrame): boolean => it.type === type && (id === undefined || it.id === id);
    await this.#until(() => this.seen.some(isIt));
    return this.seen.find(isIt)!;
  }

  /** Resolves when the other side has read everything that was sent so far. */
  async pong(): Promise<void> {
    const payload = Buffer.from(String(this.#pings++).padStart(8, "0"));
    this.write(frame(Type.Ping, 0, 0, payload));
    await this.#until(() => this.seen.some((it) => it.type === Type.Ping && it.payload.equals(payload)));
  }

  /** The code of GOAWAY; undefined if the connection has ended without one. */
  async goaway(): Promise<number | undefined> {
    await this.#until(() => this.isClosed || this.seen.some((it) => it.type === Type.Goaway));
    return this.seen.find((it) => it.type === Type.Goaway)?.payload.readUInt32BE(4);
  }

  async closed(): Promise<void> {
    await this.#until(() => this.isClosed);
  }

  #pings = 0;

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        this.socket.off("drain", go).off("close", go);
        resolve();
      };
      this.socket.on("drain", go).on("close", go);
    });
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.isClosed) throw new Error("the connection ended first");
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
