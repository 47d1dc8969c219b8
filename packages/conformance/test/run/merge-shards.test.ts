import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CASES } from "../../src/cases/index.js";
import { ShardError, mergeShards, type ShardRun } from "../../src/run/merge-shards.js";
import { RunFindings } from "../../src/run/findings.js";
import { shardOf } from "../../src/run/shard.js";
import type { PeerFindings, RunEvent, RunStart } from "../../src/run/event.js";
import { SAMPLE_START, arriving, play } from "../report/sample-run.js";

function shard(
  index: number,
  of: number,
  events: readonly RunEvent[],
  changes: Partial<RunStart> = {},
): ShardRun {
  const played = new Set(events.flatMap((event) => ("case" in event ? [event.case] : [])));
  const first: RunStart = {
    ...SAMPLE_START,
    cases: SAMPLE_START.cases.filter(({ id }) => played.has(id)),
    ...changes,
    config: { ...SAMPLE_START.config, urls: ["ws://x"], shard: { index, of }, ...changes.config },
  };
  const up: RunEvent = { type: "peer-up", peer: "peer-1", agent: `agent of ${index}`, url: "ws://x" };
  return { file: `${index}.ndjson`, first, events: arriving([first, up, ...events]) };
}

function end(durationMs = 10): RunEvent {
  return {
    type: "run-end",
    totals: { durationMs, interrupted: false, outcomes: {}, closings: {}, notRun: 0 },
  };
}

const BAD = {
  verdict: { outcome: "fail", because: "It did not.", requirement: "6455-8.1-1" },
} as const;

async function merged(...shards: readonly ShardRun[]): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of mergeShards(shards)) events.push(event);
  return events;
}

function resultsIn(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === "case-end" ? [`${event.case} ${event.verdict.outcome}`] : [],
  );
}

test("shards have every case, and each one those that say whether the others are of use", () => {
  for (const of of [1, 2, 7, 40]) {
    const shards = Array.from({ length: of }, (_, index) => shardOf(CASES, { index: index + 1, of }));
    assert.deepEqual(new Set(shards.flat()), new Set(CASES));
    const sizes = shards.map(({ length }) => length);
    assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 4, sizes.join());
    for (const cases of shards) {
      assert.ok(["1.1.1", "1.1.2", "1.2.2"].every((id) => cases.some((one) => one.id === id)));
    }
  }
  assert.deepEqual(shardOf(CASES.slice(0, 1), { index: 2, of: 2 }), []);
});

