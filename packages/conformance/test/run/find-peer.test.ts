/** Peers that are not there yet, or not where their URL says. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test, type TestContext } from "node:test";
import { startEchoServer, freePort } from "@wireproof/peers";
import { CASES } from "../../src/cases/index.js";
import { run } from "../../src/run/run.js";
import type { RunOptions } from "../../src/run/run-options.js";
import type { RunEvent } from "../../src/run/event.js";
import { during } from "../integration/play-run.js";

const cases = CASES.filter(({ id }) => id === "1.1.1");

async function eventsOf(
  options: Omit<RunOptions, "cases">,
  onEvent: (event: RunEvent) => void = () => undefined,
): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run({ ...options, cases })) {
    onEvent(event);
    events.push(event);
  }
  return events;
}

const notesOf = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === "note" ? [event.text] : []));
const downsOf = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === "peer-down" ? [event.because] : []));
const resultsOf = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === "case-end" ? [event.verdict.outcome] : []));

test("a peer that begins to listen behind the first attempt is tested", async (context: TestContext) => {
  const port = await freePort();
  let server: ReturnType<typeof startEchoServer> | undefined;
  context.after(async () => (await server)?.close());
  const events = await eventsOf(
    { urls: [`ws://127.0.0.1:${port}`], retries: { left: 10_000, everyMs: 1 } },
    ({ type }) => {
      if (type === "note") server ??= startEchoServer({ port });
    },
  );
  assert.deepEqual([resultsOf(events), downsOf(events)], [["pass"], []]);
  assert.deepEqual(notesOf(events), [
    `127.0.0.1:${port} refused the connection: nothing listens there; it is tried again for 10 s`,
  ]);
});

test("attempts are counted, all peers of a run share them, and then it is over", async () => {
  const port = await freePort();
  const retries = { left: 3, everyMs: 1 };
  const events = await eventsOf({ urls: [`ws://127.0.0.1:${port}`, `ws://127.0.0.1:${port}/x`], retries });
  const refused = `127.0.0.1:${port} refused the connection: nothing listens there`;
  assert.deepEqual(downsOf(events), [`${refused} (tried 4 times)`, refused]);
  assert.equal(notesOf(events).length, 1);
  // The options can be used again.
  assert.equal(retries.left, 3);
});

test("without retries there is one attempt", async () => {
  const events = await eventsOf({ urls: [`ws://127.0.0.1:${await freePort()}`] });
  assert.deepEqual([notesOf(events), downsOf(events).length], [[], 1]);
});

test("a published port is tried again until something listens behind it", async (context) => {
  let connections = 0;
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    // Accepted and dropped at first, as by the proxy of a container.
    if (++connections <= 2) return socket.destroy();
    return undefined;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  let second: ReturnType<typeof startEchoServer> | undefined;
  context.after(async () => (await second)?.close());
  const events = await eventsOf(
    { urls: [`ws://127.0.0.1:${port}`], retries: { left: 10_000, everyMs: 1 } },
    ({ type }) => {
      if (type !== "note") return;
      server.close(() => {
        second ??= startEchoServer({ port });
      });
    },
  );
  assert.deepEqual(resultsOf(events), ["pass"]);
  assert.match(notesOf(events)[0] ?? "", /it is tried again for 10 s$/);
});

test("an answer that is none is not waited for", async (context) => {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.end("SSH-2.0-x\r\n");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  context.after(() => server.close());
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const events = await eventsOf({
    urls: [`ws://127.0.0.1:${port}`],
    retries: { left: 10_000, everyMs: 600_000 },
  });
  assert.match(downsOf(events)[0] ?? "", /is not HTTP: an SSH server listens there$/);
  assert.deepEqual(notesOf(events), []);
});

test("a peer is found on another host, and what was tried is said where it is on none", async (context) => {
  const { url } = await during(context, startEchoServer());
  const there = url.replace("127.0.0.1", "unknown.invalid");
  const peers = [{ fallbackHosts: ["127.0.0.1"] }, { fallbackHosts: ["127.0.0.1"] }];
  const events = await eventsOf({ urls: [there, there], peers });
  assert.deepEqual(resultsOf(events), ["pass", "pass"]);
  assert.deepEqual(notesOf(events), [
    "unknown.invalid cannot be reached from here: 127.0.0.1 is used instead",
  ]);
  const request = events.flatMap((event) =>
    event.type === "case-end" ? [event.record.handshake.request] : [],
  );
  assert.match(request[0] ?? "", /^Host: unknown\.invalid:\d+\r$/m);
  const port = await freePort();
  const gone = await eventsOf({ urls: [`ws://unknown.invalid:${port}`], peers });
  assert.deepEqual(downsOf(gone), [
    "the host name unknown.invalid cannot be resolved; it was not found at 127.0.0.1 either",
  ]);
});
