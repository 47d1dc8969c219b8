import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PeerProcess, ProcessEnd, ProcessOutput } from "../../src/run/peer-process.js";
import { hasLostPeer, ProcessWatch } from "../../src/run/process-watch.js";
import type { CaseRecord } from "../../src/record/record.js";
import type { OutputLine, RunEvent } from "../../src/run/event.js";
import { recordOf } from "../support/sample-record.js";

const CRASH: ProcessEnd = { code: 1, signal: null, how: "ended with exit status 1" };

class FakeProcess implements PeerProcess {
  readonly command: string = "server";
  readonly waitMs: number = 10_000;
  onEnd: ((end: ProcessEnd) => void) | null = null;
  proofs = 0;
  /** What happens while it is found out what became of it. */
  onSettled: () => void = () => undefined;
  answer: string | null = null;
  #lines: OutputLine[] = [];

  print(text: string): void {
    this.#lines.push({ from: "stdout", text });
  }
  up(): Promise<string | null> {
    return Promise.resolve(this.answer);
  }
  settled(): Promise<void> {
    this.onSettled();
    return Promise.resolve();
  }
  connected(): void {
    this.proofs++;
  }
  takeOutput(): ProcessOutput {
    const lines = this.#lines;
    this.#lines = [];
    return { lines, omitted: 0 };
  }
  lastLines(): readonly OutputLine[] {
    return [{ from: "stderr", text: "last words" }];
  }
}

interface Rig {
  readonly process: FakeProcess;
  readonly watch: ProcessWatch;
  readonly events: RunEvent[];
  /** Whether the peer answers; how often it was asked. */
  readonly peer: { answers: boolean; asked: number };
  readonly stop: AbortController;
}

function rig(): Rig {
  const process = new FakeProcess();
  const events: RunEvent[] = [];
  const peer = { answers: true, asked: 0 };
  const stop = new AbortController();
  const watch = new ProcessWatch({
    process,
    peer: "p",
    url: "ws://x",
    emit: (event) => events.push(event),
    isAnswering: () => {
      peer.asked++;
      return Promise.resolve(peer.answers);
    },
    turn: () => Promise.resolve(),
    signal: stop.signal,
  });
  return { process, watch, events, peer, stop };
}

const FINE = recordOf({});
const DROPPED: CaseRecord = {
  ...FINE,
  close: { ...FINE.close, clean: false, tcp: "ended-by-peer" },
};

function printed(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === "peer-output" ? [event.lines.map(({ text }) => text).join(" ")] : [],
  );
}

test("a peer is lost where it let go of a connection without a closing handshake, or opened none", () => {
  const close = { ...FINE.close, clean: false };
  const handshake = { opened: false, request: "", response: null };
  assert.equal(hasLostPeer(FINE), false);
  assert.equal(hasLostPeer({ ...FINE, close: { ...close, tcp: "ended-by-tester" } }), false);
  assert.equal(hasLostPeer({ ...FINE, close: { ...close, tcp: "ended-by-peer" } }), true);
  assert.equal(hasLostPeer({ ...FINE, close: { ...close, tcp: "reset-by-peer" } }), true);
  assert.equal(hasLostPeer({ ...FINE, handshake }), true);
});

test("output is emitted before each start and each end of a case, so that it belongs to the cases in flight", async () => {
  const { process, watch, events } = rig();
  process.print("banner");
  await watch.up();
  watch.caseStarted("1");
  process.print("one");
  watch.caseStarted("2");
  process.print("both");
  await watch.caseEnded("1", FINE);
  process.print("two");
  await watch.caseEnded("2", FINE);
  assert.deepEqual(printed(events), ["banner", "one", "both", "two"]);
  assert.equal(process.proofs, 2);
});

describe("an end", () => {
  test("is emitted with the cases in flight, before those that lost their connection are over", async () => {
    const { process, watch, events, peer } = rig();
    for (const id of ["1", "2", "3"]) watch.caseStarted(id);
    await watch.caseEnded("3", FINE);
    peer.answers = false;
    process.onSettled = () => process.onEnd?.(CRASH);
    process.print("stack");
    await watch.caseEnded("1", DROPPED);
    assert.equal(watch.losses, 1);
    assert.deepEqual(events, [
      { type: "peer-output", peer: "p", lines: [{ from: "stdout", text: "stack" }], omitted: 0 },
      {
        type: "peer-exit",
        peer: "p",
        url: "ws://x",
        code: 1,
        signal: null,
        because: "The command ended with exit status 1.",
        cases: ["1", "2"],
        after: "3",
        output: [{ from: "stderr", text: "last words" }],
      },
    ]);
  });
  test("is not blamed on a case that found no connection any more", async () => {
    const { process, watch, events, peer } = rig();
    watch.caseStarted("1");
    await watch.caseEnded("1", FINE);
    watch.caseStarted("2");
    peer.answers = false;
    process.onSettled = () => process.onEnd?.(CRASH);
    await watch.caseNotConnected("2");
    const exit = events.find((event) => event.type === "peer-exit");
    assert.deepEqual([exit?.cases, exit?.after], [[], "1"]);
  });
  test("is not emitted any more once the peer is finished", () => {
    const { process, watch } = rig();
    watch.close();
    assert.equal(process.onEnd, null);
  });
});

describe("whether the peer is there", () => {
  test("is not asked when a connection ended in order", async () => {
    const { watch, peer } = rig();
    watch.caseStarted("1");
    await watch.caseEnded("1", FINE);
    assert.deepEqual([peer.asked, watch.losses], [0, 0]);
  });
  test("is asked when one did not: a peer that answers has only dropped it", async () => {
    const { watch, peer } = rig();
    watch.caseStarted("1");
    await watch.caseEnded("1", DROPPED);
    assert.deepEqual([peer.asked, watch.losses], [1, 0]);
  });
  test("counts as a loss if it does not answer, though its process runs", async () => {
    const { watch, peer } = rig();
    peer.answers = false;
    watch.caseStarted("1");
    await watch.caseEnded("1", DROPPED);
    assert.equal(watch.losses, 1);
  });
  test("does not matter any more in a run that was given up", async () => {
    const { watch, peer, stop } = rig();
    stop.abort();
    watch.caseStarted("1");
    await watch.caseNotConnected("1");
    assert.equal(peer.asked, 0);
  });
});

test("why it cannot be brought up is handed on", async () => {
  const { process, watch } = rig();
  assert.equal(await watch.up(), null);
  process.answer = "It does not start.";
  assert.equal(await watch.up(), "It does not start.");
});
