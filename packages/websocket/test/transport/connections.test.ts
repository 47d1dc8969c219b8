import assert from "node:assert/strict";
import type { Duplex } from "node:stream";
import { before, test } from "node:test";
import { nodeKernels } from "../../src/kernel/node-kernels.js";
import { Connection, Side } from "../../src/protocol/connection.js";
import { DEFAULT_LIMITS, STRICT } from "../../src/protocol/limits.js";
import type { Sink } from "../../src/protocol/sink.js";
import { SocketTransport } from "../../src/transport/socket-transport.js";
import type { TransportOwner } from "../../src/transport/socket-transport.js";
import { monotonicNow } from "../../src/transport/timer-wheel.js";
import { WAYS, scribbleLentMemory, settled } from "./modes.js";
import { Twin, socketPair } from "./pairs.js";
import { Random } from "./random.js";

before(scribbleLentMemory);
before(settled);

/** An endpoint without an application: keeps what comes, or sends it back. */
class Endpoint implements Sink, TransportOwner {
  readonly connection: Connection;
  readonly transport: SocketTransport;
  readonly received: (string | Buffer)[] = [];
  readonly closed: Promise<string>;
  onMessage: (message: string | Buffer) => void = () => {};
  #close!: (how: string) => void;

  constructor(side: Side, socket: Duplex, useStaticRead: boolean) {
    this.closed = new Promise((resolve) => (this.#close = resolve));
    this.connection = new Connection(side, this, nodeKernels, {
      limits: DEFAULT_LIMITS,
      leniency: STRICT,
      text: "string",
      autoPong: true,
      now: monotonicNow,
      compressionThreshold: 0,
    });
    this.transport = new SocketTransport(socket, this.connection, this, { useStaticRead });
    this.transport.start(Buffer.alloc(0));
  }

  send(message: string | Buffer): void {
    if (typeof message === "string") this.connection.sendText(message);
    else this.connection.sendOctets(message, false);
  }

  onText(text: string): void {
    this.onMessage(text);
  }

  onOctets(octets: Uint8Array): void {
    this.onMessage(Buffer.from(octets));
  }

  onOutput(): void {
    this.transport.requestFlush();
  }

  onPause(isPaused: boolean): void {
    this.transport.setPaused(isPaused);
  }

  onAbort(): void {
    this.transport.abort();
  }

  onClosed(code: number, reason: string, wasClean: boolean): void {
    this.#close(`${code} ${reason} ${wasClean}`);
  }

  onMessageStart(): void {}
  onMessagePart(): void {}
  onPing(): void {}
  onPong(): void {}
  onViolation(): void {}
  onClosing(): void {}
  onDrained(): void {}
  onTransportError(): void {}
}

async function converse(server: Endpoint, client: Endpoint, seed: number): Promise<void> {
  const random = new Random(seed);
  const sent: (string | Buffer)[] = [];
  const received: (string | Buffer)[] = [];
  server.onMessage = (message) => server.send(message);
  let allHere = (): void => {};
  client.onMessage = (message) => {
    received.push(message);
    if (received.length === sent.length) allHere();
  };
  for (let burst = 0; burst < 5; burst++) {
    const echoed = new Promise<void>((resolve) => (allHere = resolve));
    for (let count = random.below(40) + 1; count > 0; count--) {
      const octets = random.octets(random.below(10) === 0 ? random.below(300_000) : random.below(600));
      const message = random.below(2) === 0 ? octets : octets.toString("latin1");
      sent.push(message);
      client.send(message);
    }
    await echoed;
  }
  assert.deepEqual(received, sent);
  client.connection.close(1000, "done");
  assert.equal(await server.closed, "1000 done true");
  assert.equal(await client.closed, "1000  true");
}

for (const way of WAYS.filter(({ end }) => end === "accepted"))
  test(`messages and closings over ${way.kind}, ${way.mode}`, async (context) => {
    const isStatic = way.mode === "static";
    await Promise.all(
      Array.from({ length: 6 }, async (_, index) => {
        const [accepted, dialled] = await socketPair(context, way.kind);
        const server = new Endpoint(Side.Server, accepted, isStatic);
        const client = new Endpoint(Side.Client, dialled, isStatic);
        assert.equal(server.transport.readMode, way.mode);
        assert.equal(client.transport.readMode, way.mode);
        await converse(server, client, 100 + index);
      }),
    );
  });

test("messages and closings over a stream in memory", async () => {
  const [one, other] = Twin.pair();
  await converse(new Endpoint(Side.Server, one, true), new Endpoint(Side.Client, other, true), 42);
});

for (const way of WAYS.filter(({ end }) => end === "accepted"))
  test(`a frame against the rules is answered with a Close frame, whatever else was sent (${way.name})`, async (context) => {
    const [accepted, peer] = await socketPair(context, way.kind);
    const server = new Endpoint(Side.Server, accepted, way.mode === "static");
    const chunks: Buffer[] = [];
    peer.on("data", (chunk: Buffer) => chunks.push(chunk));
    // Not masked, and a megabyte behind it that is never read as frames.
    peer.write(Buffer.concat([Buffer.from("8105", "hex"), Buffer.from("hello"), Buffer.alloc(1024 * 1024)]));
    await new Promise((resolve) => peer.once("end", resolve));
    const answer = Buffer.concat(chunks);
    assert.equal(answer[0], 0x88);
    assert.equal(answer.readUInt16BE(2), 1002);
    peer.end();
    assert.match(await server.closed, /^1006/);
  });
