import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Recorder, shown } from "../../src/record/recorder.js";
import { VIOLATIONS } from "../../src/record/violation.js";
import { RECORDED_EVENTS } from "../../src/record/record.js";
import {
  SHOWN_LATE,
  SHOWN_OCTETS,
  SHOWN_TOTAL,
  WIRE_LOG_ENTRIES,
  type FrameView,
  type WireEntry,
} from "../../src/record/wire-log.js";
import { FakeClock } from "../support/fake-clock.js";

const FRAME: FrameView = { opcode: 9, fin: true, rsv: 0, masked: false, mask: null, length: 0, payload: "" };
const CUT = { dir: "=", note: `the wire log stops here, after ${WIRE_LOG_ENTRIES} entries` };

interface Recording {
  readonly clock: FakeClock;
  readonly recorder: Recorder;
  readonly wire: { readonly at: number; readonly entry: WireEntry }[];
}

function record(): Recording {
  const clock = new FakeClock();
  clock.advance(500);
  const wire: { at: number; entry: WireEntry }[] = [];
  return { clock, wire, recorder: new Recorder(clock, (at, entry) => void wire.push({ at, entry })) };
}

function entries({ wire }: Recording): readonly WireEntry[] {
  return wire.map(({ entry }) => entry);
}

/** Writes octets down until the wire log has `count` entries. */
function fill(recording: Recording, count: number): void {
  while (recording.wire.length < count) recording.recorder.octets(">", Uint8Array.of(1));
}

test("time counts in microseconds from the beginning of the case", () => {
  const recording = record();
  recording.recorder.note("first");
  recording.clock.advance(1.5);
  recording.recorder.note("second");
  assert.deepEqual(
    recording.wire.map(({ at }) => at),
    [0, 1500],
  );
  assert.equal(recording.recorder.startedAt, "2026-01-01T00:00:00.500Z");
});

test("entries of every kind", () => {
  const recording = record();
  const { recorder } = recording;
  recorder.octets(">", Uint8Array.of(0x81, 0x00), true);
  recorder.octets("<", Uint8Array.of(0x8a));
  recorder.frame("<", FRAME.opcode, () => FRAME);
  recorder.timer("kill", "set", 1);
  recorder.timer("wait", "fired", 0.1, { tag: "A", early: true });
  recorder.note("a note");
  recorder.violation("rsv", false);
  assert.deepEqual(entries(recording), [
    { dir: ">", octets: 2, hex: "8100", queued: true },
    { dir: "<", octets: 1, hex: "8a" },
    { dir: "<", frame: FRAME },
    { dir: "=", timer: "kill", phase: "set", seconds: 1 },
    { dir: "=", timer: "wait", phase: "fired", seconds: 0.1, tag: "A", early: true },
    { dir: "=", note: "a note" },
    { dir: "!", violation: `the peer ${VIOLATIONS.rsv.sentence}`, requirement: VIOLATIONS.rsv.requirement },
  ]);
});

test("counts reads and writes by size and frames by opcode, smallest first", () => {
  const { recorder } = record();
  for (const length of [10, 2, 10]) recorder.octets("<", new Uint8Array(length));
  recorder.octets(">", new Uint8Array(7));
  for (const opcode of [9, 1, 9]) recorder.frame(">", opcode, () => ({ ...FRAME, opcode }));
  recorder.frame("<", 8, () => ({ ...FRAME, opcode: 8 }));
  const { octets, frames } = recorder.statistics();
  assert.deepEqual(octets, { received: { "2": 1, "10": 2 }, sent: { "7": 1 } });
  assert.deepEqual(frames, { received: { "8": 1 }, sent: { "1": 1, "9": 2 } });
});

test("a violation is written down once, with the moment it was first seen", () => {
  const recording = record();
  recording.clock.advance(2);
  recording.recorder.violation("masked-frame", false);
  recording.clock.advance(2);
  recording.recorder.violation("masked-frame", false);
  recording.recorder.violation("rsv", false);
  const { violations } = recording.recorder;
  assert.deepEqual(
    violations.map(({ violation, at }) => [violation, at]),
    [
      ["masked-frame", 2000],
      ["rsv", 4000],
    ],
  );
  assert.equal(recording.wire.length, 2);
});

