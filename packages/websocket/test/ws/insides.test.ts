import type { IncomingMessage } from "node:http";
import { Duplex } from "node:stream";

import type { WebSocket } from "../../src/ws/index.js";
import { fromClient, fromServer } from "../support/frames.js";
import { differential, differentialAlone } from "./support/differential.js";
import type { Api } from "./support/differential.js";
import { closed, describeData, describeError, next, watch } from "./support/watch.js";

const SHAPES = [
  { opcode: 1, fin: true },
  { opcode: 2, fin: false, rsv1: true },
  { opcode: 9, fin: true, readOnly: true },
];

differentialAlone("Sender.frame", async (stage) => {
  const { Sender } = stage.server;
  for (const shape of SHAPES) {
    for (const length of [0, 3, 125, 126, 65_535, 65_536]) {
      const list = Sender.frame(Buffer.alloc(length, 1), { ...shape, mask: false });
      stage.log("frame", list.length, list[0]?.toString("hex"), list[1]?.length);
      const masked = Buffer.concat(
        Sender.frame(Buffer.alloc(length, 1), {
          ...shape,
          mask: true,
          generateMask: (key) => key.set([1, 2, 3, 4]),
        }),
      );
      stage.log("frame", masked.length, masked.subarray(0, 24).toString("hex"));
    }
  }
  stage.log("frame", Buffer.concat(Sender.frame("text", { opcode: 1, fin: true })).toString("hex"));
});

differential("frames that were made once go to several connections, in order", async (stage) => {
  const { wss, url } = await stage.serve();
  const sender = stage.server.Sender;
  const options = { readOnly: false, mask: false, rsv1: false, opcode: 1, fin: true };
  const frame = sender.frame(Buffer.from("4made once"), options);
  const clients = [1, 2, 3].map((at) => watch(stage, `client ${at}`, stage.connect(url)));
  wss.on("connection", (there) => {
    there.send("before");
    there._sender?.sendFrame(frame, (error) => stage.log("server", "sent", describeError(error)));
    there.send("behind");
    there.close();
  });
  await closed(...clients);
});

differentialAlone("a Receiver and a Sender over a stream", async (stage) => {
  const { Receiver, Sender, PerMessageDeflate } = stage.server;
  for (const isCompressed of [false, true]) {
    const deflates = [true, false].map((isServer) => {
      const deflate = new PerMessageDeflate({ isServer, threshold: 0 });
      deflate.accept([{}]);
      return { "permessage-deflate": deflate };
    });
    const extensions = isCompressed ? deflates : [{}, {}];
    const receiver = new Receiver({ isServer: true, maxPayload: 100, extensions: extensions[0] });
    for (const event of ["message", "ping", "pong"] as const)
      receiver.on(event, (data: unknown, isBinary?: boolean) =>
        stage.log("receiver", event, describeData(data), isBinary),
      );
    receiver.on("conclude", (code: number, reason: Buffer) =>
      stage.log("receiver", code, describeData(reason)),
    );
    const wire = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        receiver.write(chunk);
        done();
      },
    });
    const sender = new Sender(wire, extensions[1]);
    const options = { fin: true, mask: true, compress: isCompressed };
    sender.send("text", { ...options, binary: false });
    sender.send(Buffer.from("octets"), { ...options, binary: true });
    sender.ping("ping", true);
    sender.send("a", { ...options, binary: false, fin: false });
    sender.send("b", options);
    await new Promise<void>((resolve) => sender.pong("pong", true, () => resolve()));
    sender.close(1000, "over", true);
    await next(receiver, "finish");
  }
  const strict = new Receiver({ isServer: true });
  strict.write(Buffer.from([0x81, 0x01, 0x78]));
  const [error] = await next(strict, "error");
  stage.log("receiver", describeError(error));
});