describe("shards become one run", () => {
  test("what is found anew knows the cases, as in a run that was not divided", async () => {
    // 6.3.1 has to be failed by the peer, and says so only together with the case.
    const whole = new RunFindings();
    const first: RunStart = { ...SAMPLE_START, cases: SAMPLE_START.cases.filter(({ id }) => id === "6.3.1") };
    for (const event of [first, ...play("6.3.1", BAD)]) whole.see(event);
    const events = await merged(shard(1, 1, [...play("6.3.1", BAD), end()]));
    const found = events.filter((event) => event.type === "findings");
    assert.deepEqual(
      found.map(({ findings }) => findings),
      whole.all().map(({ findings }) => findings),
    );
    assert.equal(found[0]?.findings[0]?.observation, "illegal-accepted");
  });

  test("one peer, every case once, totals and findings over all", async () => {
    const events = await merged(
      shard(2, 2, [...play("2.1", BAD), ...play("5.20"), end(30)]),
      shard(1, 2, [...play("1.1.1", BAD), ...play("6.3.1"), end(20)]),
    );
    const [start, ...rest] = events;
    assert.equal(start?.type, "run");
    assert.deepEqual(
      start.cases.map(({ id }) => id),
      ["1.1.1", "2.1", "5.20", "6.3.1"],
    );
    assert.equal(start.config.shard, undefined);
    assert.deepEqual(resultsIn(events), ["1.1.1 fail", "6.3.1 pass", "2.1 fail", "5.20 pass"]);
    assert.deepEqual(
      rest.flatMap((event) => (event.type === "peer-up" ? [event.agent] : [])),
      ["agent of 1"],
    );
    const last = events.at(-1);
    assert.equal(last?.type, "run-end");
    assert.deepEqual(last.totals.outcomes, { pass: 2, fail: 2 });
    assert.deepEqual([last.totals.durationMs, last.totals.notRun], [50, 0]);
    const found = events.filter((event): event is PeerFindings => event.type === "findings");
    assert.equal(found.length, 1);
    // One fault, in cases of both shards.
    assert.deepEqual(found[0]?.findings[0]?.cases, ["1.1.1", "2.1"]);
    assert.equal(found[0].connections, 4);
  });

  test("a case that several shards have counts once, and the worse result counts", async () => {
    const same = await merged(
      shard(1, 2, [...play("1.1.1"), ...play("2.1"), end()]),
      shard(2, 2, [...play("1.1.1"), ...play("2.2"), end()]),
    );
    assert.deepEqual(resultsIn(same), ["1.1.1 pass", "2.1 pass", "2.2 pass"]);
    const worse = await merged(
      shard(1, 2, [...play("1.1.1"), end()]),
      shard(2, 2, [...play("1.1.1", BAD), end()]),
    );
    assert.deepEqual(resultsIn(worse), ["1.1.1 pass", "1.1.1 fail"]);
    const attempts = worse.flatMap((event) => (event.type === "case-end" ? [event.attempt] : []));
    assert.deepEqual(attempts, [1, 2]);
    const better = await merged(
      shard(1, 2, [...play("1.1.1", BAD), end()]),
      shard(2, 2, [...play("1.1.1"), end()]),
    );
    assert.deepEqual(resultsIn(better), ["1.1.1 fail"]);
  });

  test("a shard that is missing or has no end: no end, and a note", async () => {
    const missing = await merged(
      shard(1, 3, [...play("1.1.1"), end()]),
      shard(3, 3, [...play("2.1"), end()]),
    );
    assert.equal(missing.at(-1)?.type, "findings");
    assert.ok(
      missing.some((event) => event.type === "note" && event.text.startsWith("Shard 2 of 3 is missing")),
    );
    const cut = await merged(shard(1, 2, [...play("1.1.1"), end()]), shard(2, 2, [...play("2.1")]));
    assert.equal(cut.at(-1)?.type, "findings");
    assert.ok(
      cut.some((event) => event.type === "note" && event.text.includes("shard 2 of 2, 2.ndjson, has no end")),
    );
  });

  test("clients are the same by their names", async () => {
    const config = { ...SAMPLE_START.config, urls: ["ws://t"], role: "server" } as const;
    const client = (index: number, agents: readonly string[]): ShardRun => {
      const events = agents.flatMap((agent, position): RunEvent[] => {
        const peer = `peer-${position + 1}`;
        return [
          { type: "peer-up", peer, agent, url: "127.0.0.1" },
          ...play(index === 1 ? "2.1" : "2.2", { peer }),
        ];
      });
      const of = { config: { ...config, shard: { index, of: 2 } } };
      const { first, file } = shard(index, 2, [...events], of);
      return { file, first, events: arriving([first, ...events, end()]) };
    };
    const events = await merged(client(1, ["a", "b"]), client(2, ["b", "a"]));
    assert.deepEqual(
      events.flatMap((event) => (event.type === "peer-up" ? [`${event.peer} ${event.agent}`] : [])),
      ["peer-1 a", "peer-2 b"],
    );
    assert.deepEqual(
      events.flatMap((event) => (event.type === "case-end" ? [`${event.peer} ${event.case}`] : [])),
      ["peer-1 2.1", "peer-2 2.1", "peer-2 2.2", "peer-1 2.2"],
    );
  });

  test("runs that do not belong together are refused", async () => {
    const one = (): ShardRun => shard(1, 2, [...play("1.1.1"), end()]);
    const refused = (sentence: RegExp, ...shards: readonly ShardRun[]): Promise<void> =>
      assert.rejects(
        merged(...shards),
        (error) => error instanceof ShardError && sentence.test(error.message),
      );
    await refused(/both shard 1/, one(), one());
    await refused(/the profile differs/, one(), shard(2, 2, [end()], { profile: "autobahn" }));
    await refused(/the number of shards differs/, one(), shard(2, 3, [end()]));
    await refused(/no run to merge/);
  });
});
