/** What the types let through and what they stop. The compiler is the test; running it proves that it was compiled. */
import { test } from "node:test";

import { reconnecting } from "@wireproof/websocket/reconnecting";
import type {
  CommonReconnectingOptions,
  ReconnectingOptions,
  ReconnectingWebSocket,
  StateChange,
} from "@wireproof/websocket/reconnecting";

import type * as Browser from "../../src/reconnecting/browser.js";

type Same<A, B> = [A, B] extends [B, A] ? true : false;

/** Never called: its types are what is looked at. */
export async function typed(): Promise<void> {
  const ws = reconnecting("ws://localhost", {
    state: (client, { state, nextDelayMs, cause }) => {
      void (true satisfies Same<typeof client, ReconnectingWebSocket>);
      void (true satisfies Same<typeof state, "connecting" | "open" | "waiting" | "closed">);
      void (true satisfies Same<typeof nextDelayMs, number | undefined>);
      // @ts-expect-error there may be no cause
      void cause.code;
    },
    message(_client, data, isText) {
      void (true satisfies Same<typeof data, string | Uint8Array>);
      void (true satisfies Same<typeof isText, boolean>);
    },
    shouldReconnect: ({ end }) => (end.status === 401 ? true : undefined),
    resume: async (connection, { lastId }) => {
      connection.send(`${lastId}`);
      void (true satisfies Same<Awaited<ReturnType<typeof connection.receive>>, string | Uint8Array>);
    },
    connect: { headers: { Cookie: "a=b" }, proxy: "env", http2: true },
  });
  void (true satisfies Same<ReturnType<typeof ws.send>, boolean>);
  reconnecting(new URL("ws://localhost"));
  reconnecting(async ({ attempt, signal }) => ({
    url: `ws://${attempt}`,
    protocols: [String(signal.aborted)],
  }));
  reconnecting("ws://localhost", { connect: () => ({ tls: { rejectUnauthorized: false } }) });
  // @ts-expect-error what the client sets by itself is no setting
  reconnecting("ws://localhost", { connect: { protocols: ["chat"] } });
  // @ts-expect-error nor are the handlers of the connection
  reconnecting("ws://localhost", { connect: { message: () => {} } });
  // @ts-expect-error a policy is one of three
  reconnecting("ws://localhost", { buffer: { onFull: "wait" } });
  // @ts-expect-error an option has a name
  reconnecting("ws://localhost", { maxRetries: 3 });
  // @ts-expect-error a promise decides nothing
  reconnecting("ws://localhost", { shouldReconnect: async () => true });
  // @ts-expect-error a ping has a message
  reconnecting("ws://localhost", { ping: { intervalMs: 1 } });

  for (const data of ["text", new Uint8Array(1), new ArrayBuffer(1), new Float32Array(1), Buffer.from("x")])
    ws.send(data);
  // @ts-expect-error a number is no message
  ws.send(1);
  // @ts-expect-error the state is not for the application to set
  ws.state = "open";
  ws.lastId = "7";
  ws.lastId = 7;
  // @ts-expect-error an id is a string or a number
  ws.lastId = {};
  for await (const message of ws) void (true satisfies Same<typeof message, string | Uint8Array>);
  await using disposed = ws;
  using closed = ws;
  void [disposed, closed];

  // The same on both sides, apart from `connect`.
  const shared: CommonReconnectingOptions = { maxAttempts: 3 };
  const node: ReconnectingOptions = shared;
  const browser: Browser.ReconnectingOptions = node;
  void browser;
  void (true satisfies Same<Browser.ReconnectingWebSocket["state"], StateChange["state"]>);
}

test("the types compile", () => {
  void typed;
});