differentialAlone("PerMessageDeflate", async (stage) => {
  const { PerMessageDeflate } = stage.server;
  stage.log("deflate", PerMessageDeflate.extensionName);
  for (const options of [
    {},
    { clientMaxWindowBits: 10, serverMaxWindowBits: 9, serverNoContextTakeover: true },
    { clientMaxWindowBits: false, clientNoContextTakeover: true },
  ])
    stage.log("deflate", JSON.stringify(new PerMessageDeflate(options).offer()));
  const servers = [
    {},
    { serverNoContextTakeover: false },
    { serverMaxWindowBits: 10 },
    { clientMaxWindowBits: 12 },
    { serverMaxWindowBits: false },
  ];
  const offers = [
    {},
    { server_no_context_takeover: [true as const] },
    { server_max_window_bits: ["9"] },
    { server_max_window_bits: ["15"], client_max_window_bits: [true as const] },
    { client_max_window_bits: ["11"] },
    { client_max_window_bits: ["14"], client_no_context_takeover: [true as const] },
  ];
  for (const given of servers) {
    // What is agreed on unless the application says otherwise is another matter: see docs/ws-compat.md.
    const options = { serverNoContextTakeover: true, ...given, isServer: true };
    for (const offer of offers) {
      const what = `${JSON.stringify(options)} ${JSON.stringify(offer)}`;
      stage.attempt("deflate", what, () =>
        sorted(new PerMessageDeflate(options).accept([structuredClone(offer)])),
      );
    }
  }
  const [one, two] = [new PerMessageDeflate({ isServer: true }), new PerMessageDeflate({})];
  one.accept([{}]);
  two.accept([{}]);
  for (const text of ["first", "", "the second one"]) {
    const packed = await new Promise<Buffer>((resolve) =>
      one.compress(text, true, (_error, data) => resolve(data!)),
    );
    const unpacked = await new Promise<Buffer>((resolve) =>
      two.decompress(packed, true, (_error, data) => resolve(data!)),
    );
    stage.log("deflate", String(unpacked));
  }
  one.cleanup();
  two.cleanup();
});

