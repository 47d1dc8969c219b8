import { nodeKernels } from "../../src/kernel/node-kernels.js";
import type { Connection } from "../../src/protocol/connection.js";
import { Output } from "../../src/protocol/output.js";
import type { Piece } from "../../src/protocol/output.js";
import { SlabPool } from "../../src/protocol/slab.js";
import { SocketTransport } from "../../src/transport/socket-transport.js";
import type { TransportOwner } from "../../src/transport/socket-transport.js";
import type { Duplex } from "node:stream";

const pool = new SlabPool(nodeKernels.allocate);

/** As `Output`, but what is released is overwritten at once: if something still reads it, that shows. */
class ScribblingOutput extends Output {
  override release(pieces: readonly Piece[]): void {
    for (const { memory, from, to } of pieces) memory.fill(0xdd, from, to);
    super.release(pieces);
  }
}

/**
 * What the transport sees of a connection, without the protocol: octets go in and out as they are. It is the owner
 * as well, and writes down what is reported to it.
 */
export class Talker implements TransportOwner {
  readonly output: Output = new ScribblingOutput(pool, nodeKernels.allocate);
  readonly transport: SocketTransport;
  /** `end`, `closed`, `blocked`, `unblocked`, `error CODE`. */
  readonly events: string[] = [];
  /** Whether no Close frame came before the end. */
  isBroken = false;
  receivedOctets = 0;
  drained = 0;
  /** Called with a copy of what one read brought. */
  onReceive: (octets: Buffer) => void = () => {};
  onEvent: (event: string) => void = () => {};

  constructor(socket: Duplex, useStaticRead: boolean) {
    this.transport = new SocketTransport(socket, this as unknown as Connection, this, { useStaticRead });
  }

  /** The event, when it comes or if it has come. */
  until(event: string): Promise<void> {
    return this.#until(() => this.events.includes(event));
  }

  untilReceived(octets: number): Promise<void> {
    return this.#until(() => this.receivedOctets >= octets);
  }

  untilDrained(times: number): Promise<void> {
    return this.#until(() => this.drained >= times);
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => (this.onEvent = () => resolve()));
  }

  /** Small octets go through the shared slabs, larger ones as they are. */
  send(octets: Uint8Array): void {
    if (octets.length === 0) return;
    if (octets.length > 4096) this.output.refer(Buffer.from(octets), 0, octets.length);
    else {
      const slab = this.output.room(octets.length);
      slab.memory.set(octets, slab.used);
      this.output.commit(octets.length);
    }
    this.transport.requestFlush();
  }

  endOutput(): void {
    this.output.isEnded = true;
    this.transport.requestFlush();
  }

  // What the transport calls.

  receive(bytes: Uint8Array, from: number, to: number): void {
    this.receivedOctets += to - from;
    this.onReceive(Buffer.from(bytes.subarray(from, to)));
    this.#note("receive");
  }

  receiveEnd(): void {
    this.#note("end");
  }

  transportClosed(): void {
    this.#note("closed");
  }

  /** Nothing waits here. */
  afterWaiting(then: () => void): void {
    then();
  }

  setBlocked(isBlocked: boolean): void {
    this.output.isBlocked = isBlocked;
    this.#note(isBlocked ? "blocked" : "unblocked");
  }

  onDrained(): void {
    this.drained++;
    this.onEvent("drained");
  }

  onTransportError(error: NodeJS.ErrnoException): void {
    this.#note(`error ${error.code}`);
  }

  #note(event: string): void {
    if (event !== "receive") this.events.push(event);
    this.onEvent(event);
  }
}
