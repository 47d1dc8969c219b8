import assert from "node:assert/strict";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";

import { Opcode } from "../../src/protocol/opcode.js";
import type { ServerOptions, VerifyClientInfo, WebSocket, WebSocketServer } from "../../src/ws/index.js";
import { RawClient } from "../support/raw-client.js";
import type { FrameShape } from "../support/frames.js";
import type { RequestChanges } from "../support/raw-client.js";
import { ORIGINAL, OURS, Stage } from "./support/differential.js";
import { testOptions } from "./support/option-table.js";
import type { OptionRow } from "./support/option-table.js";
import { describeData, describeError, next } from "./support/watch.js";

// Every option that a server of ws has, with what it changes: the trace is that of ws, and another one without it.

const { Text, Binary, Continuation, Ping } = Opcode;

type Options = ServerOptions & Record<string, unknown>;
type Play = OptionRow<Options>["play"];

/** A server of the stage; on a free port unless the options say otherwise. */
async function listening(stage: Stage, options: Options): Promise<{ wss: WebSocketServer; port: number }> {
  const isElsewhere = "server" in options || "noServer" in options;
  const own = http.createServer((_request, response) => response.end("page"));
  const where = "server" in options ? { server: own } : isElsewhere ? {} : { port: 0, host: "127.0.0.1" };
  const wss = new stage.server.WebSocketServer({
    ...where,
    ...options,
    ...("server" in options ? { server: own } : {}),
  });
  stage.context.after(() => {
    for (const websocket of wss.clients ?? []) websocket.terminate();
    wss.close();
    own.close();
  });
  if (isElsewhere) own.listen(0, "127.0.0.1");
  const server = isElsewhere ? own : wss;
  await next(server, "listening");
  return { wss, port: (server.address() as AddressInfo).port };
}

/** What a client that sends these frames gets, and what is emitted to the application. */
function told(frames: readonly FrameShape[], changes: RequestChanges = {}): Play {
  return async (stage, options) => {
    const { wss, port } = await listening(stage, options);
    const over = new Promise<void>((resolve) => {
      wss.on("connection", (there) => {
        stage.log("server", there.protocol, there.extensions, there.constructor.name, wss.clients?.size);
        there.on("error", (error) => stage.log("server", describeError(error)));
        there.on("message", (data, isBinary) => {
          stage.log("server", describeData(data), isBinary);
          setImmediate(() => stage.log("server", "the next turn"));
        });
        there.on("close", () => resolve());
      });
    });
    const client = await RawClient.open(stage.context, { port }, changes);
    client.send(...frames);
    client.close(1000);
    for (const line of await client.rest()) stage.log("client", line);
    client.socket.end();
    await over;
  };
}

/** What a client is answered. */
function answered(changes: RequestChanges): Play {
  return async (stage, options) => {
    const { port } = await listening(stage, options);
    const client = await RawClient.connect(stage.context, { port });
    const { status, headers, body } = await client.ask(changes);
    const [protocol, extensions] = ["sec-websocket-protocol", "sec-websocket-extensions"].map((it) =>
      headers.get(it),
    );
    stage.log("client", status, protocol, extensions?.split("; ").sort().join("; "), body);
    client.socket.destroy();
  };
}

/** What a message of the server is on the wire. */
const sent: Play = async (stage, options) => {
  const { wss, port } = await listening(stage, options);
  wss.on("connection", (there) => there.send("x".repeat(1000)));
  const headers = { "Sec-WebSocket-Extensions": "permessage-deflate; server_no_context_takeover" };
  const client = await RawClient.open(stage.context, { port }, { headers });
  const { rsv, payload } = await client.frame();
  stage.log("client", rsv, payload.length < 1000);
  client.socket.destroy();
};

/** A client that does not answer a Close frame; it goes away by itself after a second. */
const silent: Play = async (stage, options) => {
  const { wss, port } = await listening(stage, options);
  const over = new Promise<void>((resolve) => {
    wss.on("connection", (there: WebSocket) => {
      there.close(1000);
      there.on("close", (code) => {
        stage.log("server", code);
        resolve();
      });
    });
  });
  const client = await RawClient.open(stage.context, { port });
  const timer = setTimeout(() => {
    stage.log("client", "has gone");
    client.socket.destroy();
  }, 1000);
  await over;
  clearTimeout(timer);
  client.socket.destroy();
};

/** What the HTTP server is asked to listen to. */
const asked: Play = async (stage, options) => {
  const { createServer } = http;
  http.createServer = (() => ({
    listen: (...args: unknown[]) => stage.log("server", ...args.slice(0, 3).map(String)),
    on: () => {},
    removeListener: () => {},
    close: () => {},
  })) as never;
  try {
    const given: Options = { port: 4711, ...options };
    stage.log("server", typeof new stage.server.WebSocketServer(given).clients);
  } finally {
    http.createServer = createServer;
  }
};

const NAMES = { headers: { "Sec-WebSocket-Protocol": "a, b" } };
const OFFER = (parameters: string): RequestChanges => ({
  headers: { "Sec-WebSocket-Extensions": `permessage-deflate${parameters}` },
});
/** What the drop-in says unasked; see docs/ws-compat.md. */
const NO_TAKEOVER = { serverNoContextTakeover: true };

