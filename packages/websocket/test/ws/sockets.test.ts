import assert from "node:assert/strict";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { test } from "node:test";

import { readMode } from "../../src/transport/static-read.js";
import type { WebSocket } from "../../src/ws/index.js";
import { certificate, readModeSettled } from "../support/live-server.js";
import { fromServer } from "../support/frames.js";
import { OURS, Stage, differential, differentialAlone } from "./support/differential.js";
import { answer, serve } from "./support/upgrades.js";
import { closed, describeData, next, watch } from "./support/watch.js";

// What applications do with the socket below a WebSocket.

differential("a listener of the socket from the first moment gets all that comes", async (stage) => {
  const { wss, url } = await stage.serve();
  const seen = new Map<string, Buffer[]>();
  const listen = (actor: string, websocket: WebSocket): void => {
    const chunks: Buffer[] = [];
    seen.set(actor, chunks);
    websocket._socket?.on("data", (chunk: Buffer) => chunks.push(Buffer.from(chunk)));
  };
  wss.on("connection", (there) => {
    listen("server", there);
    watch(stage, "server", there);
    // In one segment with the end of the opening handshake, mostly.
    there.send("hello");
  });
  const connected = next(wss, "connection") as Promise<[WebSocket]>;
  const here = watch(stage, "client", stage.connect(url, [], { perMessageDeflate: false }));
  here.on("open", () => listen("client", here));
  here.on("message", () => {
    here.send("octets from the client", { binary: true });
    here.close(1000);
  });
  const [there] = await connected;
  await closed(here, there);
  stage.log("client", "socket", Buffer.concat(seen.get("client") ?? []).toString("hex"));
  // Two frames, each masked with another key.
  stage.log("server", "socket", Buffer.concat(seen.get("server") ?? []).length);
});

differential(
  "the WebSocket reads before those who listen, and behind those who push in front of it",
  async (stage) => {
    const { there, here } = await stage.pair({}, { perMessageDeflate: false }, (there) => {
      there.on("message", () => stage.log("server", "message"));
      there._socket?.once("data", () => stage.log("server", "behind"));
      there._socket?.prependOnceListener("data", () => stage.log("server", "before"));
    });
    here.send("x");
    await next(there, "message");
    here.terminate();
    await closed(there, here);
  },
);

differential("a later listener gets what comes later", async (stage) => {
  const { there, here } = await stage.pair({}, { perMessageDeflate: false }, (there) =>
    there.on("message", (data, binary) => there.send(data, { binary })),
  );
  watch(stage, "client", here);
  here.send("before");
  await next(here, "message");
  let count = 0;
  const listener = (chunk: Buffer): void => {
    count += chunk.length;
  };
  here._socket?.on("data", listener);
  for (const length of [10, 20_000, 300_000]) {
    here.send("x".repeat(length));
    await next(here, "message");
    stage.log("client", "socket", count);
  }
  here._socket?.removeListener("data", listener);
  here.send("behind");
  await next(here, "message");
  stage.log("client", "socket", count);
  here.pause();
  stage.log("client", "paused", (here._socket as Duplex).isPaused());
  here.resume();
  stage.log("client", "paused", (here._socket as Duplex).isPaused());
  here.close(1000);
  await closed(there, here);
});

test("a listener keeps the octets that it got, masked as they came", async (context) => {
  const stage = new Stage(context, OURS, OURS);
  const { there, here } = await stage.pair(
    {},
    { generateMask: (mask) => mask.fill(1), perMessageDeflate: false },
  );
  const chunks: Buffer[] = [];
  there._socket?.on("data", (chunk: Buffer) => chunks.push(chunk));
  for (const payload of ["ab", "cd"]) {
    here.send(payload);
    const [data] = await next(there, "message");
    assert.equal(String(data), payload);
  }
  assert.equal(Buffer.concat(chunks).toString("hex"), "81820101010160638182010101016265");
  here.close();
  await closed(there, here);
});

