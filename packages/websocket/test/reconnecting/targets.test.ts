/** Where the client connects, and with what; options that cannot be used. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ErrorCode } from "../../src/reconnecting/index.js";
import type { Attempt } from "../../src/reconnecting/index.js";
import { deferred, startServer } from "../support/live-server.js";
import { isError, startReconnecting } from "./support.js";

describe("where to connect", () => {
  test("url, protocols and connect as functions, anew with each attempt", async (context) => {
    const seen: string[] = [];
    const live = await startServer(context, {
      protocols: ["chat"],
      upgrade: ({ target, headers, protocols }) => {
        seen.push(`${target} ${headers.authorization} ${protocols.join("+")}`);
        return { data: undefined, protocol: "chat" };
      },
      open: (ws) => ws.close(1001),
    });
    const { ws, until } = startReconnecting(
      context,
      async ({ attempt, lastId }: Attempt) => ({
        url: `ws://127.0.0.1:${live.port}/?try=${attempt}&since=${lastId}`,
        protocols: ["chat", `token-${attempt}`],
      }),
      {
        protocols: ["not-asked-for"],
        lastId: "first",
        connect: async ({ attempt }) => ({ headers: { Authorization: `Bearer ${attempt}` } }),
        maxAttempts: 1,
      },
    );
    await until("waiting");
    ws.lastId = 7;
    await until("closed");
    assert.deepEqual(seen, [
      "/?try=0&since=first Bearer 0 chat+token-0",
      "/?try=1&since=7 Bearer 1 chat+token-1",
    ]);
  });

  test("a function that fails has failed the attempt", async (context) => {
    const live = await startServer(context);
    let calls = 0;
    const { ws, until } = startReconnecting(context, () => {
      if (++calls < 3) throw new Error(`no token ${calls}`);
      return new URL(live.url);
    });
    assert.equal(((await until("waiting")).cause!.error as Error).message, "no token 1");
    await ws.whenOpen();
    assert.equal(calls, 3);
  });

  test("a function that takes too long, too; its signal is aborted", async (context) => {
    const aborted = deferred();
    const { until } = startReconnecting(
      context,
      ({ signal }) =>
        new Promise<string>(() => signal.addEventListener("abort", () => aborted.resolve(), { once: true })),
      { handshakeMs: 5, maxAttempts: 0 },
    );
    assert.ok(isError(ErrorCode.HandshakeTimeout)((await until("closed")).cause?.error));
    await aborted.promise;
  });

  test("what cannot be used is thrown at once, or ends it if a function gives it", async (context) => {
    for (const url of ["ftp://localhost", "nonsense", "ws://localhost/#fragment"])
      assert.throws(() => startReconnecting(context, url), isError(ErrorCode.InvalidArgument));
    const { until } = startReconnecting(context, () => "ftp://localhost");
    assert.ok(isError(ErrorCode.InvalidArgument)((await until("closed")).cause?.error));
  });

  test("options that cannot be used are thrown at once", (context) => {
    for (const options of [
      { backoff: { initialMs: 0 } },
      { backoff: { factor: 0.5 } },
      { backoff: { maxMs: 2 ** 31 } },
      { maxAttempts: -1 },
      { stableMs: Number.NaN },
      { handshakeMs: Infinity },
      { buffer: { octets: -1 } },
      { buffer: { messages: "10" as never } },
      { buffer: { onFull: "drop" as never } },
      { ping: { message: () => "", timeoutMs: 0 } },
    ])
      assert.throws(
        () => startReconnecting(context, "ws://localhost", options),
        isError(ErrorCode.InvalidArgument),
        JSON.stringify(options),
      );
  });
});
