import assert from "node:assert/strict";
import { test } from "node:test";

import type { PageFigures } from "wireproof/page";
import { MAX_LINES, plotsOf } from "../../src/plot/plot-data.js";
import { labelPlaces, linearScale, logScale } from "../../src/plot/scale.js";
import { info, modelOf, peerUp, result, started } from "../sample.js";

test("scales reach over all values, with few round ticks", () => {
  const sizes = logScale([16, 131_072], 0, 100, 2);
  assert.equal(sizes.place(16), 0);
  assert.ok(Math.abs(sizes.place(131_072) - 100) < 1e-9);
  assert.ok(sizes.ticks.length <= 9 && sizes.ticks[0] === 16);
  const ratios = linearScale([0.03, 1.14], 100, 0);
  assert.deepEqual(ratios.ticks, [0, 0.5, 1, 1.5]);
  assert.equal(ratios.place(0), 100);
});

test("scales of nothing, of one value and of zero are scales all the same", () => {
  for (const values of [[], [5], [0]]) {
    for (const scale of [logScale(values, 0, 100, 10), linearScale(values, 0, 100)]) {
      assert.ok(scale.ticks.length >= 2);
      for (const value of [0, ...values]) assert.ok(Number.isFinite(scale.place(value)));
    }
  }
});

test("figures find their plots; what did not pass and what was not measured finds none", () => {
  const latency = { min: 50, mean: 100, p50: 90, p99: 300, max: 900 };
  const measured: readonly [string, PageFigures, string?][] = [
    ["9.1.1", { messages: 1, size: 65_536 }],
    ["9.1.2", { messages: 1, size: 262_144 }, "fail"],
    ["9.3.1", { messages: 1, size: 4_194_304, fragment: 64 }],
    ["9.5.1", { messages: 1, size: 1_048_576, chop: 64 }],
    ["9.7.2", { messages: 200, size: 16, latency }],
    ["12.1.1", { messages: 1000, size: 16, ratioReceived: 0.3, ratioSent: 0.9, latency }],
    ["12.1.11", { messages: 1000, size: 131_072, fragment: 256, ratioReceived: 0.3, ratioSent: 0.9 }],
  ];
  const model = modelOf([
    started([...measured.map(([id]) => info(id)), info("1.1.1")]),
    peerUp("a"),
    result("a", "1.1.1"),
    ...measured.map(([id, figures, outcome]) =>
      result("a", id, {
        figures,
        durationMs: 1000,
        ...(outcome === undefined ? {} : { outcome: "fail" as const }),
      }),
    ),
  ]);
  const plots = plotsOf(model);
  const points = plots.map(({ key, series }) => [
    key,
    ...series.flatMap((one) => one.points.map(({ id, y }) => `${id}=${y}`)),
  ]);
  assert.deepEqual(points, [
    ["latency", "9.7.2=90"],
    ["throughput", "9.1.1=65536"],
    ["fragments", "9.3.1=4194304"],
    ["chops", "9.5.1=1048576"],
    ["ratio-12", "12.1.1=0.3"],
    ["time-12", "12.1.1=1000"],
  ]);
});

test("with several peers every question has a plot of its own, and a plot has a line a peer", () => {
  const peers = Array.from({ length: MAX_LINES + 2 }, (_, index) => `peer-${index}`);
  const ids = ["12.1.1", "12.2.1", "12.10.1"];
  const model = modelOf([
    started(ids.map((id) => info(id))),
    ...peers.map((peer) => peerUp(peer)),
    ...peers.flatMap((peer) =>
      ids.map((id) => result(peer, id, { figures: { messages: 1000, size: 16, ratioReceived: 0.3 } })),
    ),
  ]);
  const plots = plotsOf(model).filter(({ unit }) => unit === "ratio");
  assert.deepEqual(
    plots.map(({ title }) => title),
    [
      "Compression by the peer: JSON (12.1)",
      "Compression by the peer: bitmap (12.2)",
      "Compression by the peer: 12.10 (12.10)",
    ],
  );
  for (const { series, omitted } of plots) {
    assert.deepEqual([series.length, omitted], [MAX_LINES, 2]);
    assert.equal(new Set(series.map(({ peer }) => peer)).size, MAX_LINES);
  }
});

test("labels stay inside the plot, each in a line of its own, wherever the lines end", () => {
  for (const wanted of [
    [20, 20, 20, 20, 20, 20, 20],
    [254, 254, 254],
    [20, 100, 254],
    [16, 30, 31, 32],
  ]) {
    const places = labelPlaces(wanted, 16, 254);
    assert.ok(
      places.every((place) => place >= 16 && place <= 254),
      places.join(),
    );
    const order = places.toSorted((a, b) => a - b);
    for (const [index, place] of order.slice(1).entries()) assert.ok(place - (order[index] ?? 0) >= 12);
  }
});
