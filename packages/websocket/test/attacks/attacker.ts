import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { TestContext } from "node:test";

import { describe, fromClient, readFrames } from "../support/frames.js";
import type { FrameShape, SeenFrame } from "../support/frames.js";

/** A frame for a server. */
export const toServer: (shape: FrameShape) => Uint8Array = fromClient;

/** What an attacker's test asks of the victim, on either interface. */
export interface Talker {
  /** Octets that wait to be sent. */
  readonly bufferedAmount: number;
  send(data: Uint8Array): unknown;
  ping(data: Uint8Array): unknown;
  pong(data: Uint8Array): unknown;
  close(code: number, reason: string): unknown;
}

/** The peer of a victim, on either side: says anything, shares no code with the endpoint. */
export class Attacker {
  readonly socket: Socket;
  readonly #encode: (shape: FrameShape) => Uint8Array;
  readonly #victim: () => Talker | undefined;
  #octets = Buffer.alloc(0);
  /** What came behind them. */
  #chunks: Buffer[] = [];
  #length = 0;
  #isOver = false;
  #wake: () => void = () => {};

  constructor(socket: Socket, encode: (shape: FrameShape) => Uint8Array, victim: () => Talker | undefined) {
    this.socket = socket;
    this.#encode = encode;
    this.#victim = victim;
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      this.#wake();
    });
    for (const event of ["end", "close"])
      socket.on(event, () => {
        this.#isOver = true;
        this.#wake();
      });
  }

  get victim(): Talker {
    const victim = this.#victim();
    if (victim === undefined) throw new Error("the connection is not open");
    return victim;
  }

  /** Connects to a server with this request; fails unless the answer is 101. */
  static async dial(
    context: TestContext,
    port: number,
    request: string,
    victim: () => Talker | undefined,
  ): Promise<Attacker> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    context.after(() => socket.destroy());
    await once(socket, "connect");
    const attacker = new Attacker(socket, toServer, victim);
    socket.write(request);
    const head = await attacker.#take(headOctets);
    if (!head.toString().startsWith("HTTP/1.1 101 ")) throw new Error(head.toString());
    return attacker;
  }

  send(...shapes: readonly FrameShape[]): void {
    this.write(Buffer.concat(shapes.map((shape) => this.#encode(shape))));
  }

  write(octets: Uint8Array): void {
    this.socket.write(octets);
  }

  /** The next frame; fails when the connection ends instead. */
  async frame(): Promise<SeenFrame> {
    const octets = await this.#take(frameOctets);
    return readFrames(octets)[0]!;
  }

  /** The next frame in words. */
  async next(): Promise<string> {
    return describe(await this.frame());
  }

  /** The code of the next Close frame; whatever comes before it is skipped. */
  async closeCode(): Promise<number> {
    for (;;) {
      const { opcode, payload } = await this.frame();
      if (opcode === 8) return payload.length < 2 ? 1005 : payload[0]! * 256 + payload[1]!;
    }
  }

  /** As many octets from the front as `count` asks for when it has seen enough; before that it asks for one more. */
  async #take(count: (octets: Buffer) => number): Promise<Buffer> {
    for (;;) {
      const length = count(this.#octets);
      if (length <= this.#octets.length) {
        const taken = this.#octets.subarray(0, length);
        this.#octets = this.#octets.subarray(length);
        this.#length -= length;
        return taken;
      }
      while (this.#length < length) {
        if (this.#isOver) throw new Error("the connection ended first");
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
      this.#octets = Buffer.concat([this.#octets, ...this.#chunks.splice(0)]);
    }
  }
}

function headOctets(octets: Buffer): number {
  const end = octets.indexOf("\r\n\r\n");
  return end < 0 ? octets.length + 1 : end + 4;
}

/** Octets of the frame at the front, as far as its header says. */
function frameOctets(octets: Buffer): number {
  if (octets.length < 2) return 2;
  const form = octets[1]! & 0x7f;
  const keyOctets = (octets[1]! & 0x80) === 0 ? 0 : 4;
  const head = (form < 126 ? 2 : form === 126 ? 4 : 10) + keyOctets;
  if (octets.length < head) return head;
  if (form < 126) return head + form;
  return head + (form === 126 ? octets.readUInt16BE(2) : Number(octets.readBigUInt64BE(2)));
}