function sorted(params: object): string {
  return JSON.stringify(Object.entries(params).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

differentialAlone("extension and subprotocol", async (stage) => {
  const { extension, subprotocol } = stage.server;
  for (const header of ["a", "a; b", 'a; b=1; b=2, c; d="e"', "a, a; x", "__proto__; constructor=1"])
    stage.log(
      "extension",
      JSON.stringify(extension.parse(header)),
      extension.format(extension.parse(header)),
    );
  for (const header of ["", "a;", "a b", "a; b=", 'a; b="', "ü"]) {
    try {
      extension.parse(header);
    } catch (error) {
      stage.log("extension", header, (error as Error).name);
    }
  }
  stage.log("extension", extension.format({ a: { b: true, c: [1, "x"] }, d: [{}, { e: "f" }] }));
  stage.log("subprotocol", [...subprotocol.parse("b, a ,c")]);
  for (const header of ["", "a,", "a a", "a, a"]) {
    try {
      subprotocol.parse(header);
    } catch (error) {
      stage.log("subprotocol", header, (error as Error).name);
    }
  }
});

differentialAlone("what is exported, and the class with everything on it", async (stage) => {
  const { WebSocket, WebSocketServer } = stage.server;
  const names = [
    "Server",
    "WebSocketServer",
    "WebSocket",
    "createWebSocketStream",
    "Sender",
    "Receiver",
    "PerMessageDeflate",
    "extension",
    "subprotocol",
  ] as const;
  for (const name of names)
    stage.log(
      "exports",
      name,
      typeof WebSocket[name],
      name === "Server" || stage.server[name] === WebSocket[name],
    );
  stage.log("exports", WebSocket.Server === WebSocketServer);
  stage.log("exports", WebSocket.name, WebSocketServer.name, WebSocket.length >= 0);
  stage.log("exports", WebSocket.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING, WebSocket.CLOSED);
  const { prototype } = WebSocket;
  for (const name of Object.keys(prototype).sort()) stage.log("prototype", name);
});

differential("the insides that applications reach for", async (stage) => {
  const { there, here } = await stage.pair({ perMessageDeflate: true });
  for (const [actor, websocket] of [
    ["server", there],
    ["client", here],
  ] as const) {
    const { _socket: socket, _isServer: isServer, _protocol: protocol, _readyState: state } = websocket;
    stage.log(
      actor,
      isServer,
      JSON.stringify(protocol),
      state,
      socket?.constructor.name,
      typeof (socket as { remoteAddress?: string }).remoteAddress,
    );
    stage.log(
      actor,
      Object.keys(websocket._extensions),
      typeof websocket._sender?.sendFrame,
      websocket.bufferedAmount,
    );
  }
  here.send("x", { compress: false });
  stage.log("client", "buffered", here.bufferedAmount);
  const waiting = stage.connect("ws://127.0.0.1:1");
  stage.log("client", waiting._socket, waiting._sender, typeof waiting._req);
  waiting.on("error", () => {});
  await closed(waiting);
  here.close();
  await closed(there, here);
  stage.log("client", here._socket === null, here._socket?.destroyed);
});

/** Two ends of a wire that is no socket. */
function wire(): [Duplex, Duplex] {
  const ends: Duplex[] = [];
  for (const at of [0, 1])
    ends.push(
      new Duplex({
        read() {},
        write(chunk, _encoding, done) {
          setImmediate(() => ends[1 - at]!.push(chunk));
          done();
        },
        final(done) {
          setImmediate(() => ends[1 - at]!.push(null));
          done();
        },
      }),
    );
  return ends as [Duplex, Duplex];
}

differential("setSocket over a wire that is no socket", async (stage) => {
  const [left, right] = wire();
  const open = (api: Api, actor: string, isServer: boolean, socket: Duplex): WebSocket => {
    const websocket = watch(
      stage,
      actor,
      new api.WebSocket(null, undefined, { autoPong: true, closeTimeout: 1000 }),
    );
    websocket._isServer = isServer;
    websocket.setSocket(socket, Buffer.alloc(0), { maxPayload: 0 });
    return websocket;
  };
  const there = open(stage.server, "server", true, left);
  const here = open(stage.client, "client", false, right);
  here.send("over a wire");
  await next(there, "message");
  there.send(Buffer.alloc(100_000));
  await next(here, "message");
  here.close(1000, "done");
  await closed(there, here);
});

differential("setSocket over a wire that flows already", async (stage) => {
  const [left, right] = wire();
  const there = new stage.server.WebSocket(null, undefined, { autoPong: true, closeTimeout: 1000 });
  there.setSocket(left, Buffer.alloc(0), { maxPayload: 0 });
  const here = watch(
    stage,
    "client",
    new stage.client.WebSocket(null, undefined, { autoPong: true, closeTimeout: 1000 }),
  );
  here._isServer = false;
  const drop = (): void => {};
  right.on("data", drop);
  here.on("open", () => right.off("data", drop));
  here.setSocket(right, Buffer.alloc(0), { maxPayload: 0 });
  // Both are there in the same turn of the event loop.
  right.push(fromServer({ opcode: 1, payload: "at once" }));
  await next(here, "message");
  here.close(1000, "done");
  await closed(there, here);
});

differential("a request that the application has made by itself", async (stage) => {
  const wss = new stage.server.WebSocketServer({ noServer: true });
  const ask = async (headers: object): Promise<void> => {
    const [left, right] = wire();
    const request = { method: "GET", url: "/", httpVersion: "1.1", headers };
    wss.handleUpgrade(request as IncomingMessage, left, Buffer.alloc(0), (there) => there.terminate());
    const [answer] = (await next(right, "data")) as [Buffer];
    stage.log("client", String(answer).split("\r\n")[0]);
  };
  const upgrade = { connection: "upgrade", upgrade: "websocket", "sec-websocket-version": 13 };
  await ask({ ...upgrade, "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==", "set-cookie": undefined });
  await ask(upgrade);
});

differentialAlone("a message that was put off comes before the end", async (stage) => {
  const [left, right] = wire();
  const there = watch(stage, "server", new stage.server.WebSocket(null, undefined, { closeTimeout: 1000 }));
  there._isServer = true;
  there.setSocket(left, Buffer.alloc(0), { maxPayload: 0, allowSynchronousEvents: false });
  left.on("data", () => left.destroy());
  right.write(fromClient({ opcode: 1, payload: "put off" }));
  await closed(there);
});

differential("a message behind the opening handshake waits for its listener", async (stage) => {
  const { wss, url } = await stage.serve();
  wss.on("connection", (there) => there.send("at once"));
  const here = stage.connect(url);
  here.on("open", () => watch(stage, "client", here));
  await next(here, "message");
  here.terminate();
  await closed(here);
});