test("the static read stays as it is until there is a listener, also over TLS", async (context) => {
  await readModeSettled();
  const { cert, key } = await certificate();
  const https = createHttps({ cert, key });
  const wss = new OURS.WebSocketServer({ server: https });
  https.listen(0, "127.0.0.1");
  context.after(() => {
    for (const websocket of wss.clients) websocket.terminate();
    https.close();
  });
  await next(https, "listening");
  const connected = next(wss, "connection") as Promise<[WebSocket]>;
  const here = new OURS.WebSocket(`wss://localhost:${(https.address() as AddressInfo).port}`, {
    ca: cert,
    perMessageDeflate: false,
  });
  const [there] = await connected;
  const socket = there._socket as Duplex;
  let chunks = 0;
  const push = socket.push.bind(socket);
  socket.push = (chunk: unknown) => {
    if (chunk !== null) chunks++;
    return push(chunk);
  };
  await next(here, "open");
  here.send("x");
  await next(there, "message");
  // Where Node's internals are not used, everything goes through the stream.
  const before = readMode("tls") === "static" ? 0 : 1;
  assert.equal(chunks, before);
  socket.on("data", () => {});
  here.send("y");
  await next(there, "message");
  assert.equal(chunks, before + 1);
  here.close();
  await closed(there, here);
});

differential("what something else puts into the socket comes out of the WebSocket", async (stage) => {
  const { there, here } = await stage.pair({}, { perMessageDeflate: false });
  watch(stage, "client", here);
  there.send("before");
  await next(here, "message");
  // Memory that is put in is not used again.
  (here._socket as Duplex).push(Buffer.from(fromServer({ opcode: 1, payload: "put in" })));
  (here._socket as Duplex).emit("data", Buffer.from(fromServer({ opcode: 1, payload: "told" })));
  there.send("behind");
  await next(here, "message");
  here.close(1000);
  await closed(there, here);
});

differential("pause shows at the socket at once", async (stage) => {
  const { wss, url } = await stage.serve();
  const paused = (websocket: WebSocket): string => {
    const states = [];
    for (const change of ["", "pause", "resume", "pause", "pause", "resume"] as const) {
      if (change !== "") websocket[change]();
      states.push(websocket.isPaused, (websocket._socket as Duplex).isPaused());
    }
    return states.join(" ");
  };
  wss.on("connection", (there) => {
    stage.log("server", paused(there));
    watch(stage, "server", there);
    there.on("message", (data) => {
      stage.log("server", paused(there));
      there.send(data);
    });
  });
  const connected = next(wss, "connection") as Promise<[WebSocket]>;
  const here = watch(stage, "client", stage.connect(url));
  here.on("open", () => {
    stage.log("client", paused(here));
    here.send("x");
  });
  here.on("message", () => here.close(1000));
  const [there] = await connected;
  await closed(here, there);
});

differential("what is paused in the first moment comes when it goes on", async (stage) => {
  const url = await serve(stage, (request, socket) => {
    socket.write(Buffer.concat([Buffer.from(answer(request)), fromServer({ opcode: 1, payload: "early" })]));
    socket.on("data", () => {}).on("end", () => socket.end());
  });
  for (const listens of [false, true]) {
    const here = watch(stage, "client", stage.connect(url, { closeTimeout: 100 }));
    here.on("open", () => {
      here.pause();
      if (listens) here._socket?.on("data", (chunk: Buffer) => stage.log("client", describeData(chunk)));
      setImmediate(() => {
        stage.log("client", "goes on");
        here.resume();
      });
    });
    await next(here, "message");
    here.terminate();
    await closed(here);
  }
});

differential("callbacks of what can no longer be sent find the state CLOSING", async (stage) => {
  const { there, here } = await stage.pair({}, { perMessageDeflate: false });
  watch(stage, "client", here);
  there.pause();
  // More than the system takes.
  for (let at = 0; at < 64; at++)
    here.send(Buffer.alloc(1024 * 1024), at === 63 ? note(stage, "large", here) : undefined);
  here.send("behind", note(stage, "small", here));
  here.terminate();
  there.resume();
  await closed(there, here);
});

differentialAlone("callbacks behind a Blob, too", async (stage) => {
  const { there, here } = await stage.pair({}, { perMessageDeflate: false });
  watch(stage, "client", here);
  here.send(new Blob(["octets"]), note(stage, "blob", here));
  here.send("behind", note(stage, "text", here));
  here.terminate();
  await closed(there, here);
});

differential("callbacks of what was sent before an end in the first moment", async (stage) => {
  const { url } = await stage.serve();
  const here = watch(stage, "client", stage.connect(url, { perMessageDeflate: false }));
  here.on("open", () => {
    here.send("x", note(stage, "text", here));
    here.terminate();
  });
  await closed(here);
});

function note(stage: Stage, what: string, websocket: WebSocket): (error?: Error) => void {
  // The error is Node's: which one depends on its version, and on whether the system had the octets already.
  return (error) => stage.log("client", what, error instanceof Error, websocket.readyState);
}
