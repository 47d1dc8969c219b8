import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import type { Socket } from "node:net";
import { TLSSocket, connect as connectTls } from "node:tls";

import { inTime, turns, until } from "./in-time.js";
import type { Step } from "./steps.js";

const HEAD_END = "\r\n\r\n";
const MOST_OF_HEADS = 100_000;

/** One end of a connection that says anything; it shares no code with the endpoint. */
export class RawPeer {
  readonly socket: Socket;
  /** Octets that went out. */
  sent = 0;
  /** Octets that came. */
  octets = 0;
  /** The transport is gone, on this side. */
  readonly gone: Promise<void>;
  /** Went with a reset of the other side, after which nothing is known of what was on its way. */
  wasReset = false;
  readonly #chunks: Buffer[] = [];
  #heads = 0;
  /** Octets behind the latest head. */
  #tail = "";
  #latestHead = "";

  constructor(socket: Socket) {
    this.socket = socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#onData(chunk));
    socket.on("error", () => (this.wasReset = true));
    this.gone = new Promise((resolve) => {
      socket.once("close", () => resolve());
    });
    // What the peer has to say is over: so is what it wants to hear.
    socket.once("end", () => socket.end());
  }

  /** `ca`: over TLS, with this certificate. */
  static async connect(port: number, ca?: string): Promise<RawPeer> {
    const tcp = connectTcp({ port, host: "127.0.0.1", allowHalfOpen: true });
    if (ca === undefined) {
      await once(tcp, "connect");
      return new RawPeer(tcp);
    }
    // Known to Node, unknown to its types.
    const tls = connectTls({
      socket: tcp,
      ca,
      servername: "localhost",
      ...({ allowHalfOpen: true } as object),
    });
    await once(tls, "secureConnect");
    return new RawPeer(tls);
  }

  /** Everything that came. */
  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Does what a plan says, and waits for the end. Whatever the other side does meanwhile, it goes on. */
  async run(steps: readonly Step[], port = 0): Promise<void> {
    for (const step of steps) {
      if (this.socket.destroyed) break;
      if ("write" in step) await this.#write(step, port);
      else if ("turns" in step) await turns(step.turns);
      else if ("heads" in step) await this.#awaitHeads(step.heads, step.atMost);
      else if ("reading" in step) this.socket[step.reading ? "resume" : "pause"]();
      else if (step.end === "reset") this.reset();
      else if (step.end === "fin") this.socket.end();
    }
    this.socket.resume();
    await inTime(this.gone, "the end of the transport");
  }

  reset(): void {
    // Node does not survive a reset of the socket below TLS, or leaves it behind; the relay of the harness does those.
    if (this.socket instanceof TLSSocket) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  async #write(
    { write, times = 1, cuts = [] }: { write: string; times?: number; cuts?: readonly number[] },
    port: number,
  ): Promise<void> {
    const text = write.replace("{accept}", () => acceptOf(this.#latestHead)).replace("{port}", String(port));
    const one = Buffer.from(text, "latin1");
    const octets = times === 1 ? one : Buffer.concat(Array.from({ length: times }, () => one));
    let at = 0;
    for (let index = 0; at < octets.length && this.#mayWrite(); index += 1) {
      // A file may have been changed by hand.
      const size = cuts.length === 0 ? octets.length : Math.max(1, cuts[index % cuts.length] ?? 1);
      const piece = octets.subarray(at, at + size);
      at += size;
      this.sent += piece.length;
      if (!this.socket.write(piece)) await this.#drained();
      else if (cuts.length > 0) await turns(1);
    }
  }

  #mayWrite(): boolean {
    return !this.socket.destroyed && this.socket.writable;
  }

  #drained(): Promise<unknown> {
    return Promise.race([new Promise((resolve) => this.socket.once("drain", resolve)), this.gone]);
  }

  #onData(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.octets += chunk.length;
    // No plan waits for a head that late.
    if (this.octets > MOST_OF_HEADS) return;
    const text = this.#tail + chunk.toString("latin1");
    const parts = text.split(HEAD_END);
    if (parts.length > 1) this.#latestHead = parts.at(-2) ?? "";
    this.#heads += parts.length - 1;
    this.#tail = parts.at(-1) ?? "";
  }

  async #awaitHeads(heads: number, atMost = Infinity): Promise<void> {
    let left = atMost;
    const isOver = (): boolean =>
      this.#heads >= heads || this.socket.readableEnded || this.socket.destroyed || (left -= 1) < 0;
    await until(isOver, "a head");
  }
}

/** RFC 6455 §4.2.2, item 5.4. */
function acceptOf(head: string): string {
  const key = /^sec-websocket-key: *(\S*)/im.exec(head)?.[1] ?? "";
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}
