import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createServer, type Server } from "@wireproof/websocket";
import { startEchoServer } from "../../src/modes/echo-server.js";
import { LatencyRecord } from "../../src/modes/load/latency-record.js";
import { LoadTotals } from "../../src/modes/load/load-totals.js";
import { loadMessages } from "../../src/modes/load/messages.js";
import { runLoad } from "../../src/modes/load/load.js";
import { Pacing } from "../../src/modes/load/pacing.js";
import type { LoadOptions, LoadProgress } from "../../src/modes/load/options.js";
import { during } from "../integration/play-run.js";

const HERE = { host: "127.0.0.1", port: 0, path: undefined, tls: undefined };

function options(url: string, changes: Partial<LoadOptions> = {}): LoadOptions {
  return {
    url,
    connections: 4,
    rate: 500,
    sizes: [16, 300],
    binary: false,
    compression: false,
    durationMs: 200,
    warmupMs: 40,
    timeoutMs: 5000,
    tls: {},
    signal: new AbortController().signal,
    ...changes,
  };
}

describe("runLoad", () => {
  test("sends what is due, no more and no less, and it all comes back", async (context) => {
    const { url } = await during(context, startEchoServer(HERE));
    const result = await runLoad(options(url));
    assert.equal(result.opened, 4);
    // A machine that is held up at the end leaves some unsent, and says so.
    assert.equal(result.sent + result.late, 100);
    assert.deepEqual([result.echoed, result.unanswered, result.different], [result.sent, 0, 0]);
    assert.equal(result.response.count, 100);
    assert.equal(result.service.count, result.sent);
    assert.deepEqual([result.lostConnections, result.interrupted, result.extensions], [0, false, ""]);
    const { min, p50, p99, max } = result.response;
    assert.ok(min > 0 && min <= p50 && p50 <= p99 && p99 <= max);
  });

  test("compressed binary messages, as fast as they come back", async (context) => {
    const { url, server } = await during(context, startEchoServer(HERE));
    const changes = { rate: "max", binary: true, compression: true, warmupMs: 0, durationMs: 300 } as const;
    const result = await runLoad(options(url, changes));
    assert.match(result.extensions, /^permessage-deflate/);
    // One message of each connection is always sent, and how many follow is for the machine to say.
    assert.ok(result.sent >= 4);
    assert.deepEqual([result.different, result.unanswered, result.late], [0, 0, 0]);
    assert.equal(server.counters.messagesReceived, result.sent);
  });

  test("at full speed the next message follows its echo", async (context) => {
    const { url } = await during(context, startEchoServer(HERE));
    const enough = new AbortController();
    const onProgress = ({ echoed }: LoadProgress): void => {
      if (echoed > 8) enough.abort();
    };
    const { signal } = enough;
    const result = await runLoad(
      options(url, { rate: "max", warmupMs: 0, durationMs: 600_000, onProgress, signal }),
    );
    assert.ok(result.echoed > 8);
    assert.equal(result.different, 0);
  });

  test("a server that stalls is charged with all that waited", async (context) => {
    // It keeps everything to itself for 200 ms from the first message on.
    const held: (() => void)[] = [];
    let isHolding = true;
    const release = (): void => {
      isHolding = false;
      for (const answer of held) answer();
    };
    const url = await listening(context, {
      message: (ws, data) => {
        if (held.length === 0) setTimeout(release, 200);
        if (isHolding) held.push(() => void ws.send(data));
        else ws.send(data);
      },
    });
    const result = await runLoad(
      options(url, { connections: 1, rate: 1000, warmupMs: 0, durationMs: 300, sizes: [8] }),
    );
    assert.equal(result.response.count, 300);
    // Two thirds of the messages were due in that time, evenly: half of all waited 50 ms or longer.
    assert.ok(result.response.p50 > 40_000, `${result.response.p50}`);
    assert.ok(result.response.max > 150_000, `${result.response.max}`);
  });

  test("what never comes back is counted, with the time that it waited", async (context) => {
    const url = await listening(context, { message: () => undefined });
    // The connections have to be opened in this time, too.
    const result = await runLoad(options(url, { timeoutMs: 3000, warmupMs: 0 }));
    assert.equal(result.echoed, 0);
    assert.equal(result.unanswered, result.sent);
    assert.equal(result.response.count, 100);
    assert.ok(result.response.min >= 2_999_000, `${result.response.min}`);
    assert.equal(result.messagesPerSecond, 0);
  });

  test("an echo of another type or length is none", async (context) => {
    const url = await listening(context, {
      message: (ws, data) => ws.send(data.length > 100 ? Buffer.from(String(data)) : `${String(data)}!`),
    });
    const enough = new AbortController();
    const onProgress = ({ echoed }: LoadProgress): void => {
      if (echoed > 10) enough.abort();
    };
    const { signal } = enough;
    const result = await runLoad(options(url, { warmupMs: 0, durationMs: 600_000, onProgress, signal }));
    assert.equal(result.different, result.echoed);
    assert.ok(result.echoed > 0);
  });

  test("connections that end are counted, and end the run when none is left", async (context) => {
    const url = await listening(context, { message: (ws) => ws.close(1000) });
    const result = await runLoad(options(url, { durationMs: 60_000 }));
    assert.equal(result.lostConnections, 4);
  });

  test("ends when it is interrupted", async (context) => {
    const { url } = await during(context, startEchoServer(HERE));
    const stop = new AbortController();
    const onProgress = (): void => stop.abort();
    const result = await runLoad(options(url, { durationMs: 60_000, onProgress, signal: stop.signal }));
    assert.equal(result.interrupted, true);
    assert.ok(result.durationMs < 60_000);
  });

  test("rejects where nobody is", async () => {
    const echo = await startEchoServer(HERE);
    await echo.close();
    await assert.rejects(runLoad(options(echo.url)), /Cannot reach/);
    await assert.rejects(runLoad(options(echo.url, { signal: AbortSignal.abort() })));
  });
});

