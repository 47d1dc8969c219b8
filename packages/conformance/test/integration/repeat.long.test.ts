import assert from "node:assert/strict";
import { test } from "node:test";
import { mutants, startEchoServer } from "@wireproof/peers";
import type { Profile } from "../../src/record/record.js";
import { during, playRun } from "./play-run.js";
import { startCrowdShy, startLimited } from "./proxy.js";
import { BASIC, casesOf, ownWords, pairsOf } from "./verdict-table.js";

const ECHOES = casesOf("1.1.1, 1.1.2, 1.1.3, 1.2.1, 1.2.2, 1.2.3, 2.1, 2.2, 5.3, 6.1.1, 6.5.1, 7.1.1");
const PASSED = new Map(ECHOES.map(({ id }) => [id, "pass/ok"]));

for (const profile of ["modern", "autobahn"] as const satisfies readonly Profile[]) {
  test(`${profile}: a peer that is slow only in company is judged by what it does alone`, async (context) => {
    const echo = await during(context, startEchoServer());
    const peer = await during(context, startCrowdShy(echo.port));
    const { verdicts, ends, events } = await playRun(peer.url, ECHOES, { profile, timeoutScale: 0.2 });
    assert.deepEqual(pairsOf(verdicts, ownWords), PASSED);
    const failed = events.filter((event) => event.type === "case-unconfirmed");
    if (profile === "autobahn") {
      const plays = [...ends, ...failed];
      return assert.ok(
        plays.every(({ record }) => !record.concurrent),
        "it is played one case after the other",
      );
    }
    assert.ok(failed.length > 1, "several cases had to fail in company");
    assert.ok(failed.every(({ record }) => record.concurrent));
    const again = ends.filter((end) => end.attempt === 2);
    assert.deepEqual(again.map((end) => end.case).sort(), failed.map((event) => event.case).sort());
    assert.ok(again.every((end) => !end.record.concurrent));
  });
}

test("a peer that drops connections beyond its limit is not blamed for ours", async (context) => {
  const echo = await during(context, startEchoServer());
  const peer = await during(
    context,
    startLimited(echo.port, 4, (client) => client.resetAndDestroy()),
  );
  const { verdicts } = await playRun(peer.url, ECHOES, { concurrency: 12 });
  assert.deepEqual(pairsOf(verdicts, ownWords), PASSED);
});

test("a peer that refuses connections beyond its limit is not blamed for ours", async (context) => {
  const echo = await during(context, startEchoServer());
  const peer = await during(
    context,
    startLimited(echo.port, 4, (client) => client.end("HTTP/1.1 503 Full\r\nContent-Length: 0\r\n\r\n")),
  );
  const { verdicts, events } = await playRun(peer.url, ECHOES, { concurrency: 12 });
  assert.deepEqual(pairsOf(verdicts, ownWords), PASSED);
  assert.ok(events.some((event) => event.type === "case-unconfirmed" && event.verdict.outcome === "blocked"));
});

test("two runs against the same broken server agree case by case", async (context) => {
  const peer = await during(context, mutants.sloppy.start());
  const [first, second] = await Promise.all(
    [1, 2].map(() => playRun(peer.url, BASIC, { profile: "autobahn", timeoutScale: 0.5 })),
  );
  assert.equal(first?.verdicts.size, BASIC.length);
  assert.deepEqual(pairsOf(first.verdicts, ownWords), pairsOf(second?.verdicts ?? new Map(), ownWords));
});
