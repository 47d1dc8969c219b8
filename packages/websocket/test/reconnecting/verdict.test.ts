import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ErrorCode, WebSocketError } from "../../src/errors.js";
import type { ErrorDetails } from "../../src/errors.js";
import { mayConnectAgain, parseRetryAfter } from "../../src/reconnecting/failed-connect.js";
import { failure, mayRetry } from "../../src/reconnecting/verdict.js";

const LOST = failure(undefined, true);
const CODES = [
  1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 3000, 3003, 3008,
  4000, 4999,
];

const failed = (code: ErrorCode, details: ErrorDetails = {}): Parameters<typeof mayConnectAgain>[0] => ({
  ...failure(new WebSocketError(code, "…", details), false),
  status: details.status,
});

describe("close codes", () => {
  test("say when another attempt has no use, on both platforms", () => {
    const final = [1000, 1002, 1003, 1007, 1008, 1009, 1010, 3000, 3003];
    for (const judge of [mayRetry, mayConnectAgain])
      assert.deepEqual(
        CODES.filter((code) => !judge({ ...LOST, code })),
        final,
      );
  });

  test("of this side go before what came back", () => {
    const end = (details: ErrorDetails): Parameters<typeof mayConnectAgain>[0] => ({
      ...LOST,
      error: new WebSocketError(ErrorCode.Violation, "…", details),
    });
    assert.equal(mayConnectAgain(end({ closeCode: 1002, problem: "reserved-opcode" })), false);
    assert.equal(mayConnectAgain(end({ closeCode: 1009, problem: "message-too-big" })), false);
    assert.equal(mayConnectAgain(end({ closeCode: 1011, problem: "heartbeat-timeout" })), true);
    assert.equal(mayConnectAgain(end({ closeCode: 1001, problem: "idle-timeout" })), true);
    assert.equal(mayConnectAgain(end({ closeCode: 1008, problem: "backlog-exceeded" })), true);
    assert.equal(mayConnectAgain({ ...end({ closeCode: 1002 }), code: 1006 }), false);
  });
});

describe("attempts that failed", () => {
  test("statuses: 4xx ends it, but 408, 425 and 429; 5xx does not, but 501 and 505", () => {
    const statuses = [
      200, 301, 400, 401, 403, 404, 408, 421, 425, 426, 429, 451, 500, 501, 502, 503, 504, 505, 522,
    ];
    assert.deepEqual(
      statuses.filter((status) => mayConnectAgain(failed(ErrorCode.UnexpectedResponse, { status }))),
      [408, 425, 429, 500, 502, 503, 504, 522],
    );
  });

  test("the status of a proxy counts the same", () => {
    assert.equal(mayConnectAgain(failed(ErrorCode.ProxyRefused, { status: 407 })), false);
    assert.equal(mayConnectAgain(failed(ErrorCode.ProxyRefused, { status: 502 })), true);
  });

  test("errors: what comes from the network passes, what comes from the server or the options stays", () => {
    const passing = Object.values(ErrorCode).filter((code) => mayConnectAgain(failed(code)));
    assert.deepEqual(passing, [
      ErrorCode.NotOpen,
      ErrorCode.Unreachable,
      ErrorCode.HandshakeTimeout,
      ErrorCode.UnexpectedResponse,
      ErrorCode.ProxyRefused,
      ErrorCode.Violation,
      ErrorCode.Transport,
      ErrorCode.Handler,
      ErrorCode.Engine,
    ]);
    assert.equal(mayConnectAgain(failure(new TypeError("fetch failed"), false)), true);
  });

  test("an answer that was cut off passes, one that is none stays", () => {
    assert.equal(
      mayConnectAgain(failed(ErrorCode.InvalidResponse, { problem: "response-incomplete" })),
      true,
    );
    assert.equal(mayConnectAgain(failed(ErrorCode.InvalidResponse, { problem: "stream-reset" })), true);
    assert.equal(mayConnectAgain(failed(ErrorCode.InvalidResponse, { problem: "accept-wrong" })), false);
  });

  test("in browsers: what cannot be used, or is too much, stays", () => {
    const lasting = Object.values(ErrorCode).filter((code) => !mayRetry(failed(code)));
    assert.deepEqual(lasting, [ErrorCode.InvalidArgument, ErrorCode.Backlog]);
  });
});

describe("Retry-After", () => {
  const now = Date.parse("Mon, 05 Oct 2026 12:00:00 GMT");

  test("is a number of seconds", () => {
    assert.equal(parseRetryAfter("0", now), 0);
    assert.equal(parseRetryAfter("120", now), 120_000);
  });

  test("or a date", () => {
    assert.equal(parseRetryAfter("Mon, 05 Oct 2026 12:00:30 GMT", now), 30_000);
    assert.equal(parseRetryAfter("Mon, 05 Oct 2026 11:00:00 GMT", now), 0);
  });

  test("is an hour at most", () => {
    assert.equal(parseRetryAfter("999999999999999999999999", now), 3_600_000);
    assert.equal(parseRetryAfter("Fri, 31 Dec 9999 23:59:59 GMT", now), 3_600_000);
  });

  test("is ignored if it is neither", () => {
    for (const value of [undefined, "", "soon", "-5", "1.5x"])
      assert.equal(parseRetryAfter(value, now), undefined);
  });
});
