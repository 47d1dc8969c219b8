import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TestContext } from "node:test";
import { connect as connectTls } from "node:tls";
import type { ConnectionOptions } from "node:tls";
import { Opcode } from "../../src/protocol/opcode.js";
import { closeOctets, describe, fromClient } from "./frames.js";
import type { FrameShape, SeenFrame } from "./frames.js";

export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** Header fields of an opening handshake; null leaves one out, a list repeats it. */
export type HeaderChanges = Readonly<Record<string, string | readonly string[] | null>>;

export interface RequestChanges {
  readonly method?: string;
  readonly target?: string;
  readonly version?: string;
  readonly headers?: HeaderChanges;
}

/** A correct opening handshake, with what the test changes about it. */
export function requestText(changes: RequestChanges = {}): string {
  const { method = "GET", target = "/", version = "HTTP/1.1", headers = {} } = changes;
  const fields: HeaderChanges = {
    Host: "localhost",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
    ...headers,
  };
  const lines = Object.entries(fields).flatMap(([name, values]) =>
    (values === null ? [] : [values].flat()).map((value) => `${name}: ${value}`),
  );
  return [`${method} ${target} ${version}`, ...lines, "", ""].join("\r\n");
}

/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  /** By lower-case name; several values joined with ", ". */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface RawTarget {
  readonly port: number;
  /** For TLS: its options, such as `ca`. */
  readonly tls?: ConnectionOptions;
  readonly localAddress?: string;
}

/** A client that says anything, and shares no code with the endpoint. It never reads while it is paused. */
export class RawClient {
  readonly socket: Socket;
  /** "FIN", or the code of the error that ended the connection, such as "ECONNRESET"; "" before. */
  ending = "";
  #octets = Buffer.alloc(0);
  #isOver = false;
  #wake: () => void = () => {};

  readonly #tcp: Socket;

  private constructor(socket: Socket, tcp: Socket) {
    this.socket = socket;
    this.#tcp = tcp;
    socket.on("data", (chunk: Buffer) => {
      this.#octets = Buffer.concat([this.#octets, chunk]);
      this.#wake();
    });
    socket.on("end", () => this.#end("FIN", false));
    socket.on("error", (error: NodeJS.ErrnoException) => this.#end(error.code ?? error.message, false));
    socket.on("close", () => this.#end("closed", true));
  }

  static async connect(context: TestContext, target: RawTarget): Promise<RawClient> {
    const { port, tls, localAddress } = target;
    const from = localAddress === undefined ? {} : { localAddress };
    const tcp = connectTcp({ port, host: "127.0.0.1", allowHalfOpen: true, ...from });
    const socket =
      tls === undefined
        ? tcp
        : connectTls({
            socket: tcp,
            servername: "localhost",
            allowHalfOpen: true,
            ...tls,
          } as ConnectionOptions);
    const client = new RawClient(socket, tcp);
    context.after(() => socket.destroy());
    await once(socket, tls === undefined ? "connect" : "secureConnect");
    return client;
  }

  /** The same over a stream on which the opening handshake is over, such as one of HTTP/2. */
  static over(stream: Duplex): RawClient {
    return new RawClient(stream as Socket, stream as Socket);
  }

  /** Connects and opens; fails unless the answer is 101. */
  static async open(
    context: TestContext,
    target: RawTarget,
    changes: RequestChanges = {},
  ): Promise<RawClient> {
    const client = await RawClient.connect(context, target);
    const { status, body } = await client.ask(changes);
    if (status !== 101) throw new Error(`the server answered ${status} ${body}`);
    return client;
  }

  /** Goes with a TCP reset. */
  reset(): void {
    this.#tcp.resetAndDestroy();
  }

  async ask(changes: RequestChanges = {}): Promise<Answer> {
    this.write(requestText(changes));
    return this.answer();
  }

  write(data: string | Uint8Array): void {
    this.socket.write(data);
  }

  send(...shapes: readonly FrameShape[]): void {
    this.write(Buffer.concat(shapes.map((shape) => fromClient(shape))));
  }

  text(payload: string): void {
    this.send({ opcode: Opcode.Text, payload });
  }

  close(code = 1000, reason = ""): void {
    this.send({ opcode: Opcode.Close, payload: closeOctets(code, reason) });
  }

  /** The next HTTP answer; its body ends with the connection unless the answer says how long it is. */
  async answer(): Promise<Answer> {
    await this.#until(() => this.#octets.includes("\r\n\r\n"));
    const end = this.#octets.indexOf("\r\n\r\n");
    const [line = "", ...fields] = this.#take(end + 4)
      .toString("latin1")
      .trimEnd()
      .split("\r\n");
    const headers = new Map<string, string>();
    for (const field of fields) {
      const name = field.slice(0, field.indexOf(":")).toLowerCase();
      const value = field.slice(field.indexOf(":") + 1).trim();
      headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
    }
    const length = Number(headers.get("content-length") ?? 0);
    await this.#until(() => this.#octets.length >= length);
    return { status: Number(line.split(" ")[1]), headers, body: this.#take(length).toString() };
  }

  /** The next frame; fails when the connection ends instead. */
  async frame(): Promise<SeenFrame> {
    await this.#until(() => this.#frameOctets() > 0);
    return readFrame(this.#take(this.#frameOctets()));
  }

  /** The next frame in words, as `describe` has it. */
  async next(): Promise<string> {
    return describe(await this.frame());
  }

  /** All frames up to the end of the stream in words, and then how it ended. */
  async rest(): Promise<string[]> {
    const seen: string[] = [];
    await this.#until(() => this.#isOver || this.ending !== "");
    while (this.#frameOctets() > 0) seen.push(describe(readFrame(this.#take(this.#frameOctets()))));
    return [...seen, this.ending];
  }

  /** Resolves with how the connection ended. */
  async end(): Promise<string> {
    await this.#until(() => this.ending !== "");
    return this.ending;
  }

  #end(how: string, isOver: boolean): void {
    if (this.ending === "") this.ending = how;
    this.#isOver ||= isOver;
    this.#wake();
  }

  #take(octets: number): Buffer {
    const taken = this.#octets.subarray(0, octets);
    this.#octets = this.#octets.subarray(octets);
    return taken;
  }

  /** Octets of the frame that is complete, or 0. */
  #frameOctets(): number {
    const octets = this.#octets;
    if (octets.length < 2) return 0;
    const form = octets[1]! & 0x7f;
    const head = form < 126 ? 2 : form === 126 ? 4 : 10;
    if (octets.length < head) return 0;
    const length =
      form < 126 ? form : form === 126 ? octets.readUInt16BE(2) : Number(octets.readBigUInt64BE(2));
    return octets.length < head + length ? 0 : head + length;
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.ending !== "") throw new Error(`the connection ended first: ${this.ending}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

function readFrame(octets: Buffer): SeenFrame {
  const form = octets[1]! & 0x7f;
  const head = form < 126 ? 2 : form === 126 ? 4 : 10;
  return {
    fin: (octets[0]! & 0x80) !== 0,
    rsv: (octets[0]! >> 4) & 7,
    opcode: octets[0]! & 0xf,
    isMasked: (octets[1]! & 0x80) !== 0,
    payload: new Uint8Array(octets.subarray(head)),
  };
}
