import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { checkCases } from "../../src/case/check-cases.js";
import { answers, closesWith, echoes, echoesAll, message, pongWith } from "../../src/case/expect.js";
import { octets } from "../../src/case/payload.js";
import {
  burstLoop,
  close,
  closeAfter,
  echoLoop,
  ping,
  text,
  type LoopMessages,
} from "../../src/case/steps.js";

const PIECES: LoopMessages = { from: "corpus", corpus: "json", length: 16, count: 1000 };
const EMPTY: LoopMessages = { from: "payload", opcode: 1, payload: octets(""), count: 1 };
const DEFLATE: Case["deflate"] = { offers: ["permessage-deflate"], acceptor: "plain" };
/** A case that negotiates nothing and has no loop. */
const PLAIN: Case = {
  id: "9.1.1",
  title: "A message",
  description: "A text message.",
  expectation: "An echo.",
  requirements: ["6455-6.2-1"],
  script: [text("x"), closeAfter(1)],
  expect: answers(message("x")),
};
/** What makes it an echo loop over a corpus. */
const LOOP: Partial<Case> = {
  script: [closeAfter(1), echoLoop(PIECES, 256)],
  expect: echoesAll(),
  deflate: DEFLATE,
  quiet: true,
};

describe("a sound load case has no problems", () => {
  const table: readonly (readonly [why: string, change: Partial<Case>])[] = [
    ["a big message", { expect: echoes(message("x")), quiet: true }],
    ["an echo loop", LOOP],
    ["an echo loop of empty messages", { script: [closeAfter(1), echoLoop(EMPTY)], expect: echoesAll() }],
    ["an echo loop before its timer", { ...LOOP, script: [echoLoop(PIECES), closeAfter(1)] }],
  ];
  for (const [why, change] of table) {
    test(why, () => assert.deepEqual(checkCases([{ ...PLAIN, ...change }]), []));
  }
});

describe("every rule about load cases finds its problem, and only that", () => {
  const table: readonly (readonly [change: Partial<Case>, problem: string])[] = [
    [loopOf({ ...PIECES, count: 0 }), "has an echo loop of 0 messages"],
    [loopOf({ ...EMPTY, count: 1.5 }), "has an echo loop of 1.5 messages"],
    [loopOf({ ...PIECES, length: 0 }), "has an echo loop of messages with 0 units of the corpus json"],
    [loopOf(PIECES, 0), "cuts the messages of an echo loop into fragments of 0 octets"],
    [
      { ...LOOP, script: [closeAfter(1), burstLoop(PIECES, 2)] },
      "sends messages several at a time that are compressed or not the same",
    ],
    [{ ...LOOP, script: [closeAfter(1), burstLoop(EMPTY, 0)] }, "sends 0 messages of an echo loop at a time"],
    [
      { script: [closeAfter(1), echoLoop(PIECES)], expect: echoesAll() },
      "sends pieces of the corpus json without permessage-deflate",
    ],
    [
      { ...LOOP, script: [closeAfter(1), echoLoop(PIECES), echoLoop(EMPTY)] },
      "lets an echo loop decide but has 2 of them",
    ],
    [{ ...LOOP, script: [closeAfter(1)] }, "lets an echo loop decide but has 0 of them"],
    [
      {
        ...LOOP,
        script: [ping("p"), closeAfter(1), echoLoop(PIECES)],
        expect: { ...echoesAll(), pass: [pongWith("p")] },
      },
      "lets an echo loop decide but expects events too",
    ],
    [{ ...LOOP, expect: answers() }, "has an echo loop that decides nothing"],
    [
      { script: [ping("p"), closeAfter(1)], expect: echoes(pongWith("p")) },
      "lets the first message decide but expects something else than one message",
    ],
    [
      {
        script: [text("x"), text("y"), closeAfter(1)],
        expect: { ...echoes(message("x")), pass: [message("x"), message("y")] },
      },
      "lets the first message decide but expects something else than one message",
    ],
    [{ deflate: { offers: [], acceptor: "plain" } }, "negotiates permessage-deflate without an offer"],
    [
      { script: [close(1000)], expect: closesWith(1000), quiet: true },
      "is quiet but has no timer that ends it",
    ],
    [
      { ...LOOP, script: [closeAfter(1), echoLoop(PIECES), closeAfter(1)] },
      "has steps behind its final timer",
    ],
  ];
  for (const [change, problem] of table) {
    test(problem, () => assert.deepEqual(checkCases([{ ...PLAIN, ...change }]), [`Case 9.1.1 ${problem}.`]));
  }
});

function loopOf(messages: LoopMessages, fragmentSize?: number): Partial<Case> {
  return { ...LOOP, script: [closeAfter(1), echoLoop(messages, fragmentSize)] };
}
