import assert from "node:assert/strict";
import { test } from "node:test";

import { OURS, Stage, differential, differentialAlone } from "./support/differential.js";
import { closed, describeData, describeError, next, watch } from "./support/watch.js";
import type { WebSocket } from "../../src/ws/index.js";
import { RawClient } from "../support/raw-client.js";

async function watched(
  stage: Stage,
  ...[server, client]: Parameters<Stage["pair"]>
): Promise<[WebSocket, WebSocket]> {
  const { there, here } = await stage.pair(server, client, (there, here) => {
    watch(stage, "server", there);
    watch(stage, "client", here);
  });
  return [there, here];
}

differential("the client closes", async (stage) => {
  for (const [code, reason] of [
    [],
    [1000],
    [1000, ""],
    [3000, "über"],
    [4999, Buffer.from("octets")],
    [1014, "x".repeat(123)],
  ] as const) {
    const [there, here] = await watched(stage);
    here.close(code, reason);
    stage.log("client", "state", here.readyState);
    here.close(1001, "ignored");
    await closed(there, here);
    here.close();
    here.terminate();
    stage.log("client", "state", here.readyState);
  }
});

differential("the server closes", async (stage) => {
  for (const [code, reason] of [[], [1001, "going away"], [4000]] as const) {
    const [there, here] = await watched(stage);
    there.close(code, reason);
    stage.log("server", "state", there.readyState);
    await closed(there, here);
  }
});

differential("both close at once", async (stage) => {
  const [there, here] = await watched(stage);
  there.close(4001, "server");
  here.close(4002, "client");
  await closed(there, here);
});

differential("messages that were sent before the end still come", async (stage) => {
  const [there, here] = await watched(stage);
  here.send("one");
  here.send("two");
  here.close(1000);
  there.send("three");
  await closed(there, here);
});

differential(
  "codes and reasons that cannot be",
  async (stage) => {
    const [there, here] = await watched(stage);
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, "1000", null] as number[])
      stage.attempt("client", `close ${String(code)}`, () => here.close(code));
    stage.attempt("client", "long reason", () => here.close(1000, "x".repeat(124)));
    stage.attempt("client", "reason that is a list", () => here.close(1000, [1, 2] as never));
    stage.log("client", "state", here.readyState);
    here.close(1000);
    await closed(there, here);
  },
  {
    'reason that is a list throws TypeError ERR_INVALID_ARG_TYPE: The "string" argument must be of type string or an instance of Buffer or ArrayBuffer. Received an instance of Array':
      "reason that is a list throws TypeError: Second argument must be a string or a Uint8Array",
  },
);

differential("terminate, with something sent right before", async (stage) => {
  const [there, here] = await watched(stage);
  here.send("last words");
  here.terminate();
  stage.log("client", "state", here.readyState);
  here.send("nobody hears it", (error) => stage.log("client", describeError(error)));
  await closed(there, here);
});

differential("closing behind a Blob that is never read", async (stage) => {
  const { there, here } = await stage.pair({}, { closeTimeout: 100 }, (there, here) => {
    watch(stage, "server", there);
    watch(stage, "client", here);
  });
  const blob = {
    arrayBuffer: () => new Promise<ArrayBuffer>(() => {}),
    stream() {},
    size: 3,
    type: "",
    [Symbol.toStringTag]: "Blob",
  };
  here.send(blob);
  here.send("behind");
  here.close(1000);
  stage.log("client", here.readyState, here.bufferedAmount >= 9);
  await closed(there, here);
});

differential(
  "a Blob that cannot be read",
  async (stage) => {
    const [there, here] = await watched(stage);
    const blob = {
      arrayBuffer: (): Promise<ArrayBuffer> => Promise.reject(new Error("unreadable")),
      stream() {},
      size: 3,
      type: "",
      [Symbol.toStringTag]: "Blob",
    };
    here.send(blob, (error) => stage.log("client", describeError(error)));
    await next(here, "error");
    await closed(there, here);
  },
  {
    'close 1006 Buffer "" (2) state 3': 'close 1011 Buffer "" (2) state 3',
  },
);

differential("the socket is ended or destroyed by the application", async (stage) => {
  for (const end of ["end", "destroy"] as const) {
    const [there, here] = await watched(stage);
    here.send("last words");
    here._socket?.[end]();
    await closed(there, here);
  }
});

