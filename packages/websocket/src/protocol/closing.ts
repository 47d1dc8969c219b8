import { State } from "./state.js";
import type { Side } from "./state.js";

/**
 * The closing handshake (RFC 6455 §7) as a table. Everything that ends a connection is one of six events; the table
 * says what each does in each phase, and nothing else in this folder decides about it.
 *
 * The order of TCP (§7.1.1): the server ends its output as soon as the closing handshake is complete or has failed, and
 * then discards what comes until the client has ended its own or the deadline passes. So no reset can destroy the Close
 * frame. The client waits until the server has ended its output, and then ends its own.
 */
export const Phase = {
  /** Neither side has sent a Close frame. */
  Open: 0,
  /** Ours is sent (or waits behind messages that are being compressed); messages of the peer are still delivered. */
  CloseSent: 1,
  /** The peer's Close frame has come, and ours is on its way: the closing is clean whatever happens now. */
  Complete: 2,
  /** The connection was failed (§7.1.7): nothing of the peer is read any more. */
  Failed: 3,
  /** The stream was ended without a Close frame: by the peer, or dropped by us. */
  Broken: 4,
  /** The transport is gone. */
  Closed: 5,
} as const;

export type Phase = (typeof Phase)[keyof typeof Phase];

export const ClosingEvent = {
  /** The application starts the closing handshake (§7.1.2). */
  Close: 0,
  /** The peer's Close frame, well-formed. */
  PeerClose: 1,
  /** The connection is failed. */
  Failure: 2,
  /** The peer ended its half of the stream. */
  PeerEnd: 3,
  /** The transport is gone. */
  TransportClosed: 4,
  /** The transport is dropped by us, whatever is on its way. */
  Abort: 5,
} as const;

export type ClosingEvent = (typeof ClosingEvent)[keyof typeof ClosingEvent];

/** What the connection does, in this order. */
export const Act = {
  None: 0,
  /** Forget everything that came, and what will come. */
  Discard: 1,
  /** Forget the messages that wait behind an asynchronous deflater, and a Close frame behind them. */
  DropWaiting: 2,
  /** Send a Close frame, behind what waits. */
  SendClose: 4,
  /** End the output, behind the messages that are being compressed, and a Close frame behind them. */
  EndOutput: 8,
  /** Wait for the peer for `limits.closeMs` at most, from now on. */
  SetDeadline: 16,
  ReportViolation: 32,
  ReportClosing: 64,
  ReportClosed: 128,
} as const;

export interface Transition {
  readonly to: Phase;
  readonly acts: number;
}

/** What `event` does to a connection in `phase`. */
export function transition(side: Side, phase: Phase, event: ClosingEvent): Transition {
  return TABLES[side][phase][event];
}

/** What users see of a phase. */
export function stateOf(phase: Phase): State {
  if (phase === Phase.Open) return State.Open;
  return phase === Phase.Closed ? State.Closed : State.Closing;
}

type Row = readonly [Transition, Transition, Transition, Transition, Transition, Transition];
type Table = readonly [Row, Row, Row, Row, Row, Row];

const { Discard, DropWaiting, SendClose, EndOutput, SetDeadline } = Act;
const { ReportViolation, ReportClosing, ReportClosed } = Act;

/** The rows are the phases, the columns the events, both in the order of their numbers. */
function table(serverEnds: number): Table {
  const { CloseSent, Complete, Failed, Broken, Closed } = Phase;
  const gone: Transition = { to: Closed, acts: Discard | DropWaiting | ReportClosed };
  // A closing that is complete stays clean.
  const dropped: Transition = { to: Broken, acts: Discard | DropWaiting };
  return [
    [
      { to: CloseSent, acts: SendClose | SetDeadline | ReportClosing },
      { to: Complete, acts: Discard | SendClose | serverEnds | SetDeadline | ReportClosing },
      {
        to: Failed,
        acts: Discard | DropWaiting | SendClose | serverEnds | SetDeadline | ReportViolation | ReportClosing,
      },
      { to: Broken, acts: Discard | EndOutput | SetDeadline | ReportClosing },
      gone,
      { to: Broken, acts: Discard | DropWaiting | ReportClosing },
    ],
    [
      stay(CloseSent),
      { to: Complete, acts: Discard | serverEnds | SetDeadline },
      // SendClose: only if the first one still waited and was dropped.
      {
        to: Failed,
        acts: Discard | DropWaiting | SendClose | serverEnds | SetDeadline | ReportViolation,
      },
      { to: Broken, acts: Discard | EndOutput | SetDeadline },
      gone,
      dropped,
    ],
    [stay(Complete), stay(Complete), stay(Complete), { to: Complete, acts: EndOutput }, gone, stay(Complete)],
    [stay(Failed), stay(Failed), stay(Failed), { to: Failed, acts: EndOutput }, gone, stay(Failed)],
    [stay(Broken), stay(Broken), stay(Broken), stay(Broken), gone, stay(Broken)],
    [stay(Closed), stay(Closed), stay(Closed), stay(Closed), stay(Closed), stay(Closed)],
  ];
}

function stay(phase: Phase): Transition {
  return { to: phase, acts: Act.None };
}

/** By side. */
const TABLES: readonly [Table, Table] = [table(Act.None), table(EndOutput)];
