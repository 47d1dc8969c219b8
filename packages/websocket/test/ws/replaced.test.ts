import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { test } from "node:test";
import tls from "node:tls";

import type { WebSocket } from "../../src/ws/index.js";
import { certificate } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import { OURS, Stage, differential, differentialAlone } from "./support/differential.js";
import { answer, serve } from "./support/upgrades.js";
import { closed, describeData, next, watch } from "./support/watch.js";

// What an application, or what watches it, puts in the place of functions and methods while the process runs.

/** Puts a function in front of `module[name]`, up to the end of the call. */
async function wrapped(
  module: object,
  name: string,
  before: (...args: unknown[]) => void,
  run: () => Promise<void>,
): Promise<void> {
  const functions = module as Record<string, (...args: unknown[]) => unknown>;
  const original = functions[name]!;
  functions[name] = function (this: unknown, ...args: unknown[]) {
    before(...args);
    return Reflect.apply(original, this, args);
  };
  try {
    await run();
  } finally {
    functions[name] = original;
  }
}

const CLIENT_FUNCTIONS = [
  [http, "request", "ws"],
  [net, "connect", "ws"],
  [https, "request", "wss"],
  [tls, "connect", "wss"],
] as const;

for (const [module, name, scheme] of CLIENT_FUNCTIONS) {
  differentialAlone(`${name} for ${scheme} is looked up when it is called`, async (stage) => {
    const { cert, key } = await certificate();
    const server = scheme === "ws" ? http.createServer() : https.createServer({ cert, key });
    stage.context.after(() => server.close());
    server.listen(0, "127.0.0.1");
    await next(server, "listening");
    const wss = new stage.server.WebSocketServer({ server });
    stage.context.after(() => wss.close());
    const { port } = server.address() as net.AddressInfo;
    const note = (options: unknown): void => {
      const { host, port: to, path } = options as { host: string; port: unknown; path: unknown };
      stage.log("replaced", name, host, Number(to) === port, path);
    };
    await wrapped(module, name, note, async () => {
      const here = watch(stage, "client", stage.connect(`${scheme}://localhost:${port}/x?y`, { ca: cert }));
      await next(here, "open");
      here.close();
      await closed(here);
    });
  });
}

differential("createServer is looked up when it is called", async (stage) => {
  await wrapped(
    http,
    "createServer",
    () => stage.log("server", "createServer"),
    async () => {
      const { url } = await stage.serve();
      const here = watch(stage, "client", stage.connect(url));
      await next(here, "open");
      here.close();
      await closed(here);
    },
  );
});

differential("pong of one WebSocket is replaced", async (stage) => {
  const { there, here } = await stage.pair();
  watch(stage, "client", here);
  here.pong = (...args: unknown[]) => {
    stage.log("client", "pong called", describeData(args[0]), args[1], typeof args[2], args.length);
  };
  there.ping("for nobody");
  await next(here, "ping");
  Reflect.deleteProperty(here, "pong");
  there.ping("for itself");
  const [data] = await next(there, "pong");
  stage.log("server", describeData(data));
  here.close();
  await closed(there, here);
});

differential("a pong of the application's own that throws, and one that is late", async (stage) => {
  const { there, here } = await stage.pair({}, { allowSynchronousEvents: false });
  watch(stage, "client", here);
  const pong = here.pong.bind(here);
  here.pong = (data) => {
    stage.log("client", "pong called", here.readyState);
    pong(`${String(data)}!`);
  };
  there.ping("x");
  const [data] = await next(there, "pong");
  stage.log("server", describeData(data));
  here.close();
  await closed(there, here);
});

