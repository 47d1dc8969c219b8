import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { Server as HttpServer } from "node:http";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";

import { startHttp } from "../support/live-server.js";
import { checkDropIn, loadConsumer, packageFolder, skipWithout } from "./support/consumer.js";
import { Inbox, next } from "./support/until.js";
import type { Emitter } from "./support/until.js";

type Data = string | Buffer | { readonly text: string; readonly octets: Buffer };

interface Socket extends Emitter {
  readonly id: string;
  readonly recovered: boolean;
  on(event: string, listener: (data: Data, acknowledge: (answer: Data) => void) => void): this;
  emit(event: string, data: Data): unknown;
  emitWithAck(event: string, data: Data): Promise<Data>;
}
interface Here extends Socket {
  readonly io: Emitter & { readonly engine: Engine };
  disconnect(): void;
}
interface There extends Socket {
  readonly broadcast: { emit(event: string, data: Data): void };
  readonly conn: Engine;
  join(room: string): void;
  disconnect(isWhole: boolean): void;
}
interface Engine extends Emitter {
  readonly transport: {
    readonly name: string;
    readonly socket?: { readonly extensions: string; terminate(): void };
  };
}
interface Server extends Emitter {
  emit(event: string, data: Data): void;
  to(room: string): { emit(event: string, data: Data): void };
  close(): Promise<void>;
}
interface Running {
  readonly server: Server;
  readonly url: string;
  readonly options: object;
}

const PACKAGES = ["socket.io", "socket.io-client"];
const WAYS = [
  { perMessageDeflate: false, transports: ["websocket"] },
  { perMessageDeflate: { threshold: 0 }, transports: ["websocket"] },
  { perMessageDeflate: false, transports: ["polling", "websocket"] },
  { perMessageDeflate: { threshold: 0 }, transports: ["polling", "websocket"] },
];
const OBJECT = { text: "ä", octets: Buffer.from([0, 127, 128, 255]) };
const LARGE = "large ".repeat(30_000);

async function startServer(context: TestContext, options: object): Promise<Running> {
  for (const name of ["engine.io", "engine.io-client", "socket.io-adapter"]) checkDropIn(packageFolder(name));
  const { Server } = loadConsumer("socket.io") as {
    Server: new (http: HttpServer, options: object) => Server;
  };
  const http = createServer();
  const server = new Server(http, options);
  context.after(() => server.close());
  return { server, url: `http://127.0.0.1:${await startHttp(context, http)}`, options };
}

async function connect(context: TestContext, running: Running): Promise<{ here: Here; there: There }> {
  const { io } = loadConsumer("socket.io-client") as { io: (url: string, options: object) => Here };
  const connected = next<[There]>(running.server, "connection");
  const here = io(running.url, {
    ...running.options,
    forceNew: true,
    reconnectionDelay: 1,
    autoConnect: true,
  });
  context.after(() => here.disconnect());
  await next(here, "connect");
  const [there] = await connected;
  for (const engine of [here.io.engine, there.conn])
    if (engine.transport.name === "polling") await next(engine, "upgrade");
  return { here, there };
}

/** What arrives at a socket under a name. */
function inboxOf(socket: Socket, event: string): Inbox<Data> {
  const inbox = new Inbox<Data>();
  socket.on(event, inbox.put);
  return inbox;
}

suite("socket.io", { skip: skipWithout(...PACKAGES), timeout: 600_000 }, () => {
  for (const way of WAYS) {
    const isDeflating = way.perMessageDeflate !== false;
    const name = `${way.transports.join(", then ")}, ${isDeflating ? "with" : "without"} compression`;

    test(`exchange, broadcast and close: ${name}`, async (context) => {
      const running = await startServer(context, way);
      const pairs = [];
      for (let count = 0; count < 3; count++) pairs.push(await connect(context, running));
      const [{ here, there }, second] = pairs as [(typeof pairs)[0], (typeof pairs)[0]];
      assert.equal(there.conn.transport.socket?.extensions, isDeflating ? "permessage-deflate" : "");

      there.on("echo", (data, acknowledge) => acknowledge(data));
      here.on("echo", (data, acknowledge) => acknowledge(data));
      for (const data of ["text", OBJECT.octets, OBJECT, LARGE]) {
        assert.deepEqual(await here.emitWithAck("echo", data), data);
        assert.deepEqual(await there.emitWithAck("echo", data), data);
      }

      const news = pairs.map((pair) => inboxOf(pair.here, "news"));
      second.there.join("room");
      // Text alone is framed once for all; what has octets in it is not.
      running.server.emit("news", "to all");
      running.server.emit("news", OBJECT);
      there.broadcast.emit("news", "to others");
      running.server.to("room").emit("news", "to the room");
      running.server.emit("news", "last");
      assert.deepEqual(await takeUntilLast(news[0]!), ["to all", OBJECT]);
      assert.deepEqual(await takeUntilLast(news[1]!), ["to all", OBJECT, "to others", "to the room"]);
      assert.deepEqual(await takeUntilLast(news[2]!), ["to all", OBJECT, "to others"]);

      const left = next(there, "disconnect");
      here.disconnect();
      assert.equal((await left)[0], "client namespace disconnect");
      const ended = next(second.here, "disconnect");
      second.there.disconnect(true);
      assert.equal((await ended)[0], "io server disconnect");
      const gone = next(pairs[2]!.here, "disconnect");
      await running.server.close();
      await gone;
    });

    test(`reconnects when the connection was lost: ${name}`, async (context) => {
      const running = await startServer(context, { ...way, connectionStateRecovery: {} });
      const { here, there } = await connect(context, running);
      const news = inboxOf(here, "news");
      // Recovery needs an event with an offset that the client has seen.
      running.server.emit("news", "before");
      assert.equal(await news.take(), "before");
      const { id } = here;
      const ends = [next(here, "disconnect"), next(there, "disconnect")];
      const back = next(here, "connect");
      const again = next<[There]>(running.server, "connection");
      there.conn.transport.socket!.terminate();
      assert.deepEqual(
        (await Promise.all(ends)).map(([reason]) => reason),
        ["transport close", "transport close"],
      );
      running.server.emit("news", "meanwhile");
      await back;
      assert.equal(here.recovered, true);
      assert.equal(here.id, id);
      assert.equal(await news.take(), "meanwhile");
      (await again)[0].emit("news", "afterwards");
      assert.equal(await news.take(), "afterwards");
    });
  }
});

async function takeUntilLast(inbox: Inbox<Data>): Promise<Data[]> {
  const taken: Data[] = [];
  for (let data = await inbox.take(); data !== "last"; data = await inbox.take()) taken.push(data);
  return taken;
}
