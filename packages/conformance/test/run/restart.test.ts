import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { test, type TestContext } from "node:test";

import { startEchoServer, type RunningPeer, freePort } from "@wireproof/peers";
import { untilRestarted, type Restart } from "../../src/run/restart.js";

interface Waiting {
  readonly restart: Promise<Restart | null>;
  /** Resolves when a server is gone. */
  readonly gone: Promise<void>;
  readonly stop: () => void;
}

function waiting(urls: readonly string[], countsGone = true): Waiting {
  const stop = new AbortController();
  let onGone: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => {
    onGone = resolve;
  });
  const restart = untilRestarted({ urls, cases: [] }, stop.signal, { countsGone, onGone });
  return { restart, gone, stop: () => stop.abort() };
}

const there = async ({ restart, gone }: Waiting): Promise<string> =>
  Promise.race([gone.then(() => "gone"), restart.then((found) => String(found))]);

/**
 * A server that answers every request, counts idle connections, and may end them. After `asks` connections that ask whether
 * it is there, one is held, and then they take turns: no time has to tell which is which.
 */
async function counting(
  context: TestContext,
  port: number,
  { endsIdle = false, asks = 1 } = {},
): Promise<Counting> {
  const idle = new Set<Socket>();
  let wake: () => void = () => undefined;
  let count = 0;
  let connections = 0;
  const server: Server = createServer((socket) => {
    socket.on("error", () => undefined);
    connections++;
    if (connections > asks && (connections - asks) % 2 === 1) {
      count++;
      idle.add(socket);
      wake();
      if (endsIdle) socket.end();
    } else {
      socket.once("data", () => {
        socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      });
    }
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const close = (): void => {
    server.close();
    for (const socket of idle) socket.destroy();
  };
  context.after(close);
  return {
    close,
    idle: async (times) => {
      for (;;) {
        if (count >= times) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

interface Counting {
  readonly close: () => void;
  /** Resolves when so many idle connections were accepted. */
  readonly idle: (times: number) => Promise<void>;
}

async function started(context: TestContext, port: number): Promise<RunningPeer> {
  const server = await startEchoServer({ port });
  context.after(() => server.close());
  return server;
}

test("a server goes and comes back", async (context) => {
  const port = await freePort();
  const server = await counting(context, port);
  const wait = waiting([`ws://127.0.0.1:${port}`]);
  await server.idle(1);
  server.close();
  assert.equal(await there(wait), "gone");
  await started(context, port);
  assert.equal(await wait.restart, "went");
});

test("a server that is not there yet", async (context) => {
  const port = await freePort();
  const wait = waiting([`ws://127.0.0.1:${port}`]);
  assert.equal(await there(wait), "gone");
  await started(context, port);
  assert.equal(await wait.restart, "was-gone");
});

test("where that does not count, it has to go again", async (context) => {
  const port = await freePort();
  const wait = waiting([`ws://127.0.0.1:${port}`], false);
  const server = await counting(context, port, { asks: 2 });
  assert.equal(await Promise.race([server.idle(1).then(() => "held"), there(wait)]), "held");
  server.close();
  assert.equal(await there(wait), "gone");
  await started(context, port);
  assert.equal(await wait.restart, "went");
});

test("a server that ends idle connections is there all the same", async (context) => {
  const port = await freePort();
  const server = await counting(context, port, { endsIdle: true });
  const wait = waiting([`ws://127.0.0.1:${port}`]);
  assert.equal(await Promise.race([server.idle(3).then(() => "still there"), there(wait)]), "still there");
  wait.stop();
  assert.equal(await wait.restart, null);
});

test("one of two goes: both have to answer", async (context) => {
  const ports = [await freePort(), await freePort()] as const;
  const first = await counting(context, ports[0]);
  const second = await counting(context, ports[1]);
  const wait = waiting(ports.map((port) => `ws://127.0.0.1:${port}`));
  await first.idle(1);
  await second.idle(1);
  second.close();
  assert.equal(await there(wait), "gone");
  await started(context, ports[1]);
  assert.equal(await wait.restart, "went");
});

test("it can be given up while the server is there, and while it is gone", async (context) => {
  const port = await freePort();
  const server = await counting(context, port);
  const held = waiting([`ws://127.0.0.1:${port}`]);
  await server.idle(1);
  held.stop();
  assert.equal(await held.restart, null);
  server.close();
  const knocking = waiting([`ws://127.0.0.1:${port}`]);
  await knocking.gone;
  knocking.stop();
  assert.equal(await knocking.restart, null);
});
