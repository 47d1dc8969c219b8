/**
 * Whether a connection reads, as a table. Three things stop reading: the owner pauses it, this turn of the event loop is
 * used up (`turns.ts`), or an asynchronous inflater works on a message. What comes meanwhile waits in memory, and the
 * transport is paused. The table says what each event does in each state, and nothing else decides about it.
 *
 * The order of the numbers counts: a connection reads up to `CatchingUp`, and never again from `DiscardingPaused` on; the
 * transport is paused between `Open` and `Discarding`.
 */
export const Reading = {
  /** What comes is read at once. */
  Open: 0,
  /** What waits is read. The transport goes on when nothing waits any more. */
  CatchingUp: 1,
  /** The owner has paused reading. */
  Paused: 2,
  /** What waits is read in a later turn of the event loop. */
  AwaitingTurn: 3,
  /** Likewise, and the owner has paused reading. */
  AwaitingTurnPaused: 4,
  /** An asynchronous inflater works on the frame that was read last. */
  Inflating: 5,
  /** Likewise, and the owner has paused reading. */
  InflatingPaused: 6,
  /** What comes is thrown away. The transport was paused before and goes on in a moment. */
  DiscardingPaused: 7,
  /** What comes is thrown away. */
  Discarding: 8,
} as const;

export type Reading = (typeof Reading)[keyof typeof Reading];

export const ReadingEvent = {
  /** The owner pauses reading. */
  Pause: 0,
  /** The owner resumes it. */
  Resume: 1,
  /** This turn of the event loop is used up. */
  TurnEnd: 2,
  /** The next turn has come. */
  Turn: 3,
  /** An asynchronous inflater has begun. */
  InflateStart: 4,
  /** It has ended. */
  InflateEnd: 5,
  /** Nothing may be read any more. */
  Discard: 6,
  /** Nothing waits any more. */
  CaughtUp: 7,
} as const;

export type ReadingEvent = (typeof ReadingEvent)[keyof typeof ReadingEvent];

/** What `event` makes of the state `from`. */
export function nextReading(from: Reading, event: ReadingEvent): Reading {
  return TABLE[from]![event]!;
}

export function isStopped(reading: Reading): boolean {
  return reading > Reading.CatchingUp;
}

export function isDiscarding(reading: Reading): boolean {
  return reading >= Reading.DiscardingPaused;
}

export function isAwaitingTurn(reading: Reading): boolean {
  return reading === Reading.AwaitingTurn || reading === Reading.AwaitingTurnPaused;
}

export function isTransportPaused(reading: Reading): boolean {
  return reading !== Reading.Open && reading !== Reading.Discarding;
}

type Row = { readonly [Event in keyof typeof ReadingEvent]?: Reading };

const { Open, CatchingUp, Paused, AwaitingTurn, AwaitingTurnPaused } = Reading;
const { Inflating, InflatingPaused, DiscardingPaused, Discarding } = Reading;

/** An event that a row does not name changes nothing. */
const ROWS: { readonly [State in keyof typeof Reading]: Row } = {
  Open: { Pause: Paused, TurnEnd: AwaitingTurn, InflateStart: Inflating, Discard: Discarding },
  CatchingUp: {
    Pause: Paused,
    TurnEnd: AwaitingTurn,
    InflateStart: Inflating,
    Discard: DiscardingPaused,
    CaughtUp: Open,
  },
  // Only a connection that reads ends its turn or begins to inflate, so neither can come here.
  Paused: { Resume: CatchingUp, Discard: DiscardingPaused },
  AwaitingTurn: { Pause: AwaitingTurnPaused, Turn: CatchingUp, Discard: DiscardingPaused },
  AwaitingTurnPaused: { Resume: AwaitingTurn, Turn: Paused, Discard: DiscardingPaused },
  Inflating: { Pause: InflatingPaused, InflateEnd: CatchingUp, Discard: DiscardingPaused },
  InflatingPaused: { Resume: Inflating, InflateEnd: Paused, Discard: DiscardingPaused },
  DiscardingPaused: { CaughtUp: Discarding },
  Discarding: {},
};

/** The rows are the states, the columns the events, both in the order of their numbers. */
const TABLE: readonly (readonly Reading[])[] = Object.values(ROWS).map((row, from) =>
  Object.keys(ReadingEvent).map((event) => row[event as keyof Row] ?? (from as Reading)),
);
