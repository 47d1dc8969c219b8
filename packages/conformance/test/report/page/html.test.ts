import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";

import { htmlReporter } from "../../../src/report/html.js";
import type { WireEntry } from "../../../src/record/wire-log.js";
import type { RunEvent } from "../../../src/run/event.js";
import type { PageCase } from "../../../src/report/page/page-event.js";
import { CONTEXT, collect } from "../collect.js";
import {
  HOSTILE_AGENT,
  HOSTILE_TEXT,
  PEER,
  SAMPLE_START,
  arriving,
  frame,
  play,
  sampleRun,
} from "../sample-run.js";
import { unpack } from "./unpack.js";

const UP: RunEvent = { type: "peer-up", peer: PEER, agent: "a", url: "ws://x" };

function resultsOf(html: string): PageCase[] {
  return unpack(html).events.filter((event): event is PageCase => event.type === "case-end");
}

test("the page holds every event in short, and the whole record of every case", async () => {
  const { stream } = await collect(htmlReporter, sampleRun());
  const { events, details } = unpack(stream);
  assert.deepEqual(events[0], SAMPLE_START);
  assert.equal(events.at(-1)?.type, "run-end");
  const ends = sampleRun().filter((event) => event.type === "case-end");
  const results = resultsOf(stream);
  assert.equal(results.length, ends.length);
  for (const [index, result] of results.entries()) {
    const found = details
      .get(result.block ?? -1)
      ?.find(
        ({ end }) => end.peer === result.peer && end.case === result.case && end.attempt === result.attempt,
      );
    assert.deepEqual(found?.end, ends[index]);
  }
});

test("nothing that a peer sent stands in the file as it is", async () => {
  const { stream } = await collect(htmlReporter, sampleRun());
  for (const text of [HOSTILE_AGENT, HOSTILE_TEXT, "alert(1)", "owned", "服务器"]) {
    assert.ok(!stream.includes(text), text);
  }
});

test("the policy allows the script and the style of the page and nothing else", async () => {
  const { stream } = await collect(htmlReporter, sampleRun());
  const policy = /Content-Security-Policy"\s+content="([^"]*)"/.exec(stream)?.[1] ?? "";
  assert.match(policy, /^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+';/);
  assert.match(policy, /connect-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|https?:|%/);
});

test("a command that repeats a case is there for every peer", async () => {
  const { events } = unpack((await collect(htmlReporter, sampleRun())).stream);
  const up = events.find((event) => event.type === "peer-up");
  assert.match(up?.again ?? "", /^wireproof test 'wss:.*' --cases @CASE@ --insecure --header 'X-Token: it'/);
});

test("cases that were not selected are there as the catalogue, and the run to compare with", async () => {
  const [first, ...others] = SAMPLE_START.cases;
  const events: RunEvent[] = [{ ...SAMPLE_START, cases: others }, UP];
  const against = { type: "against", file: "x", startedAt: "", profile: "modern", peers: [] } as const;
  const { stream } = await collect(htmlReporter, events, { catalogue: SAMPLE_START.cases, against });
  const told = unpack(stream).events;
  assert.deepEqual(
    told.find((event) => event.type === "catalogue"),
    { type: "catalogue", cases: [first] },
  );
  assert.deepEqual(
    told.find((event) => event.type === "against"),
    against,
  );
});

test("figures of loads: size, latency, ratios, fragments and chops", async () => {
  const counts = { wire: 3000, payload: 2000, application: 16_000, frames: 2000, messages: 1000 };
  const latency = { min: 1, mean: 2, p50: 2, p99: 3, max: 4 };
  const message = { type: "message", binary: false, length: 65_536, sha256: "", head: "" } as const;
  const { stream } = await collect(htmlReporter, [
    SAMPLE_START,
    UP,
    ...play("1.1.1", {
      record: {
        loop: { wanted: 1000, sent: 1000, matched: 1000, latency },
        traffic: { received: counts, sent: counts, handshake: { received: 1, sent: 1 } },
      },
    }),
    ...play("1.1.2", {
      record: {
        loop: { wanted: 5, sent: 5, matched: 5 },
        octets: { received: {}, sent: { "22": 5, "8": 1 } },
      },
    }),
    ...play("2.1", {
      record: {
        events: [message],
        eventCount: 1,
        frames: { received: {}, sent: { "1": 1, "0": 3, "8": 1 } },
      },
    }),
    ...play("2.2", {
      record: {
        events: [message],
        eventCount: 1,
        frames: { received: {}, sent: { "1": 1, "8": 1 } },
        octets: { received: {}, sent: { "64": 1024, "14": 1 } },
      },
    }),
    ...play("2.10"),
  ]);
  assert.deepEqual(
    resultsOf(stream).map(({ figures }) => figures),
    [
      { messages: 1000, size: 16, fragment: 1, latency, ratioReceived: 0.125, ratioSent: 0.125 },
      { messages: 5, size: 16 },
      { messages: 1, size: 65_536, fragment: 16_384 },
      { messages: 1, size: 65_536, chop: 64 },
      undefined,
    ],
  );
});

test("a page that a killed run leaves behind has what was over by then", async () => {
  const reporter = htmlReporter(arriving([...sampleRun().slice(0, -1), { type: "checkpoint" }]), CONTEXT);
  let html = "";
  for await (const { data } of reporter) {
    html += String(data);
    if (resultsOf(html).length > 0) break;
  }
  assert.ok(!html.includes("</html>"));
  assert.ok(resultsOf(html).length > 10);
});

test("a peer that fills every wire log does not make the page large", async () => {
  const entries = Array.from({ length: 256 }, (): WireEntry => ({
    dir: "<",
    frame: frame(2, randomBytes(256)),
  }));
  const cases = Array.from({ length: 517 }, (_, index) => `1.1.${index + 1}`);
  const events = function* (): Generator<RunEvent> {
    yield SAMPLE_START;
    yield UP;
    for (const id of cases) yield* play(id, { wire: entries });
  };
  let octets = 0;
  let html = "";
  for await (const { data } of htmlReporter(arrivingFrom(events()), CONTEXT)) {
    octets += data.length;
    if (!String(data).includes("data-detail")) html += String(data);
  }
  assert.ok(octets < 6_000_000, `${octets}`);
  const results = resultsOf(html);
  assert.equal(results.length, 517);
  assert.equal(results[0]?.block, 0);
  assert.equal(results.at(-1)?.block, null);
});

test("without events there is no page", async () => {
  assert.deepEqual(await collect(htmlReporter, []), { stream: "", files: new Map() });
});

async function* arrivingFrom(events: Iterable<RunEvent>): AsyncGenerator<RunEvent> {
  yield* events;
}
