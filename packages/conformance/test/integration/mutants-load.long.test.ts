import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mutants, startDeflateEcho, type DeflateEchoOptions, type MutantName } from "@wireproof/peers";
import type { Profile } from "../../src/record/record.js";
import type { CaseEnd } from "../../src/run/event.js";
import { LOAD_TABLES } from "./load-tables.js";
import { during, playRun } from "./play-run.js";
import { casesOf, expand, ownWords, pairsOf } from "./verdict-table.js";

const PROFILES = ["modern", "autobahn"] as const satisfies readonly Profile[];
const ENOUGH = { messages: "enough" } as const;

describe("servers that get compression or big messages wrong", () => {
  for (const [name, tables] of Object.entries(LOAD_TABLES)) {
    for (const profile of PROFILES) {
      test(`${name} under ${profile}`, async (context) => {
        const expected = expand(tables[profile]);
        const peer = await during(context, mutants[name as MutantName].start());
        const cases = casesOf([...expected.keys()].join());
        const { verdicts } = await playRun(peer.url, cases, { profile, ...ENOUGH });
        assert.deepEqual(
          pairsOf(verdicts, ({ outcome }) => outcome),
          expected,
        );
      });
    }
  }
});

test("what is wrong with compressed messages is named", async (context) => {
  const found = async (name: MutantName): Promise<unknown> => {
    const peer = await during(context, mutants[name].start());
    const { ends } = await playRun(peer.url, casesOf("13.3.8"), ENOUGH);
    const { record, verdict } = only(ends);
    return [record.violations[0]?.violation, verdict.requirement];
  };
  assert.deepEqual(await found("ignoresServerWindow"), ["window-exceeded", "7692-7.2.1-4"]);
  assert.deepEqual(await found("keepsTail"), ["corrupt-deflate", "7692-6.1-1"]);
  assert.deepEqual(await found("bomb"), ["inflated-too-long", "6455-6.2-1"]);
});

test("a server that cannot inflate what it has agreed to is not taken for one with a limit", async (context) => {
  const peer = await during(context, mutants.resetsInflate.start());
  const { record, verdict } = only((await playRun(peer.url, casesOf("13.1.5"), ENOUGH)).ends);
  assert.equal(record.close.remoteCode, 1007);
  assert.equal(ownWords(verdict), "fail/wrong-side");
});

test("a server without compression is told so and closed in order", async (context) => {
  const peer = await during(context, mutants.declines.start());
  for (const profile of PROFILES) {
    const { ends } = await playRun(peer.url, casesOf("12.1.1, 13.7.18"), { profile, ...ENOUGH });
    assert.deepEqual(
      ends.map(({ verdict }) => ownWords(verdict)),
      Array(2).fill("unimplemented/ok"),
    );
    assert.ok(ends.every(({ record }) => record.extension === null && record.loop === undefined));
  }
});

test("a limit is reported with the size that was refused", async (context) => {
  const peer = await during(context, mutants.limits.start());
  const { verdicts } = await playRun(peer.url, casesOf("9.1.2, 9.3.1, 12.1.10"), ENOUGH);
  const [big, fragmented, compressed] = ["9.1.2", "9.3.1", "12.1.10"].map((id) => verdicts.get(id));
  assert.match(big?.because ?? "", /limit: .* 262144 octets with close code 1009/);
  assert.match(fragmented?.because ?? "", /limit: .* 4194304 octets in fragments with close code 1009/);
  assert.match(compressed?.because ?? "", /limit: .* 131072 octets with close code 1009/);
  assert.deepEqual(new Set([...verdicts.values()].map(ownWords)), new Set(["unimplemented/not-applicable"]));
});

test("a server that stops reading ends its cases at the deadline", async (context) => {
  const peer = await during(context, mutants.stopsReading.start());
  const cases = casesOf("9.1.1, 9.1.3, 9.1.6, 9.2.5, 9.3.5, 9.5.6");
  const { verdicts, ends, totals } = await playRun(peer.url, cases, { timeoutScale: 0.05 });
  assert.equal(verdicts.get("9.1.1")?.outcome, "pass");
  const stopped = ends.filter((end) => end.case !== "9.1.1");
  assert.deepEqual(
    new Set(stopped.map(({ verdict }) => ownWords(verdict))),
    new Set(["too-slow/not-applicable"]),
  );
  assert.ok(stopped.every(({ record }) => record.timers.includes("stalled")));
  assert.equal(totals.notRun, 0);
});

test("gigabytes that a few octets inflate to are not kept", async (context) => {
  const peer = await during(context, mutants.bomb.start());
  const { verdicts } = await playRun(peer.url, casesOf("12.*.1, 13.*.10"), ENOUGH);
  assert.deepEqual(new Set([...verdicts.values()].map(({ outcome }) => outcome)), new Set(["fail"]));
  // The server, which is in this process too, has a part of the zeros in memory. All are 4 GiB.
  assert.ok(process.resourceUsage().maxRSS < 600_000, `${process.resourceUsage().maxRSS} KiB`);
});

describe("context takeover", () => {
  const short = casesOf("13.1.2, 13.2.2");

  /** Agreed parameters, and what was left of the messages that were sent and received. */
  async function played(
    context: { after(callback: () => Promise<void>): void },
    id: string,
    options: DeflateEchoOptions,
  ): Promise<{ extension: unknown; sent: number; received: number }> {
    const peer = await during(context, startDeflateEcho(options));
    const { ends } = await playRun(
      peer.url,
      short.filter((one) => one.id === id),
      ENOUGH,
    );
    const { record, verdict } = only(ends);
    assert.equal(ownWords(verdict), "pass/ok");
    const { ratioSent = Number.NaN, ratioReceived = Number.NaN } = verdict.measured ?? {};
    return { extension: record.extension, sent: ratioSent, received: ratioReceived };
  }

  test("is used by both sides where nobody forbids it", async (context) => {
    const { extension, sent, received } = await played(context, "13.1.2", {});
    assert.equal(extension, "permessage-deflate");
    // Both compress the same messages with the same window.
    assert.ok(sent < 0.5 && Math.abs(sent - received) < 0.05, `${sent}, ${received}`);
  });

  test("is not used by the tester where the server forbids it", async (context) => {
    const { extension, sent, received } = await played(context, "13.1.2", { clientNoContextTakeover: true });
    assert.equal(extension, "permessage-deflate; client_no_context_takeover");
    assert.ok(received < 0.5 && sent > 2 * received, `${sent}, ${received}`);
  });

  test("is not used by a server where the tester forbids it", async (context) => {
    const { extension, sent, received } = await played(context, "13.2.2", {});
    assert.equal(extension, "permessage-deflate; server_no_context_takeover");
    assert.ok(sent < 0.5 && received > 2 * sent, `${sent}, ${received}`);
  });

  for (const clientMaxWindowBits of [9, 10, 12, 15]) {
    test(`passes with a window of ${clientMaxWindowBits} bits for the tester`, async (context) => {
      const peer = await during(context, startDeflateEcho({ clientMaxWindowBits }));
      const { ends } = await playRun(peer.url, casesOf("12.1.1, 12.1.9, 13.3.5, 13.5.12"), ENOUGH);
      const wanted = new RegExp(`; client_max_window_bits=${clientMaxWindowBits}$`);
      for (const { record, verdict } of ends) {
        assert.match(record.extension ?? "", wanted);
        assert.equal(ownWords(verdict), "pass/ok");
      }
    });
  }
});

function only(ends: readonly CaseEnd[]): CaseEnd {
  const [end, ...others] = ends;
  assert.ok(end !== undefined && others.length === 0);
  return end;
}