test("deadlines that have passed are kept in order", () => {
  const { recorder } = record();
  recorder.fired("until");
  recorder.fired("kill");
  assert.deepEqual(recorder.timers, ["until", "kill"]);
});

describe("the end of the wire log", () => {
  test("octets and frames are counted but no longer shown, and one note says so", () => {
    const recording = record();
    fill(recording, WIRE_LOG_ENTRIES);
    for (let i = 0; i < 3; i++) {
      recording.recorder.octets("<", Uint8Array.of(2));
      recording.recorder.frame("<", FRAME.opcode, () => FRAME);
    }
    assert.equal(recording.wire.length, WIRE_LOG_ENTRIES + 1);
    assert.deepEqual(entries(recording).at(-1), CUT);
    const { octets, frames } = recording.recorder.statistics();
    assert.deepEqual([octets.received, frames.received], [{ "1": 3 }, { "9": 3 }]);
  });
  test("timers, notes and violations are still shown", () => {
    const recording = record();
    fill(recording, WIRE_LOG_ENTRIES);
    recording.recorder.octets("<", Uint8Array.of(2));
    recording.recorder.timer("kill", "fired", 1);
    recording.recorder.note("the end");
    recording.recorder.violation("rsv", false);
    assert.deepEqual(
      entries(recording)
        .slice(WIRE_LOG_ENTRIES)
        .map((entry) => Object.keys(entry)[1]),
      ["note", "timer", "note", "violation"],
    );
  });
  test("the note comes also where a timer was the last entry that fitted", () => {
    const recording = record();
    fill(recording, WIRE_LOG_ENTRIES);
    recording.recorder.timer("kill", "fired", 1);
    recording.recorder.octets("<", Uint8Array.of(2));
    recording.recorder.octets("<", Uint8Array.of(2));
    assert.deepEqual(entries(recording).slice(-1), [CUT]);
    assert.equal(recording.wire.length, WIRE_LOG_ENTRIES + 2);
  });
});

test("after very many octets, less of each entry is shown", () => {
  const recording = record();
  const { recorder } = recording;
  const long = new Uint8Array(SHOWN_OCTETS).fill(0xab);
  const whole = "ab".repeat(SHOWN_OCTETS);
  const count = SHOWN_TOTAL / SHOWN_OCTETS + 1;
  for (let i = 0; i < count; i++) recorder.octets("<", long);
  recorder.octets("<", long);
  recorder.frame("<", 9, () => ({ ...FRAME, length: SHOWN_OCTETS, payload: whole }));
  const shownHex = entries(recording).map((entry) =>
    "hex" in entry ? entry.hex : "frame" in entry ? entry.frame.payload : "",
  );
  assert.ok(shownHex.slice(0, count).every((hex) => hex === whole));
  assert.deepEqual(shownHex.slice(count), Array(2).fill("ab".repeat(SHOWN_LATE)));
  const [, last] = entries(recording).slice(-2);
  assert.equal(last !== undefined && "frame" in last ? last.frame.length : 0, SHOWN_OCTETS);
});