differential("methods of a class of the application's own", async (stage) => {
  const log = (what: string, ...args: unknown[]): void =>
    stage.log(
      "own",
      what,
      ...args.map((arg) =>
        Buffer.isBuffer(arg) || typeof arg === "string" ? describeData(arg) : typeof arg,
      ),
    );
  class Own extends stage.client.WebSocket {
    override emit(event: string | symbol, ...args: unknown[]): boolean {
      if (["open", "message", "ping", "close"].includes(String(event))) log(`emit ${String(event)}`, ...args);
      return super.emit(event, ...args);
    }
    override pong(...args: Parameters<WebSocket["pong"]>): void {
      log("pong", ...args);
      super.pong(...args);
    }
    override close(code?: number, reason?: string | Buffer): void {
      log(`close in state ${this.readyState} with ${code}`, reason);
      super.close(code, reason);
    }
    override emitClose(): void {
      log(`emitClose in state ${this.readyState}`);
      super.emitClose();
    }
    override addEventListener(...args: Parameters<WebSocket["addEventListener"]>): void {
      log(`addEventListener ${args[0]}`);
      super.addEventListener(...args);
    }
  }
  for (const [code, reason] of [
    [1000, "over"],
    [undefined, undefined],
  ] as const) {
    const { wss, url } = await stage.serve();
    const connected = next(wss, "connection") as Promise<[WebSocket]>;
    const here = new Own(url);
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the attribute is what is tested
    here.onclose = ({ wasClean }) => log(`onclose ${wasClean}`);
    const [there] = await connected;
    there.ping("p");
    await next(there, "pong");
    there.close(code, reason);
    await closed(there, here);
  }
  const failed = new Own("ws://127.0.0.1:1");
  failed.on("error", () => {});
  await closed(failed);
});

differentialAlone(
  "a close of the application's own hears of violations, and of both sides' closing",
  async (stage) => {
    const { wss, port } = await stage.serve();
    const play = async (end: (client: RawClient, there: WebSocket) => void): Promise<void> => {
      const connected = next(wss, "connection") as Promise<[WebSocket]>;
      const client = await RawClient.open(stage.context, { port });
      const [there] = await connected;
      watch(stage, "server", there);
      const close = there.close.bind(there);
      there.close = (code, reason) => {
        stage.log("server", "close called", code, describeData(reason), there.readyState);
        close(code, reason);
      };
      end(client, there);
      for (const line of await client.rest()) stage.log("raw client", line);
      client.socket.end();
      await closed(there);
    };
    await play((client) => client.send({ opcode: 3 }));
    await play((client) => client.close(3000, "bye"));
    await play((client, there) => {
      there.close(1001);
      client.close(1001);
    });
  },
);

test("whatever a close of the application's own does, the peer's Close frame is answered", async (context) => {
  for (const close of [
    () => {},
    () => {
      throw new Error("on purpose");
    },
  ]) {
    const stage = new Stage(context, OURS, OURS);
    const { wss, port } = await stage.serve();
    const connected = next(wss, "connection") as Promise<[WebSocket]>;
    const client = await RawClient.open(context, { port });
    const [there] = await connected;
    const thrown: unknown[] = [];
    process.setUncaughtExceptionCaptureCallback((error) => thrown.push(error));
    there.close = close;
    client.close(3000, "bye");
    assert.deepEqual(await client.rest(), ['CLOSE 3000 "bye"', "FIN"]);
    process.setUncaughtExceptionCaptureCallback(null);
    client.socket.end();
    const [code] = await next(there, "close");
    assert.equal(code, 3000);
    assert.equal(thrown.length, close.length === 0 && String(close).includes("throw") ? 1 : 0);
  }
});

differentialAlone("readyState is looked at through the property", async (stage) => {
  const url = await serve(stage, (request, socket) => socket.write(answer(request)));
  const here = watch(stage, "client", stage.connect(url, { closeTimeout: 100 }));
  await next(here, "open");
  Object.defineProperty(here, "readyState", { configurable: true, value: 2 });
  await new Promise<void>((resolve) =>
    here.send("x", (error) => {
      stage.log("client", String(error));
      resolve();
    }),
  );
  here.close();
  Reflect.deleteProperty(here, "readyState");
  stage.log("client", here.readyState);
  here.terminate();
  await closed(here);
});

differential("attributes and methods can be redefined", async (stage) => {
  const { prototype } = stage.client.WebSocket;
  for (const name of Object.getOwnPropertyNames(prototype).sort()) {
    if (name.startsWith("_") || name === "wasClean") continue;
    const { configurable, enumerable, writable } = Object.getOwnPropertyDescriptor(prototype, name)!;
    stage.log("prototype", name, configurable, enumerable, writable);
  }
  const here = stage.connect("ws://127.0.0.1:1");
  here.on("error", () => {});
  const seen: unknown[] = [];
  Object.defineProperty(here, "onmessage", {
    configurable: true,
    set(handler) {
      seen.push(typeof handler);
    },
  });
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  here.onmessage = () => {};
  stage.log("client", seen);
  await closed(here);
});
