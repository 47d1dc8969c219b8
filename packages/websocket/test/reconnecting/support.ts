import type { TestContext } from "node:test";

import { WebSocketError, reconnecting } from "../../src/reconnecting/index.js";
import type {
  ErrorCode,
  ReconnectingOptions,
  ReconnectingUrl,
  ReconnectingWebSocket,
  StateChange,
} from "../../src/reconnecting/index.js";
import { Happenings } from "../support/live-server.js";

/** Delays that no test waits long for. */
export const SOON = { initialMs: 2, factor: 1, maxMs: 2 };

export interface Watched {
  readonly ws: ReconnectingWebSocket;
  /** Every change of the state, one after the other. */
  readonly changes: Happenings<StateChange>;
  /** Resolves with the next change to this state. */
  readonly until: (state: StateChange["state"]) => Promise<StateChange>;
}

/** A client that is closed with the test. */
export function startReconnecting(
  context: TestContext,
  url: ReconnectingUrl,
  options: ReconnectingOptions = {},
): Watched {
  const changes = new Happenings<StateChange>();
  const ws = reconnecting(url, {
    backoff: SOON,
    ...options,
    state: (client, change) => {
      changes.add(change);
      return options.state?.(client, change);
    },
  });
  context.after(() => ws.close());
  const until = async (state: StateChange["state"]): Promise<StateChange> => {
    for (;;) {
      const change = await changes.next();
      if (change.state === state) return change;
    }
  };
  return { ws, changes, until };
}

/** For `assert.throws` and `assert.rejects`. */
export const isError =
  (code: ErrorCode) =>
  (error: unknown): boolean =>
    error instanceof WebSocketError && error.code === code;