differential("attributes and listeners of the browser's kind", async (stage) => {
  const { there, here } = await stage.pair({}, {}, (there) => {
    there.on("message", (data, binary) => there.send(data, { binary }));
  });
  const about = (name: string) => (event: { type: string; target: unknown }) => {
    const { data, code, reason, wasClean } = event as {
      data?: unknown;
      code?: number;
      reason?: string;
      wasClean?: boolean;
    };
    stage.log("client", name, event.type, event.target === here, describeData(data), code, reason, wasClean);
    stage.log("client", Object.prototype.toString.call(event), event.constructor.name);
  };
  stage.log("client", here.onmessage, here.onclose, here.onopen, here.onerror);
  // oxlint-disable unicorn/prefer-add-event-listener -- attributes are what this is about
  here.onmessage = about("attribute");
  here.onmessage = about("other attribute");
  stage.log("client", typeof here.onmessage, here.listenerCount("message"));
  const twice = about("listener");
  here.addEventListener("message", twice);
  here.addEventListener("message", twice);
  here.addEventListener("message", about("once"), { once: true });
  const object = {
    handleEvent(this: unknown, event: { type: string; target: unknown }) {
      stage.log("client", "this", this === object, event.type);
    },
  };
  here.addEventListener("message", object);
  stage.log("client", here.listenerCount("message"));
  here.send("text");
  await next(here, "message");
  here.removeEventListener("message", twice);
  here.removeEventListener("message", object);
  here.send(Buffer.from("octets"));
  await next(here, "message");
  here.onmessage = null;
  stage.log("client", here.onmessage, here.listenerCount("message"));
  here.onclose = about("close");
  // oxlint-enable unicorn/prefer-add-event-listener
  here.addEventListener("pong" as "open", about("never"));
  here.close(4001, "reason");
  await closed(there, here);
});

// `ws` reads nothing more after that, and never says that it is closed.
test("an uncaught exception in a listener leaves the connection alone", async (context) => {
  const stage = new Stage(context, OURS, OURS);
  const [there, here] = await watched(stage);
  const uncaught = new Promise<unknown>((resolve) => process.setUncaughtExceptionCaptureCallback(resolve));
  there.once("message", () => {
    throw new Error("thrown by a listener");
  });
  here.send("first");
  const error = (await uncaught) as Error;
  process.setUncaughtExceptionCaptureCallback(null);
  assert.equal(error.message, "thrown by a listener");
  here.send("second");
  const [data] = await next(there, "message");
  assert.equal(String(data), "second");
  here.close();
  await closed(there, here);
});

differentialAlone("a raw client ends the stream without a Close frame", async (stage) => {
  const { wss, port } = await stage.serve();
  wss.on("connection", (there) => watch(stage, "server", there));
  for (const how of ["end", "resetAndDestroy"] as const) {
    const connected = next(wss, "connection");
    const client = await RawClient.open(stage.context, { port });
    const [there] = (await connected) as [WebSocket];
    client.socket[how]();
    await closed(there);
  }
});

differentialAlone("a raw client that never answers a Close frame", async (stage) => {
  const { wss, port } = await stage.serve({ closeTimeout: 100 });
  wss.on("connection", (there) => watch(stage, "server", there));
  const connected = next(wss, "connection");
  await RawClient.open(stage.context, { port });
  const [there] = (await connected) as [WebSocket];
  there.close(1000, "who is there");
  await closed(there);
});

differentialAlone("a raw client that never ends its half", async (stage) => {
  const { wss, port } = await stage.serve({ closeTimeout: 100 });
  wss.on("connection", (there) => watch(stage, "server", there));
  const connected = next(wss, "connection");
  const client = await RawClient.open(stage.context, { port });
  const [there] = (await connected) as [WebSocket];
  client.close(4000, "left open");
  await closed(there);
});

// Unlike the endpoint's own terminate(): applications of `ws` are used to what its receiver has read already.
differentialAlone("terminate in a listener, with more messages in the same segment", async (stage) => {
  const { wss, port } = await stage.serve();
  const connected = next(wss, "connection");
  const client = await RawClient.open(stage.context, { port });
  const [ws] = (await connected) as [WebSocket];
  ws.on("message", (data) => {
    ws.terminate();
    stage.log("server", describeData(data), ws.readyState);
  });
  client.send(...["a", "b", "c"].map((payload) => ({ opcode: 1, payload })));
  await closed(ws);
});
