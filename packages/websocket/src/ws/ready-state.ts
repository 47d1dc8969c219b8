/** The states of a WebSocket, as the browser's API numbers them. */
export const ReadyState = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const;

export type ReadyState = (typeof ReadyState)[keyof typeof ReadyState];

const NAMES = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"] as const;

/** What `send`, `ping` and `pong` answer when nothing can be sent. */
export function notOpen(state: ReadyState): Error {
  return new Error(`WebSocket is not open: readyState ${state} (${NAMES[state]})`);
}
