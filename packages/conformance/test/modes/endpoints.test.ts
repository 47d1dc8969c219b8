import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, test } from "node:test";
import { connect } from "@wireproof/websocket";
import { CASES } from "../../src/cases/index.js";
import { joinBroadcast } from "../../src/modes/broadcast-client.js";
import { startBroadcastServer } from "../../src/modes/broadcast-server.js";
import { echoUntilClosed } from "../../src/modes/echo-client.js";
import { startEchoServer } from "../../src/modes/echo-server.js";
import { walkCases } from "../../src/modes/testee-client.js";
import type { RunEvent } from "../../src/run/event.js";
import { serve } from "../../src/serve/serve.js";
import { during, finished, playRun } from "../integration/play-run.js";

const HERE = { host: "127.0.0.1", port: 0, path: undefined, tls: undefined };
const BASIC = CASES.filter(({ id }) => /^([12357]|4)\./.test(id));

describe("the peers that are to be tested", () => {
  test("the server behaves, and says its name", async (context) => {
    const { url } = await during(context, startEchoServer({ ...HERE, name: "testee/1", heartbeat: false }));
    const { agent, verdicts } = await playRun(url, BASIC, { profile: "autobahn" });
    assert.equal(agent, "testee/1");
    const failed = [...verdicts].filter(([, { outcome }]) => outcome === "fail" || outcome === "blocked");
    assert.deepEqual(failed, []);
    assert.equal(verdicts.size, BASIC.length);
  });

  test("the client walks through all cases and behaves", async (context) => {
    const server = await serve({ cases: BASIC, port: 0, profile: "autobahn" });
    context.after(() => server.stop());
    const { signal } = new AbortController();
    const numbers: number[] = [];
    const url = `${server.url}/somewhere?x=y`;
    const walking = walkCases({ url, agent: "testee/1 é", onCase: (number) => numbers.push(number), signal });
    const ending = walking.then(() => server.stop());
    const events: RunEvent[] = [];
    for await (const event of server.events) events.push(event);
    await ending;
    const { verdicts, agent } = finished(events);
    assert.equal(agent, "testee/1 é");
    assert.equal(numbers.length, BASIC.length);
    const failed = [...verdicts].filter(([, { outcome }]) => outcome === "fail" || outcome === "blocked");
    assert.deepEqual(failed, []);
    assert.equal(verdicts.size, BASIC.length);
    assert.ok(events.some(({ type }) => type === "checkpoint"));
  });

  test("what is no fuzzing server is said", async (context) => {
    const { createServer } = await import("@wireproof/websocket");
    const server = createServer({ open: (ws) => ws.close(1000), message: () => undefined });
    const { port } = await server.listen(0, "127.0.0.1");
    context.after(() => server.close());
    const { signal } = new AbortController();
    await assert.rejects(
      walkCases({ url: `ws://127.0.0.1:${port}`, agent: "a", onCase: () => undefined, signal }),
      /does not send the number of its cases/,
    );
  });
});

describe("echoclient", () => {
  test("echoes text and octets until it is closed, and leaves when the signal is aborted", async (context) => {
    const { createServer } = await import("@wireproof/websocket");
    const heard: (string | Uint8Array)[] = [];
    let isGone: (code: number) => void = () => undefined;
    const gone = new Promise<number>((resolve) => {
      isGone = resolve;
    });
    const server = createServer({
      open: (ws) => {
        ws.send("text");
        ws.send(Uint8Array.of(1, 2));
      },
      message: (_ws, data) => {
        heard.push(data);
        if (heard.length === 2) leave.abort();
      },
      close: (_ws, code) => isGone(code),
    });
    const leave = new AbortController();
    const { port } = await server.listen(0, "127.0.0.1");
    context.after(() => server.close());
    const url = `ws://127.0.0.1:${port}/`;
    const info = await echoUntilClosed(url, { compression: true, signal: leave.signal });
    assert.deepEqual([info.wasClean, await gone], [true, 1001]);
    assert.deepEqual(heard, ["text", Buffer.of(1, 2)]);
  });

  test("rejects where nobody listens", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const address = closed.address();
    closed.close();
    const port = typeof address === "object" ? address?.port : undefined;
    const { signal } = new AbortController();
    await assert.rejects(
      echoUntilClosed(`ws://127.0.0.1:${port}`, { compression: false, signal }),
      /Cannot reach/,
    );
  });
});

describe("broadcast", () => {
  test("everybody hears everybody, and the ticks", async (context) => {
    const server = await startBroadcastServer({ host: "127.0.0.1", port: 0, tls: undefined, tickMs: 20 });
    context.after(() => server.close());
    const url = `ws://127.0.0.1:${server.port}/`;
    const leave = new AbortController();
    const heard: string[] = [];
    const other = await connect(url, {
      message: (ws, data) => {
        if (typeof data === "string" && data.startsWith("hello")) ws.send(Uint8Array.of(1, 2, 3));
      },
    });
    const info = await joinBroadcast({
      url,
      helloMs: 10_000,
      signal: leave.signal,
      onMessage: (text) => {
        heard.push(text);
        const has = (pattern: RegExp): boolean => heard.some((line) => pattern.test(line));
        if (has(/^tick \d+$/) && has(/^hello from .+\[\d+\]$/) && has(/^\(3 octets\)$/)) leave.abort();
      },
    });
    assert.equal(info.wasClean, true);
    other.close();
  });
});
