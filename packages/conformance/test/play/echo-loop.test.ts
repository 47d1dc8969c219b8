import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { message } from "../../src/case/expect.js";
import { Opcode } from "../../src/case/opcode.js";
import { EchoLoop, type EchoLoopContext } from "../../src/play/echo-loop.js";
import { viewOf } from "../../src/record/event-view.js";
import { FakeClock } from "../support/fake-clock.js";

interface Looping {
  readonly loop: EchoLoop;
  readonly clock: FakeClock;
  readonly sent: string[];
  /** Whether all messages had come back, for each report that the loop is over. */
  readonly ends: boolean[];
  /** The peer sends a message; false if the loop does not take it. */
  readonly echo: (text: string, opcode?: number) => boolean;
}

/** A loop of the messages `0`, `1`, `2` …, begun. */
function loopOf(wanted: number, changes: Partial<EchoLoopContext> = {}): Looping {
  const clock = new FakeClock();
  const sent: string[] = [];
  const ends: boolean[] = [];
  const loop = new EchoLoop({
    source: { opcode: Opcode.text, name: "numbers", at: (index) => Buffer.from(String(index)) },
    wanted,
    compares: "content",
    clock,
    burst: 1,
    send: (messages, index) => void sent.push(`${index}: ${messages.map(textOf).join(" ")}`),
    onEnd: (isComplete) => void ends.push(isComplete),
    ...changes,
  });
  loop.start();
  const echo = (text: string, opcode: number = Opcode.text): boolean => {
    const reader = loop.reader(opcode);
    if (reader === null) return false;
    for (const octet of Buffer.from(text)) assert.equal(reader.push(Uint8Array.of(octet)), true);
    assert.equal(reader.end(), true);
    loop.messageEnded(opcode);
    return true;
  };
  return { loop, clock, sent, ends, echo };
}

function textOf(message: Uint8Array): string {
  return Buffer.from(message).toString();
}

test("a burst goes out when the echoes of all before are there, and the last one has what is left", () => {
  const source = { opcode: Opcode.text, name: "same", at: () => Buffer.from("x") };
  const { sent, echo, ends } = loopOf(5, { burst: 2, source });
  assert.deepEqual(sent, ["0: x x"]);
  echo("x");
  assert.deepEqual(sent, ["0: x x"]);
  for (let count = 0; count < 4; count++) echo("x");
  assert.deepEqual(sent, ["0: x x", "2: x x", "4: x"]);
  assert.deepEqual(ends, [true]);
});

test("the next message goes out when the echo of the last is there, and not before", () => {
  const { sent, echo, loop, ends } = loopOf(3);
  assert.deepEqual(sent, ["0: 0"]);
  loop.reader(Opcode.text)?.push(Buffer.from("0"));
  assert.deepEqual(sent, ["0: 0"]);
  echo("0");
  assert.deepEqual(sent, ["0: 0", "1: 1"]);
  echo("1");
  echo("2");
  assert.deepEqual([sent.length, ends, loop.isOver], [3, [true], true]);
});

test("what comes behind the end is not the loop's", () => {
  const { echo, ends, loop } = loopOf(1);
  echo("0");
  assert.equal(echo("0"), false);
  loop.messageEnded(Opcode.text);
  assert.deepEqual([ends, loop.record().matched], [[true], 1]);
});

test("an end of a message that was not begun is none of the loop's", () => {
  const { loop, sent } = loopOf(2);
  loop.messageEnded(Opcode.text);
  assert.deepEqual([sent.length, loop.record().matched], [1, 0]);
});

describe("an echo that differs ends the loop", () => {
  const table: readonly (readonly [name: string, text: string, opcode: 1 | 2])[] = [
    ["in content", "x", Opcode.text],
    ["in length", "11", Opcode.text],
    ["in type", "1", Opcode.binary],
    ["as it is empty", "", Opcode.text],
  ];
  for (const [name, text, opcode] of table) {
    test(name, () => {
      const { echo, ends, loop, sent } = loopOf(5);
      echo("0");
      echo(text, opcode);
      assert.deepEqual([ends, sent.length, loop.isOver], [[false], 2, true]);
      assert.equal(echo("1"), false);
      const { latency: _, ...record } = loop.record();
      assert.deepEqual(record, {
        wanted: 5,
        sent: 2,
        matched: 1,
        mismatch: {
          index: 1,
          expected: viewOf(message("1")),
          observed: viewOf(message(text, opcode === Opcode.text ? "text" : "binary")),
        },
      });
    });
  }
});

describe("where type and length are enough", () => {
  const lengths = { compares: "length" } as const;
  test("other content is noted once and the loop goes on", () => {
    const { echo, ends, loop } = loopOf(4, lengths);
    for (const text of ["0", "x", "y", "3"]) echo(text);
    const { matched, mismatch } = loop.record();
    assert.deepEqual([ends, matched, mismatch?.index], [[true], 4, 1]);
    assert.deepEqual(mismatch?.observed, viewOf(message("x")));
  });
  test("another length or type ends it", () => {
    for (const [text, opcode] of [
      ["11", Opcode.text],
      ["1", Opcode.binary],
    ] as const) {
      const { echo, ends } = loopOf(4, lengths);
      echo("0");
      echo(text, opcode);
      assert.deepEqual(ends, [false]);
    }
  });
});

describe("the record", () => {
  test("before anything came", () => {
    assert.deepEqual(loopOf(1000).loop.record(), { wanted: 1000, sent: 1, matched: 0 });
  });
  test("latencies in microseconds, from sending to the end of the echo", () => {
    const { echo, loop, clock } = loopOf(3);
    for (const [ms, text] of [
      [1, "0"],
      [3, "1"],
      [2, "2"],
    ] as const) {
      clock.advance(ms);
      echo(text);
    }
    const { min, mean, p50, p99, max } = loop.record().latency ?? assert.fail("no latency");
    assert.equal(min, 1000);
    assert.deepEqual(
      [mean, p50, p99, max].map((micros) => Math.round(micros / 100) * 100),
      [2000, 2000, 3000, 3000],
    );
  });
  test("an echo in no time at all counts as a microsecond", () => {
    const { echo, loop } = loopOf(1);
    echo("0");
    assert.equal(loop.record().latency?.min, 1);
  });
});
