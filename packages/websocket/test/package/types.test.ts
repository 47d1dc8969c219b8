/** What the types let through and what they stop. The compiler is the test; running it proves that it was compiled. */
import { createServer as createHttp } from "node:http";
import { test } from "node:test";
import { connect, createServer, frame, WebSocketError } from "@wireproof/websocket";
import type {
  ConnectOptions,
  Handlers,
  Server,
  ServerOptions,
  UpgradeAnswer,
  WebSocketConnection,
} from "@wireproof/websocket";

type Same<A, B> = [A, B] extends [B, A] ? true : false;

/** Never called: its types are what is looked at. */
export async function typed(): Promise<void> {
  // What the hook answers is what `ws.data` is, given or inferred.
  createServer<{ id: number }>({
    upgrade: () => ({ data: { id: 1 } }),
    open: (ws) => {
      void (true satisfies Same<typeof ws.data, { id: number }>);
      // @ts-expect-error there is no such property
      void ws.data.name;
    },
  });
  createServer({
    upgrade: (request) => ({ data: { path: request.path } }),
    message: (ws) => {
      void (true satisfies Same<typeof ws.data, { path: string }>);
    },
  });
  createServer({ upgrade: async () => ({ status: 403 }) });
  createServer<string>({ upgrade: () => new Response(null, { status: 401 }) });
  // @ts-expect-error a string was promised
  createServer<string>({ upgrade: () => ({ data: 1 }) });
  // @ts-expect-error a string was promised, and none is given
  createServer<string>({});
  // @ts-expect-error as above
  createServer<string>();
  createServer();
  createServer({}).attach(createHttp());

  // Handlers return what they like.
  createServer({ message: (ws, data) => ws.send(data), open: async (ws) => ws.ready(), close: () => 1 });
  createServer({
    message(ws, data, isText) {
      void (true satisfies Same<typeof data, string | Uint8Array>);
      void (true satisfies Same<typeof isText, boolean>);
      void (true satisfies Same<typeof ws, WebSocketConnection>);
    },
  });
  const handlers: Handlers = { ping: (_ws, payload) => payload.length };
  void handlers;

  const server: Server<{ id: number }> = createServer<{ id: number }>({
    upgrade: () => ({ data: { id: 1 } }),
  });
  // @ts-expect-error the data is another
  const other: Server<string> = server;
  void other;
  // @ts-expect-error counters are read
  server.counters.opened = 1;
  // @ts-expect-error limits are set when it is made
  server.limits.messageOctets = 1;
  // @ts-expect-error a limit has a name
  createServer({ limits: { messages: 1 } });
  // @ts-expect-error a policy is one of three
  createServer({ limits: { onBacklog: "wait" } });
  // @ts-expect-error an option has a name
  createServer({ orgin: "any" });
  // @ts-expect-error origins are a list
  createServer({ origin: "https://example.com" });

  const ws = await connect<number>("ws://localhost", { data: 1, signal: AbortSignal.timeout(1) });
  void (true satisfies Same<typeof ws.data, number>);
  void (true satisfies Same<ReturnType<typeof ws.send>, boolean>);
  void (true satisfies Same<typeof ws.state, "open" | "closing" | "closed">);
  for (const data of ["text", new Uint8Array(1), new ArrayBuffer(1), new Float32Array(1), frame.text("x")]) {
    ws.send(data, { compress: true });
  }
  ws.send(Buffer.from("x"));
  // @ts-expect-error a number is no message
  ws.send(1);
  // @ts-expect-error neither is an object
  ws.send({ text: "x" });
  // @ts-expect-error text is sent by send
  ws.sendText("x");
  // @ts-expect-error what looks like one is none
  ws.send({ isText: true });
  // @ts-expect-error how it ended is not for the application to say
  ws.closed = undefined;
  // @ts-expect-error prepared messages come from `frame`
  frame.text(new Uint8Array(1));
  for await (const message of ws) void (true satisfies Same<typeof message, string | Uint8Array>);
  const { readable } = await ws.nextMessageStream();
  await ws.sendStream(readable);
  await ws.sendStream(["a", "b"]);
  // @ts-expect-error parts are data
  await ws.sendStream([1]);

  const error = new WebSocketError("WIREPROOF_NOT_OPEN", "…");
  switch (error.code) {
    case "WIREPROOF_NOT_OPEN":
      break;
    // @ts-expect-error the set of codes is closed
    case "WIREPROOF_NO_SUCH_CODE":
      break;
    default:
  }

  const options: ServerOptions = { hosts: ["localhost"], heartbeat: false, compression: { level: 1 } };
  const client: ConnectOptions = { redirects: { max: 3 } };
  const answer: UpgradeAnswer<string> = { data: "x", headers: new Headers() };
  void [options, client, answer];
  await using disposed = createServer();
  void disposed;
}

test("the types compile", () => {
  void typed;
});