describe("quiet", () => {
  test("octets and frames are counted and not shown; a view is not even made", () => {
    const recording = record();
    const { recorder } = recording;
    recorder.show(false);
    assert.equal(recorder.isShowing, false);
    recorder.octets("<", Uint8Array.of(1));
    recorder.frame("<", 1, () => assert.fail("this view must not be made"));
    recorder.show(true);
    assert.equal(recorder.isShowing, true);
    recorder.frame(">", 9, () => FRAME);
    assert.deepEqual(entries(recording), [
      { dir: "=", log: false },
      { dir: "=", log: true },
      { dir: ">", frame: FRAME },
    ]);
    const { octets, frames } = recorder.statistics();
    assert.deepEqual([octets.received, frames], [{ "1": 1 }, { received: { "1": 1 }, sent: { "9": 1 } }]);
  });
  test("is logged only when it changes", () => {
    const recording = record();
    recording.recorder.show(true);
    recording.recorder.show(false);
    recording.recorder.show(false);
    assert.deepEqual(entries(recording), [{ dir: "=", log: false }]);
  });
  for (const dir of [">", "<"] as const) {
    test(`a Close frame ends it, ${dir}`, () => {
      const recording = record();
      recording.recorder.show(false);
      recording.recorder.frame(dir, 8, () => ({ ...FRAME, opcode: 8 }));
      assert.deepEqual(entries(recording).slice(1), [
        { dir: "=", log: true },
        { dir, frame: { ...FRAME, opcode: 8 } },
      ]);
    });
  }
  test("timers, notes and violations are shown nevertheless", () => {
    const recording = record();
    recording.recorder.show(false);
    recording.recorder.timer("close", "set", 60);
    recording.recorder.note("a note");
    recording.recorder.violation("corrupt-deflate", false);
    assert.deepEqual(
      entries(recording).map((entry) => Object.keys(entry)[1]),
      ["log", "timer", "note", "violation"],
    );
  });
  test("where the log is full nothing is shown either", () => {
    const recording = record();
    fill(recording, WIRE_LOG_ENTRIES);
    assert.equal(recording.recorder.isShowing, false);
  });
});

test("events beyond the limit are counted, not kept", () => {
  const { recorder } = record();
  for (let i = 0; i < RECORDED_EVENTS + 5; i++) recorder.event({ type: "timeout", tag: String(i) });
  assert.equal(recorder.eventCount, RECORDED_EVENTS + 5);
  assert.equal(recorder.events.length, RECORDED_EVENTS);
  assert.deepEqual(recorder.events.at(-1), { type: "timeout", tag: String(RECORDED_EVENTS - 1) });
});

test("octets are shown up to a limit, also if they are part of a larger array", () => {
  const whole = Uint8Array.from({ length: SHOWN_OCTETS + 50 }, (_, index) => index % 256);
  assert.equal(shown(whole), Buffer.from(whole).toString("hex", 0, SHOWN_OCTETS));
  assert.equal(shown(whole.subarray(3, 5)), "0304");
  assert.equal(shown(new Uint8Array(0)), "");
});

describe("a violation that shows in the header of a frame", () => {
  const { requirement, sentence } = VIOLATIONS["masked-frame"];
  const violation = { dir: "!", violation: `the peer ${sentence}`, requirement };
  const frame = { dir: "<", frame: FRAME };

  test("stands behind the frame, and what follows from it behind both", () => {
    const recording = record();
    const { recorder } = recording;
    recorder.reading(() => {
      recorder.violation("masked-frame", false);
      recorder.frame(">", 8, () => ({ ...FRAME, opcode: 8 }));
      recording.clock.advance(1);
      recorder.frame("<", FRAME.opcode, () => FRAME);
    });
    const answer = { dir: ">", frame: { ...FRAME, opcode: 8 } };
    assert.deepEqual(entries(recording), [frame, violation, answer]);
    assert.deepEqual(
      recording.wire.map(({ at }) => at),
      [0, 0, 0],
    );
  });

  test("is not held back where the frame does not end in the same read", () => {
    const recording = record();
    const { recorder } = recording;
    recorder.reading(() => recorder.violation("masked-frame", false));
    assert.deepEqual(entries(recording), [violation]);
    recorder.reading(() => recorder.frame("<", FRAME.opcode, () => FRAME));
    assert.deepEqual(entries(recording), [violation, frame]);
  });

  test("is not lost where reading fails", () => {
    const recording = record();
    assert.throws(() =>
      recording.recorder.reading(() => {
        recording.recorder.violation("masked-frame", false);
        throw new Error("it broke");
      }),
    );
    assert.deepEqual(entries(recording), [violation]);
  });
});