test("messages are due at fixed times, the lanes in turn", () => {
  const lanes = [0, 1].map((lane) => new Pacing(1000, 2, lane, 100));
  const due = lanes.map((pacing) => {
    const times = [pacing.dueAt];
    pacing.advance();
    return [...times, pacing.dueAt];
  });
  assert.deepEqual(due, [
    [100, 102],
    [101, 103],
  ]);
  assert.deepEqual(
    lanes.map(({ count }) => count),
    [1, 1],
  );
});

test("figures leave the warm-up out, and throughput counts what came in time", () => {
  const [message = assert.fail()] = loadMessages([10], false);
  const totals = new LoadTotals(100, 200);
  const flight = (dueAt: number, sentAt = dueAt): Parameters<typeof totals.echoed>[0] => ({
    dueAt,
    sentAt,
    sent: message,
  });
  for (const dueAt of [90, 110, 150, 190]) totals.sent(dueAt);
  totals.echoed(flight(90), true, 105);
  totals.echoed(flight(110, 120), true, 130);
  totals.echoed(flight(150), false, 250);
  totals.unanswered(flight(190), 300);
  assert.equal(totals.late(195, 300), 1);
  assert.equal(totals.late(95, 300), 0);
  const figures = totals.figures(200);
  assert.deepEqual([figures.sent, figures.echoed, figures.different, figures.unanswered], [3, 2, 1, 1]);
  assert.deepEqual([figures.messagesPerSecond, figures.octetsPerSecond], [20, 200]);
  assert.deepEqual([figures.response.count, figures.service.count], [4, 3]);
  assert.deepEqual([figures.response.min, figures.service.min], [20_000, 10_000]);
});

test("latencies: bounded below and above, and nothing of nothing", () => {
  const record = new LatencyRecord();
  assert.equal(record.latencies().max, 0);
  record.add(0);
  record.add(1e12);
  assert.equal(record.latencies().min, 1);
  assert.equal(record.latencies().count, 2);
});

async function listening(
  context: { after(callback: () => Promise<void>): void },
  handlers: NonNullable<Parameters<typeof createServer>[0]>,
): Promise<string> {
  const server: Server = createServer(handlers);
  const { port } = await server.listen(0, "127.0.0.1");
  context.after(() => server.close({ drainMs: 100 }));
  return `ws://127.0.0.1:${port}/`;
}
