import assert from "node:assert/strict";
import { test } from "node:test";

import { METRICS_CONTENT_TYPE, metrics } from "../../src/metrics/index.js";
import { Server } from "../../src/server/server.js";
import { newCounters } from "../../src/session/counters.js";
import type { Counters } from "../../src/session/counters.js";
import { endings, startEcho } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import { parseMetrics } from "./parse-metrics.js";

/** The values without labels, and those of `websocket_closed_total`. */
function valuesOf(text: string): Record<string, number> {
  return Object.fromEntries(
    [...parseMetrics(text).values()].flatMap(({ name, samples }) =>
      [...samples].map(([labels, value]) => [`${name}${labels}`, value]),
    ),
  );
}

test("every counter of a live server is told, at its value of now", async (t) => {
  const { closes, close } = endings();
  const live = await startEcho(t, { close });
  const client = await RawClient.open(t, live);
  client.text("abc");
  await client.next();
  const during = valuesOf(metrics(live.server));
  assert.deepEqual([during["websocket_connections"], during["websocket_received_bytes_total"]], [1, 9]);
  client.close(1000);
  await client.next();
  client.socket.end();
  await closes.next();
  const refused = await RawClient.connect(t, live);
  await refused.ask({ method: "POST", headers: { "Content-Length": "0" } });
  assert.deepEqual(valuesOf(metrics(live.server)), {
    websocket_connections: 0,
    websocket_buffered_bytes: 0,
    websocket_opened_total: 1,
    websocket_refused_total: 1,
    'websocket_closed_total{clean="true"}': 1,
    'websocket_closed_total{clean="false"}': 0,
    websocket_received_messages_total: 1,
    websocket_sent_messages_total: 1,
    websocket_received_bytes_total: 17,
    websocket_sent_bytes_total: 9,
    websocket_violations_total: 0,
    websocket_dropped_messages_total: 0,
    websocket_heartbeat_timeouts_total: 0,
    websocket_rate_exceeded_total: 0,
  });
});

test("no counter is left out, and none is told twice", () => {
  const names = Object.keys(newCounters()) as (keyof Counters)[];
  const counters = Object.fromEntries(names.map((name, at) => [name, at + 1])) as unknown as Counters;
  const connections = new Set([{ bufferedAmount: 100 }, { bufferedAmount: 200 }]);
  const values = Object.values(valuesOf(metrics({ counters, connections })));
  assert.deepEqual(
    values.toSorted((a, b) => a - b),
    [...names.map((_, at) => at + 1), 300],
  );
});

test("several servers are added up, or told apart by name", () => {
  const of = (opened: number): Parameters<typeof metrics>[0] & object => ({
    counters: { ...newCounters(), opened },
    connections: new Set<never>(),
  });
  const [one, two] = [of(1) as never, of(2) as never];
  assert.equal(valuesOf(metrics([one, two]))["websocket_opened_total"], 3);
  assert.equal(valuesOf(metrics([]))["websocket_opened_total"], 0);
  const named = valuesOf(metrics({ chat: one, live: two }));
  assert.equal(named['websocket_opened_total{server="chat"}'], 1);
  assert.equal(named['websocket_opened_total{server="live"}'], 2);
  assert.equal(named['websocket_closed_total{server="live",clean="true"}'], 0);
});

test("prefix and labels are written so that nothing in them breaks a line", () => {
  const labels = { region: 'eu "1"\\\n' };
  const values = valuesOf(metrics(new Server({}), { prefix: "chat:ws", labels }));
  assert.equal(values[String.raw`chat:ws_connections{region="eu \"1\"\\\n"}`], 0);
});

test("names that Prometheus does not take are refused", () => {
  const server = new Server({});
  for (const prefix of ["", "1", "a-b", "a b"])
    assert.throws(() => metrics(server, { prefix }), { code: "WIREPROOF_INVALID_ARGUMENT" });
  for (const label of ["", "1", "a-b", "__name__", "a:b", "clean", "server"])
    assert.throws(() => metrics(server, { labels: { [label]: "" } }), { code: "WIREPROOF_INVALID_ARGUMENT" });
});

test("counters end in _total, and the content type says which version of the format it is", () => {
  for (const { name, type } of parseMetrics(metrics(new Server({}))).values())
    assert.equal(name.endsWith("_total"), type === "counter", name);
  assert.equal(METRICS_CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
});
