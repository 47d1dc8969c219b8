import assert from "node:assert/strict";

import { WebSocketError, connect } from "../../src/index.js";
import type { ConnectOptions, ErrorCode } from "../../src/index.js";

/** Asserts that `connect` rejects with this code, and returns the error. */
export async function refuses(
  url: string,
  options: ConnectOptions,
  code: ErrorCode,
): Promise<WebSocketError> {
  const error: unknown = await connect(url, options).then(
    (ws) => {
      ws.terminate();
      return new Error("it was opened");
    },
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof WebSocketError, String(error));
  assert.equal(error.code, code, error.message);
  return error;
}
