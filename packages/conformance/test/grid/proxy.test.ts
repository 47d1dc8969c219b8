import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { describe, test, type TestContext } from "node:test";
import { freePort } from "@wireproof/peers";
import { passiveProxy, Relay, type PassiveProxy, type Witness } from "../../src/grid/proxy.js";
import type { Side } from "../../src/lint/direction.js";
import type { SocketConnection } from "../../src/net/socket-transport.js";
import type { TransportEvents } from "../../src/net/transport.js";
import { systemClock } from "../../src/time/clock.js";
import { FakeTransport } from "../support/fake-transport.js";

/** Writes down what passes over all connections. */
class Notebook implements Witness {
  readonly #pieces: Record<Side, Buffer[]> = { client: [], server: [] };
  readonly ends: string[] = [];

  octets(side: Side, octets: Buffer): void {
    this.#pieces[side].push(octets);
  }

  ended(side: Side, isReset: boolean): void {
    this.ends.push(`${side} ${isReset ? "resets" : "closes"}`);
  }

  seen(side: Side): Buffer {
    return Buffer.concat(this.#pieces[side]);
  }
}

interface Through {
  readonly proxy: PassiveProxy;
  readonly notebook: Notebook;
  readonly client: Socket;
  readonly server: Socket;
}

/** A client and a server that are connected by way of the proxy. */
async function through(context: TestContext): Promise<Through> {
  const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const notebook = new Notebook();
  const proxy = await passiveProxy({
    serverPort: (server.address() as AddressInfo).port,
    clock: systemClock,
    onConnection: () => notebook,
  });
  const accepted = once(server, "connection");
  const client = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true });
  const [behind] = (await accepted) as [Socket];
  for (const socket of [client, behind]) socket.on("error", () => undefined);
  context.after(() => finish({ proxy, server, sockets: [client, behind] }));
  return { proxy, notebook, client, server: behind };
}

async function finish({
  proxy,
  server,
  sockets,
}: {
  proxy: PassiveProxy;
  server: Server;
  sockets: readonly Socket[];
}): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await proxy.close();
  await new Promise((resolve) => server.close(resolve));
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.on("error", () => undefined).once("close", () => resolve()));
}

async function allOf(socket: Socket): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

describe("a connection by way of the proxy", () => {
  test("every octet passes unchanged, in both directions", async (context) => {
    const { client, server, notebook, proxy } = await through(context);
    const [up, down] = [randomBytes(3_000_017), randomBytes(2_000_003)];
    const got = Promise.all([allOf(client), allOf(server)]);
    client.end(up);
    server.end(down);
    const [atClient, atServer] = await got;
    assert.ok(atServer.equals(up) && atClient.equals(down));
    await proxy.settled();
    assert.ok(notebook.seen("client").equals(up) && notebook.seen("server").equals(down));
    assert.deepEqual(notebook.ends.toSorted(), ["client closes", "server closes"]);
  });

  for (const [first, second] of [
    ["client", "server"],
    ["server", "client"],
  ] as const) {
    test(`the ${second} may go on sending when the ${first} has closed its direction`, async (context) => {
      const ends = await through(context);
      const isOver = once(ends[second].resume(), "end");
      ends[first].end("first");
      await isOver;
      assert.deepEqual(ends.notebook.ends, [`${first} closes`]);
      const rest = allOf(ends[first]);
      ends[second].end("second");
      assert.equal((await rest).toString(), "second");
      await ends.proxy.settled();
      assert.deepEqual(ends.notebook.ends, [`${first} closes`, `${second} closes`]);
      assert.equal(ends.notebook.seen(first).toString(), "first");
    });

    test(`a reset by the ${first} reaches the ${second}`, async (context) => {
      const ends = await through(context);
      const failed = once(ends[second].resume(), "error");
      ends[first].resetAndDestroy();
      const [error] = (await failed) as [NodeJS.ErrnoException];
      assert.equal(error.code, "ECONNRESET");
      await ends.proxy.settled();
      assert.deepEqual(ends.notebook.ends, [`${first} resets`]);
    });
  }

  test("what came before a reset is passed on", async (context) => {
    const { client, server, notebook, proxy } = await through(context);
    const came = once(server, "data");
    await new Promise<void>((resolve) => client.write("last words", () => resolve()));
    const [octets] = (await came) as [Buffer];
    assert.equal(octets.toString(), "last words");
    client.resetAndDestroy();
    await proxy.settled();
    assert.deepEqual([notebook.seen("client").toString(), notebook.ends], ["last words", ["client resets"]]);
  });

  test("where nothing listens, the client is reset", async (context) => {
    const notebook = new Notebook();
    const serverPort = await freePort();
    const proxy = await passiveProxy({ serverPort, clock: systemClock, onConnection: () => notebook });
    context.after(() => proxy.close());
    await closed(connect(proxy.port, "127.0.0.1"));
    await proxy.settled();
    assert.deepEqual(notebook.ends, ["server resets"]);
  });

  test("closing the proxy ends connections that are open, and says nothing of it", async (context) => {
    const { client, server, proxy, notebook } = await through(context);
    const gone = [closed(client.resume()), closed(server.resume())];
    client.end();
    server.end();
    await proxy.close();
    await Promise.all(gone);
    await proxy.settled();
    assert.ok(notebook.ends.length <= 2);
  });
});

describe("back pressure", () => {
  class End implements SocketConnection {
    readonly transport = new FakeTransport();
    events: TransportEvents | undefined;

    attach(events: TransportEvents): void {
      this.events = events;
    }

    receive(octets: number): void {
      this.events?.received(new Uint8Array(octets));
    }
  }

  test("a sender is not read as long as the receiver takes nothing", () => {
    const [client, server] = [new End(), new End()];
    const relay = new Relay(client, server, new Notebook());
    server.transport.isHolding = true;
    client.receive(200_000);
    assert.equal(client.transport.isHeld, false);
    client.receive(100_000);
    assert.deepEqual([client.transport.isHeld, server.transport.isHeld], [true, false]);
    server.transport.release();
    assert.equal(client.transport.isHeld, false);
    relay.drop();
    assert.deepEqual([client.transport.destroyed, server.transport.destroyed], [1, 1]);
  });

  test("a reset waits for what was sent before it", async () => {
    const [client, server] = [new End(), new End()];
    const relay = new Relay(client, server, new Notebook());
    server.transport.isHolding = true;
    client.receive(10);
    client.events?.ended(true);
    assert.equal(server.transport.resets, 0);
    server.transport.release();
    assert.equal(server.transport.resets, 1);
    await relay.over;
  });
});
