import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { suite, test, type TestContext } from "node:test";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { mintCertificate, type Certificate } from "@wireproof/peers";
import { systemClock } from "../../src/time/clock.js";
import { dial } from "../../src/net/dial.js";
import { listen } from "../../src/net/listen.js";
import type { SocketConnection } from "../../src/net/socket-transport.js";
import { target } from "../../src/net/target.js";

/** A tester's connection, and what makes its peer speak and reset TCP before the tester can read or write again. */
interface Pair {
  readonly ours: SocketConnection;
  readonly peer: Socket;
  readonly reset: () => void;
}

const certificate = mintCertificate();

async function dialled(context: TestContext, tls?: Certificate): Promise<Pair> {
  const tcp: Socket[] = [];
  const server: Server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on("connection", (socket: Socket) => tcp.push(socket.on("error", () => undefined)));
  const accepting = once(server, tls === undefined ? "connection" : "secureConnection");
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `${tls === undefined ? "ws" : "wss"}://127.0.0.1:${port}/`;
  const [ours, [peer]] = await Promise.all([
    dial(target(url, { insecure: true }), systemClock, 10_000),
    accepting as Promise<[Socket]>,
  ]);
  context.after(() => {
    ours.transport.destroy();
    server.close();
  });
  return { ours, peer, reset: () => tcp[0]?.resetAndDestroy() };
}

async function accepted(context: TestContext, tls?: Certificate): Promise<Pair> {
  let resolve: (ours: SocketConnection) => void = () => undefined;
  const accepting = new Promise<SocketConnection>((it) => (resolve = it));
  const onConnection = (connection: SocketConnection): void => resolve(connection);
  const options = { host: "127.0.0.1", port: 0, maxConnections: 10, onConnection };
  const listener = await listen(tls === undefined ? options : { ...options, tls });
  context.after(() => listener.close(0));
  const tcp = connect(listener.port, "127.0.0.1").on("error", () => undefined);
  const peer = tls === undefined ? tcp : connectTls({ socket: tcp, ca: tls.cert, servername: "localhost" });
  return { ours: await accepting, peer, reset: () => tcp.resetAndDestroy() };
}

/** What the tester hears of a connection, and how it ends. */
function hear({ ours }: Pair): { heard: () => string; first: Promise<void>; end: Promise<string> } {
  let heard = "";
  let onFirst = (): void => undefined;
  const first = new Promise<void>((resolve) => (onFirst = resolve));
  const end = new Promise<string>((resolve) => {
    ours.attach({
      received: (chunk) => {
        heard += Buffer.from(chunk).toString();
        onFirst();
      },
      ended: (reset) => resolve(reset ? "reset" : "end"),
    });
  });
  return { heard: () => heard, first, end };
}

for (const { role, open } of [
  { role: "client", open: dialled },
  { role: "server", open: accepted },
]) {
  for (const isSecure of [false, true]) {
    suite(`the tester as a ${role} over ${isSecure ? "TLS" : "TCP"}`, () => {
      const openOne = async (context: TestContext): Promise<Pair> => {
        const pair = await open(context, isSecure ? await certificate : undefined);
        // Or the peer's own system would keep back what a reset discards.
        pair.peer.setNoDelay().on("error", () => undefined);
        return pair;
      };

      for (const writes of [0, 1, 3]) {
        test(`reads what came before a reset, although ${writes} writes fail`, async (context) => {
          const pair = await openOne(context);
          const { heard, first, end } = hear(pair);
          pair.peer.write("first words");
          await first;
          pair.peer.write(" and last words");
          pair.reset();
          const taken: Promise<void>[] = [];
          for (let write = 0; write < writes; write++) {
            taken.push(new Promise((resolve) => pair.ours.transport.write(Buffer.alloc(70_000), resolve)));
          }
          assert.equal(await end, "reset");
          assert.equal(heard(), "first words and last words");
          await Promise.all(taken);
        });
      }

      test("distinguishes an end of TCP from a reset", async (context) => {
        const pair = await openOne(context);
        pair.peer.resume();
        const { heard, end } = hear(pair);
        pair.peer.end("last words");
        assert.equal(await end, "end");
        assert.equal(heard(), "last words");
      });
    });
  }
}
