/** The states of a WebSocket, as the browser's API numbers them. */
export const ReadyState = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const;

export type ReadyState = (typeof ReadyState)[keyof typeof ReadyState];

export const ReadyEvent = {
  /** The opening handshake is complete. */
  Opened: 0,
  /** The connection begins to end: either side closes it, or it has failed. May come several times. */
  Ending: 1,
  /** The connection is gone, or was never made. */
  Ended: 2,
} as const;

export type ReadyEvent = (typeof ReadyEvent)[keyof typeof ReadyEvent];

/** Changes the state of a WebSocket as `event` asks. Nothing else changes it. */
export function changeReadyState(websocket: { _readyState: ReadyState }, event: ReadyEvent): void {
  websocket._readyState = TABLE[event][websocket._readyState];
}

type Row = readonly [ReadyState, ReadyState, ReadyState, ReadyState];

const { OPEN, CLOSING, CLOSED } = ReadyState;

/** The rows are the events, the columns the states, both in the order of their numbers. */
const TABLE: readonly [Row, Row, Row] = [
  // `setSocket` may be called again, as in `ws`.
  [OPEN, OPEN, OPEN, OPEN],
  [CLOSING, CLOSING, CLOSING, CLOSED],
  [CLOSED, CLOSED, CLOSED, CLOSED],
];

const NAMES = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"] as const;

/** What `send`, `ping` and `pong` answer when nothing can be sent. */
export function notOpen(state: ReadyState): Error {
  return new Error(`WebSocket is not open: readyState ${state} (${NAMES[state]})`);
}
