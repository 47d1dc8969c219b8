import { Blob } from "node:buffer";

import type { WebSocket } from "../../src/ws/index.js";
import { differential } from "./support/differential.js";
import type { Stage } from "./support/differential.js";
import { closed, describeError, next, watch } from "./support/watch.js";

/** Sends everything back, as it came. */
function echo(websocket: WebSocket): void {
  websocket.on("message", (data, binary) => websocket.send(data, { binary }));
}

/** A pair whose server echoes; both are watched. */
async function echoing(stage: Stage, ...[server, client]: Parameters<Stage["pair"]>): Promise<WebSocket> {
  const { here } = await stage.pair(server, client, (there, here) => {
    watch(stage, "server", there);
    watch(stage, "client", here);
    echo(there);
  });
  return here;
}

differential("texts and octets go there and back", async (stage) => {
  const here = await echoing(stage);
  for (const data of [
    "",
    "hello",
    "grüße €🙂",
    Buffer.from([1, 2, 3]),
    new Uint8Array(0),
    "x".repeat(100_000),
  ]) {
    here.send(data);
    await next(here, "message");
  }
  here.close(1000, "bye");
  await closed(here);
});

differential("all that can be sent", async (stage) => {
  const here = await echoing(stage);
  const all = [
    1.5,
    new Uint16Array([258, 772]),
    new DataView(new ArrayBuffer(4), 1, 2),
    new Uint8Array([7, 8]).buffer,
    [1, 2, 3],
    undefined,
    null,
    new Blob(["a blob"]),
  ];
  for (const data of all) {
    here.send(data);
    await next(here, "message");
  }
  here.send("as octets", { binary: true });
  await next(here, "message");
  here.send(Buffer.from("as text"), { binary: false });
  await next(here, "message");
  stage.attempt("client", "send an object", () => here.send({} as never));
  here.close();
  await closed(here);
});

differential("binaryType", async (stage) => {
  const here = await echoing(stage, { perMessageDeflate: false });
  for (const type of ["arraybuffer", "blob", "fragments", "nonsense", "nodebuffer"] as const) {
    here.binaryType = type as "blob";
    stage.log("client", "type", here.binaryType);
    for (const data of [Buffer.from("octets"), "text", Buffer.alloc(0)]) {
      here.send(data);
      await next(here, "message");
    }
  }
  here.terminate();
  await closed(here);
});

differential("fragments", async (stage) => {
  const here = await echoing(stage);
  here.send("one ", { fin: false });
  here.ping("between");
  here.send(Buffer.from("two "), { fin: false });
  here.send("three");
  await next(here, "message");
  here.send(Buffer.from("a"), { fin: false });
  here.send(Buffer.from("b"), { fin: true });
  await next(here, "message");
  here.close(4000);
  await closed(here);
});

differential("callbacks come in order, and later", async (stage) => {
  const here = await echoing(stage);
  const done = new Promise<void>((resolve) => {
    here.send("first", (error) => stage.log("callbacks", "first", describeError(error)));
    here.send("second", {}, (error) => stage.log("callbacks", "second", describeError(error)));
    here.ping("p", undefined, (error) => stage.log("callbacks", "ping", describeError(error)));
    here.ping((error?: Error) => stage.log("callbacks", "empty ping", describeError(error)));
    here.pong("p", true, (error) => {
      stage.log("callbacks", "pong", describeError(error));
      resolve();
    });
    stage.log("callbacks", "nothing yet");
  });
  await done;
  here.close();
  here.send("too late", (error) => stage.log("callbacks", "late", describeError(error)));
  here.ping("too late", undefined, (error) => stage.log("callbacks", "late ping", describeError(error)));
  stage.log("client", "buffered", here.bufferedAmount >= 16);
  await closed(here);
  here.send("after the end", (error) => stage.log("callbacks", "after", describeError(error)));
  await new Promise((resolve) => setImmediate(resolve));
});

differential("memory is the application's again when the system has taken the octets", async (stage) => {
  const { there, here } = await stage.pair();
  for (const size of [100, 20_000]) {
    for (const [actor, from, to] of [
      ["client", there, here],
      ["server", here, there],
    ] as const) {
      const data = Buffer.alloc(size, "a");
      from.send(data);
      data.fill("b");
      const [received] = await next(to, "message");
      stage.log(actor, (received as Buffer).equals(Buffer.alloc(size, "a")));
    }
  }
  here.terminate();
  await closed(there, here);
});

differential("a Blob keeps its place", async (stage) => {
  const here = await echoing(stage);
  here.send("before");
  here.send(new Blob(["blob"]), (error) => stage.log("callbacks", "blob", describeError(error)));
  here.send("behind", (error) => stage.log("callbacks", "behind", describeError(error)));
  here.ping("ping behind");
  stage.log("client", "buffered", here.bufferedAmount);
  here.close(1000, "last");
  await closed(here);
});

differential("several messages in one read, with and without synchronous events", async (stage) => {
  for (const allowSynchronousEvents of [true, false]) {
    const { there, here } = await stage.pair({ allowSynchronousEvents }, {}, (there) =>
      watch(stage, "server", there),
    );
    let turn = 0;
    let last = -1;
    const count = (): void =>
      void setImmediate(() => {
        turn++;
        if (there.readyState !== there.CLOSED) count();
      });
    count();
    there.on("message", () => {
      if (!allowSynchronousEvents) stage.log("server", "same turn", turn === last);
      last = turn;
    });
    for (const text of ["a", "b", "c"]) here.send(text);
    here.close(1000, "done");
    await closed(there, here);
  }
});

differential("pause and resume", async (stage) => {
  const { there, here } = await stage.pair({}, {}, (there) => watch(stage, "server", there));
  there.pause();
  stage.log("server", "paused", there.isPaused);
  here.send("waits");
  await new Promise((resolve) => here.send("waits, too", resolve));
  stage.log("server", "resumes");
  there.resume();
  stage.log("server", "paused", there.isPaused);
  await next(there, "message");
  here.close();
  await closed(there, here);
  there.pause();
  stage.log("server", "paused at the end", there.isPaused);
});

differential("pings are answered, or left to the application", async (stage) => {
  for (const autoPong of [true, false]) {
    const { there, here } = await stage.pair({ autoPong }, {}, (there, here) => {
      watch(stage, "server", there);
      watch(stage, "client", here);
      if (!autoPong) there.on("ping", (data) => there.pong(`own ${String(data)}`));
    });
    here.ping("are you there");
    await next(here, "pong");
    here.ping();
    await next(here, "pong");
    here.ping(7);
    await next(here, "pong");
    stage.attempt("client", "ping of 126 octets", () => here.ping("x".repeat(126)));
    here.terminate();
    await closed(there);
  }
});

differential("compressed messages, with and without context takeover", async (stage) => {
  for (const options of [
    {},
    { serverNoContextTakeover: true, clientNoContextTakeover: true },
    { threshold: 0 },
  ]) {
    const perMessageDeflate = { threshold: 8, ...options };
    const here = await echoing(stage, { perMessageDeflate }, { perMessageDeflate });
    for (const data of ["", "tiny", "long enough to be compressed ".repeat(20), Buffer.alloc(200_000, "a")]) {
      here.send(data);
      await next(here, "message");
    }
    here.send("not compressed", { compress: false });
    await next(here, "message");
    here.send("begin ", { fin: false });
    here.send("end");
    await next(here, "message");
    here.close();
    await closed(here);
  }
});
