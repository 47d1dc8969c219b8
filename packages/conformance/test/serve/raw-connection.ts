import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { KEY, linesOf, peerClose, peerFrame } from "../support/peer-frames.js";

/** A client that is a socket: tests send octets and look at what came. */
export class RawConnection {
  readonly socket: Socket;
  #chunks: Buffer[] = [];
  readonly #gone: Promise<unknown>;

  constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    // A reset is an end like any other here.
    this.socket.on("error", () => undefined);
    this.socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
    });
    this.socket.on("end", () => this.socket.end());
    this.#gone = new Promise((resolve) => this.socket.once("close", resolve));
  }

  /** The first line of the answer. */
  get status(): string {
    return this.#octets.toString("latin1").split("\r\n", 1)[0] ?? "";
  }

  /** What came behind the head, as text. */
  get body(): string {
    return this.#rest.toString("utf8");
  }

  /** The frames that came, a line each. */
  get frames(): readonly string[] {
    return linesOf(this.#rest);
  }

  /** How many octets came, the head included. */
  get octetCount(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  get head(): string {
    return this.#octets.toString("latin1", 0, this.#octets.length - this.#rest.length);
  }

  get #octets(): Buffer {
    const octets = Buffer.concat(this.#chunks);
    this.#chunks = [octets];
    return octets;
  }

  get #rest(): Buffer {
    const end = this.#octets.indexOf("\r\n\r\n");
    return end < 0 ? Buffer.alloc(0) : this.#octets.subarray(end + 4);
  }

  send(octets: string | Uint8Array): void {
    this.socket.write(octets);
  }

  text(payload: string): void {
    this.send(peerFrame(1, payload, { key: KEY }));
  }

  close(code = 1000): void {
    this.send(peerClose(code, "", { key: KEY }));
  }

  /** Resolves when what came so far is what is waited for. */
  async until(isThere: (connection: this) => boolean): Promise<void> {
    while (!isThere(this)) await once(this.socket, "data");
  }

  /** Resolves when TCP is gone. */
  async gone(): Promise<void> {
    await this.#gone;
  }
}

/** The request of an opening handshake. */
export function opening(target: string, headers: readonly string[] = []): string {
  const lines = [
    `GET ${target} HTTP/1.1`,
    "Host: 127.0.0.1:1",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    ...headers,
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Connects, asks for a target, and is gone when the test is over. */
export function ask(
  context: Pick<TestContext, "after">,
  port: number,
  target: string,
  headers?: readonly string[],
): RawConnection {
  const connection = new RawConnection(port);
  context.after(() => connection.socket.destroy());
  connection.send(opening(target, headers));
  return connection;
}

/** As `ask`, for what is answered with a message and a Close frame: answers that and waits for the end. */
export async function answered(
  context: Pick<TestContext, "after">,
  port: number,
  target: string,
): Promise<RawConnection> {
  const connection = ask(context, port, target);
  await connection.until(({ frames, status }) => frames.at(-1) === "CLOSE" || !status.includes("101"));
  if (connection.status.includes("101")) connection.close();
  await connection.gone();
  return connection;
}
