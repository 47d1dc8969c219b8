import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Reading, ReadingEvent, nextReading } from "../../src/protocol/reading.js";
import { isAwaitingTurn, isDiscarding, isStopped, isTransportPaused } from "../../src/protocol/reading.js";

type StateName = keyof typeof Reading;
type EventName = keyof typeof ReadingEvent;

const STATES = Object.keys(Reading) as StateName[];
const EVENTS = Object.keys(ReadingEvent) as EventName[];

/** The columns are the events in the order of their numbers; a dot stands for the state of the row. */
const TABLE = `
                    Pause               Resume        TurnEnd       Turn        InflateStart  InflateEnd  Discard           CaughtUp
Open                Paused              .             AwaitingTurn  .           Inflating     .           Discarding        .
CatchingUp          Paused              .             AwaitingTurn  .           Inflating     .           DiscardingPaused  Open
Paused              .                   CatchingUp    .             .           .             .           DiscardingPaused  .
AwaitingTurn        AwaitingTurnPaused  .             .             CatchingUp  .             .           DiscardingPaused  .
AwaitingTurnPaused  .                   AwaitingTurn  .             Paused      .             .           DiscardingPaused  .
Inflating           InflatingPaused     .             .             .           .             CatchingUp  DiscardingPaused  .
InflatingPaused     .                   Inflating     .             .           .             Paused      DiscardingPaused  .
DiscardingPaused    .                   .             .             .           .             .           .                 Discarding
Discarding          .                   .             .             .           .             .           .                 .
`;

describe("the table of reading", () => {
  const [header = [], ...rows] = TABLE.trim()
    .split("\n")
    .map((line) => line.trim().split(/ +/));

  test("names every state and every event", () => {
    assert.deepEqual(header, EVENTS);
    assert.deepEqual(
      rows.map(([state]) => state),
      STATES,
    );
  });

  for (const [from, ...cells] of rows as [StateName, ...string[]][]) {
    test(from, () => {
      assert.equal(cells.length, EVENTS.length);
      for (const [at, cell] of cells.entries()) {
        const to = nextReading(Reading[from], ReadingEvent[EVENTS[at]!]);
        assert.equal(STATES[to], cell === "." ? from : cell, `${from}, ${EVENTS[at]}`);
      }
    });
  }
});

test("what each state means", () => {
  const namesOf = (holds: (reading: Reading) => boolean): string[] =>
    STATES.filter((name) => holds(Reading[name]));
  assert.deepEqual(namesOf(isAwaitingTurn), ["AwaitingTurn", "AwaitingTurnPaused"]);
  assert.deepEqual(namesOf(isDiscarding), ["DiscardingPaused", "Discarding"]);
  assert.deepEqual(
    namesOf((reading) => !isStopped(reading)),
    ["Open", "CatchingUp"],
  );
  assert.deepEqual(
    namesOf((reading) => !isTransportPaused(reading)),
    ["Open", "Discarding"],
  );
});

test("pausing and resuming leaves no trace, in whatever state", () => {
  for (const name of STATES) {
    const paused = nextReading(Reading[name], ReadingEvent.Pause);
    const resumed = nextReading(paused, ReadingEvent.Resume);
    // What came meanwhile is read first.
    const expected = name === "Open" ? Reading.CatchingUp : nextReading(Reading[name], ReadingEvent.Resume);
    assert.equal(resumed, expected, name);
  }
});

test("nothing is read again once it is discarded", () => {
  for (const name of STATES) {
    const discarded = nextReading(Reading[name], ReadingEvent.Discard);
    for (const event of EVENTS) assert(isDiscarding(nextReading(discarded, ReadingEvent[event])), name);
  }
});