const ROWS: Readonly<Record<string, OptionRow<Options>>> = {
  allowSynchronousEvents: {
    value: false,
    play: told([
      { opcode: Text, payload: "a" },
      { opcode: Text, payload: "b" },
    ]),
  },
  autoPong: { value: false, play: told([{ opcode: Ping, payload: "p" }]) },
  backlog: { value: 7, play: asked },
  clientTracking: { value: false, play: told([]) },
  closeTimeout: { value: 50, play: silent },
  handleProtocols: { value: (names: Set<string>) => [...names].at(-1)!, play: answered(NAMES) },
  host: { value: "name.example", play: asked },
  maxFragments: {
    value: 1,
    play: told([
      { opcode: Text, fin: false, payload: "a" },
      { opcode: Continuation, payload: "b" },
    ]),
  },
  maxPayload: { value: 3, play: told([{ opcode: Binary, payload: "four" }]) },
  noServer: {
    value: true,
    play: async (stage, options) => {
      const wss = new stage.server.WebSocketServer({
        ...(options["noServer"] === true ? {} : { port: 0 }),
        ...options,
      });
      stage.attempt("server", "address", () => typeof wss.address());
      wss.close();
      await next(wss, "close");
    },
  },
  path: { value: "/other", play: answered({}) },
  perMessageDeflate: { value: true, play: answered(OFFER("; server_no_context_takeover")) },
  port: { value: 4712, play: asked },
  server: {
    value: true,
    play: async (stage, options) => {
      const { port } = await listening(stage, options);
      const response = await fetch(`http://127.0.0.1:${port}`);
      stage.log("client", response.status, await response.text());
    },
  },
  skipUTF8Validation: { value: true, play: told([{ opcode: Text, payload: Uint8Array.of(0xff) }]) },
  verifyClient: { value: ({ secure }: VerifyClientInfo) => secure, play: answered({}) },
  WebSocket: {
    value: "a class of its own",
    play: async (stage, options) => {
      class Own extends stage.server.WebSocket {}
      const given = options["WebSocket"] === undefined ? {} : { WebSocket: Own };
      await told([])(stage, given);
    },
  },
  "perMessageDeflate.serverNoContextTakeover": {
    value: false,
    play: answered(OFFER("; server_no_context_takeover")),
    besides: { perMessageDeflate: {} },
  },
  "perMessageDeflate.clientNoContextTakeover": {
    value: true,
    play: answered(OFFER("")),
    besides: { perMessageDeflate: NO_TAKEOVER },
  },
  "perMessageDeflate.serverMaxWindowBits": {
    value: 10,
    play: answered(OFFER("")),
    besides: { perMessageDeflate: NO_TAKEOVER },
  },
  "perMessageDeflate.clientMaxWindowBits": {
    value: 10,
    play: answered(OFFER("; client_max_window_bits")),
    besides: { perMessageDeflate: NO_TAKEOVER },
  },
  "perMessageDeflate.threshold": {
    value: 5000,
    play: sent,
    besides: { perMessageDeflate: { threshold: 0 } },
  },
  "perMessageDeflate.zlibDeflateOptions": {
    value: { level: 0 },
    play: sent,
    besides: { perMessageDeflate: { threshold: 0 } },
  },
};

/** What the documentation of ws has. */
const DOCUMENTED = `
  allowSynchronousEvents autoPong backlog clientTracking closeTimeout handleProtocols host maxBufferedChunks maxFragments
  maxPayload maxPendingAutoPongs noServer path perMessageDeflate port server skipUTF8Validation verifyClient WebSocket
  perMessageDeflate.serverNoContextTakeover perMessageDeflate.clientNoContextTakeover
  perMessageDeflate.serverMaxWindowBits perMessageDeflate.clientMaxWindowBits perMessageDeflate.zlibDeflateOptions
  perMessageDeflate.zlibInflateOptions perMessageDeflate.threshold perMessageDeflate.concurrencyLimit`;

testOptions(ROWS, DOCUMENTED);

test("options that are on or off may be anything, and limits may be written as text", async (context) => {
  for (const api of [ORIGINAL, OURS]) {
    const stage = new Stage(context, api, api);
    const { wss, port } = await listening(stage, {
      perMessageDeflate: null,
      autoPong: 0,
      clientTracking: 1,
      maxPayload: "3",
    } as unknown as Options);
    assert.equal(wss.clients.size, 0);
    const connected = next(wss, "connection") as Promise<[WebSocket]>;
    const client = await RawClient.open(context, { port }, OFFER(""));
    const [there] = await connected;
    assert.equal(there.extensions, "");
    const failed = next(there, "error");
    client.send({ opcode: Ping, payload: "p" }, { opcode: Binary, payload: "four" });
    assert.equal(((await failed)[0] as Error).message, "Max payload size exceeded");
    assert.deepEqual((await client.rest())[0], 'CLOSE 1009 ""');
  }
});
