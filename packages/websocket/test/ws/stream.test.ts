import { differential } from "./support/differential.js";
import type { Stage } from "./support/differential.js";
import { closed, describeData, describeError, next, watch } from "./support/watch.js";
import type { Duplex } from "node:stream";
import { finished } from "node:stream/promises";

function watchStream(stage: Stage, actor: string, duplex: Duplex): Duplex {
  for (const event of ["end", "finish", "close"]) duplex.on(event, () => stage.log(actor, event));
  duplex.on("error", (error) => stage.log(actor, "error", describeError(error)));
  duplex.on("data", (data) => stage.log(actor, "data", describeData(data)));
  return duplex;
}

differential("a stream is written, read and ended", async (stage) => {
  for (const options of [
    {},
    { readableObjectMode: true },
    { decodeStrings: false, encoding: "utf8" as const },
  ]) {
    const { wss, url } = await stage.serve();
    wss.on("connection", (there) => {
      watch(stage, "server", there);
      there.on("message", (data, binary) => there.send(data, { binary }));
    });
    const here = stage.connect(url);
    const duplex = watchStream(stage, "stream", stage.client.createWebSocketStream(here, options));
    // Before the connection is open.
    duplex.write("first");
    duplex.write(Buffer.from("second"));
    await next(duplex, "data");
    if (duplex.listenerCount("data") > 0) stage.log("stream", duplex.writableLength);
    duplex.end("last");
    await next(duplex, "close");
    await closed(here);
  }
});

differential("the other side closes", async (stage) => {
  for (const how of ["close", "terminate"] as const) {
    const { there, here } = await stage.pair();
    const duplex = watchStream(stage, "stream", stage.client.createWebSocketStream(here));
    there.send("bye");
    await next(duplex, "data");
    there[how]();
    await next(duplex, "end");
    duplex.end();
    await next(duplex, "close");
    await closed(there, here);
  }
});

differential("a stream is destroyed", async (stage) => {
  for (const error of [undefined, new Error("own reason")]) {
    const { there, here } = await stage.pair({}, {}, (there) => watch(stage, "server", there));
    const duplex = watchStream(stage, "stream", stage.client.createWebSocketStream(here));
    duplex.destroy(error);
    await next(duplex, "close");
    await closed(there, here);
  }
});

differential("an error of the WebSocket is one of the stream", async (stage) => {
  const failing = stage.connect("ws://127.0.0.1:1");
  const duplex = watchStream(stage, "stream", stage.client.createWebSocketStream(failing));
  await next(duplex, "close");
  const { there, here } = await stage.pair({}, { maxPayload: 4 }, (there) => watch(stage, "server", there));
  const other = watchStream(stage, "stream", stage.client.createWebSocketStream(here));
  there.on("error", () => {});
  there.send("too long");
  await next(other, "close");
  await closed(there, here);
});

differential("a reader that does not read stops the peer", async (stage) => {
  const { there, here } = await stage.pair({ perMessageDeflate: false });
  const duplex = stage.client.createWebSocketStream(here, { highWaterMark: 1000 });
  for (let at = 0; at < 10; at++) there.send(Buffer.alloc(400, at));
  // Who takes them all answers the Ping behind them.
  const pongs: Buffer[] = [];
  there.once("pong", (payload) => pongs.push(payload));
  there.ping();
  while (!here.isPaused && pongs.length === 0) await new Promise(setImmediate);
  stage.log("stream", "paused", here.isPaused);
  let octets = 0;
  duplex.on("data", (chunk: Buffer) => (octets += chunk.length));
  there.close();
  await finished(duplex, { writable: false });
  stage.log("stream", octets);
  await closed(there, here);
});
