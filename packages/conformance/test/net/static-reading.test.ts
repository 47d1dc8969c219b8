import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { suite, test, type TestContext } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { systemClock } from "../../src/time/clock.js";
import { dial } from "../../src/net/dial.js";
import type { SocketConnection } from "../../src/net/dial.js";
import { target } from "../../src/net/target.js";
import { mintCertificate } from "../../src/mint-certificate.js";

const MIB = 1024 * 1024;

for (const scheme of ["ws", "wss"] as const)
  suite(`a dialled socket (${scheme})`, () => {
    test("loses nothing if the peer sends first, before `listen` is called", async (context) => {
      const [dialled, peer] = await connected(context, scheme, (socket) => socket.write("early "));
      await untilRead(peer, "early ".length);
      const read = collect(dialled);
      peer.end("late");
      assert.equal((await read).toString(), "early late");
    });

    test("reads a megabyte that comes at once, octet for octet", async (context) => {
      const octets = Buffer.from(Uint8Array.from({ length: MIB }, (_, index) => (index * 31) >> 3));
      const [dialled, peer] = await connected(context, scheme);
      const read = collect(dialled);
      peer.end(octets);
      assert.ok(octets.equals(await read));
    });

    test("two sockets at once each read their own octets", async (context) => {
      const pairs = [await connected(context, scheme), await connected(context, scheme)];
      const reads = pairs.map(async ([dialled]) => (await collect(dialled)).toString());
      for (const [index, [, peer]] of pairs.entries())
        for (let round = 0; round < 100; round++) peer.write(String(index));
      for (const [, peer] of pairs) peer.end();
      assert.deepEqual(await Promise.all(reads), ["0".repeat(100), "1".repeat(100)]);
    });
  });

async function connected(
  context: TestContext,
  scheme: "ws" | "wss",
  sendFirst: (socket: Socket) => void = () => {},
): Promise<[SocketConnection, Socket]> {
  const server: Server = scheme === "ws" ? createServer() : createTlsServer(await mintCertificate());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const peer = once(server, scheme === "ws" ? "connection" : "secureConnection").then(([socket]) => {
    const accepted = socket as Socket;
    accepted.on("error", () => {});
    sendFirst(accepted);
    return accepted;
  });
  const { port } = server.address() as AddressInfo;
  const dialled = await dial(
    target(`${scheme}://127.0.0.1:${port}/`, { insecure: true }),
    systemClock,
    10_000,
  );
  const accepted = await peer;
  context.after(() => {
    dialled.transport.destroy();
    accepted.destroy();
    server.close();
  });
  return [dialled, accepted];
}

/** What comes until the peer has ended; chunks are only lent. */
function collect(dialled: SocketConnection): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    dialled.attach({
      received: (chunk) => void chunks.push(Buffer.from(chunk)),
      ended: () => resolve(Buffer.concat(chunks)),
    });
  });
}

/** Until the system has sent so many octets, and a few turns of the event loop, in which they can be read, are over. */
async function untilRead(peer: Socket, octets: number): Promise<void> {
  while (peer.bytesWritten < octets || peer.writableLength > 0) await turn();
  for (let count = 0; count < 20; count++) await turn();
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
