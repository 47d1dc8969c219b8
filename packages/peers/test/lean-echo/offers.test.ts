import assert from "node:assert/strict";
import { test } from "node:test";

import { acceptDeflate, deflateTerms } from "../../src/lean-echo/offers.js";

const DEFLATE = "permessage-deflate";

test("what an offer asks for is granted, and the client's window is left to the client", () => {
  const rows: readonly (readonly [offer: string, answer: string | undefined])[] = [
    [DEFLATE, DEFLATE],
    [`${DEFLATE}; client_max_window_bits`, DEFLATE],
    [`${DEFLATE}; client_max_window_bits=9`, DEFLATE],
    [`${DEFLATE};client_no_context_takeover`, `${DEFLATE}; client_no_context_takeover`],
    [
      `${DEFLATE}; server_no_context_takeover; server_max_window_bits="9"`,
      `${DEFLATE}; server_no_context_takeover; server_max_window_bits=9`,
    ],
    [`${DEFLATE}; server_max_window_bits=10, ${DEFLATE}`, `${DEFLATE}; server_max_window_bits=10`],
    [`x-other; a=b, ${DEFLATE}`, DEFLATE],
    ["x-other", undefined],
  ];
  for (const [offer, answer] of rows) assert.equal(acceptDeflate(head(offer)), answer, offer);
});

test("an offer that makes no sense is declined, and the next one is looked at", () => {
  const wrong = [
    "; server_max_window_bits",
    "; server_max_window_bits=7",
    "; server_max_window_bits=16",
    "; server_max_window_bits=09",
    "; client_max_window_bits=16",
    "; server_no_context_takeover=1",
    "; unknown",
    "; server_no_context_takeover; server_no_context_takeover",
  ];
  for (const parameters of wrong) {
    assert.equal(acceptDeflate(head(DEFLATE + parameters)), undefined, parameters);
    assert.equal(acceptDeflate(head(`${DEFLATE}${parameters}, ${DEFLATE}`)), DEFLATE, parameters);
  }
});

test("several header lines are one list, and there may be none", () => {
  const lines = `${head("x-other")}\r\nSec-WebSocket-Extensions: ${DEFLATE}`;
  assert.equal(acceptDeflate(lines), DEFLATE);
  assert.equal(acceptDeflate("GET / HTTP/1.1\r\nHost: a"), undefined);
});

test("an answer says how we compress", () => {
  assert.deepEqual(deflateTerms(DEFLATE), { windowBits: 15, keepsContext: true });
  assert.deepEqual(deflateTerms(`${DEFLATE}; server_no_context_takeover; server_max_window_bits=9`), {
    windowBits: 9,
    keepsContext: false,
  });
  assert.equal(deflateTerms(`${DEFLATE}; client_no_context_takeover`).keepsContext, true);
});

function head(extensions: string): string {
  return `GET / HTTP/1.1\r\nHost: a\r\nsec-websocket-extensions: ${extensions}\r\nUpgrade: websocket`;
}
