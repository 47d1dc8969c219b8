import assert from "node:assert/strict";
import { test } from "node:test";

import type { PageEvent } from "wireproof/page";
import { headline } from "../../src/model/sentence.js";
import { info, modelOf, peerUp, result, RUN_END, started } from "../sample.js";

function said(events: readonly PageEvent[]): string {
  return headline(modelOf([started([info("1.1.1"), info("1.1.2")]), ...events])).text;
}

const FINE = (peer: string): readonly PageEvent[] => [
  peerUp(peer),
  result(peer, "1.1.1"),
  result(peer, "1.1.2"),
];
const BAD = (peer: string): readonly PageEvent[] => [
  peerUp(peer),
  result(peer, "1.1.1", { outcome: "fail" }),
  result(peer, "1.1.2"),
];

test("of one peer it says what came out, of several how many conform", () => {
  assert.equal(said([...FINE("a"), RUN_END]), "a conforms: 2 of 2");
  assert.equal(said([...FINE("a"), ...FINE("b"), RUN_END]), "All 2 peers conform");
  assert.equal(said([...BAD("a"), ...BAD("b"), RUN_END]), "None of 2 peers conforms");
  assert.equal(said([...FINE("a"), ...BAD("b"), RUN_END]), "1 of 2 peers conforms, 1 does not");
});

test("a peer with a case that was not run does not conform, and one that was not reached was not tested", () => {
  const half = [peerUp("b"), result("b", "1.1.1")];
  assert.equal(said([...FINE("a"), ...half, RUN_END]), "1 of 2 peers conforms, 1 was not tested in full");
  const down: PageEvent = {
    type: "peer-down",
    peer: "a",
    url: "ws://a",
    because: "Nobody listens.",
    after: null,
  };
  assert.equal(said([down, RUN_END]), "ws://a could not be tested");
  assert.equal(said([]), "No peer was tested so far");
});
