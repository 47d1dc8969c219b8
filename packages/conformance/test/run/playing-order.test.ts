import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { pongWith } from "../../src/case/expect.js";
import { Opcode } from "../../src/case/opcode.js";
import { octets, repeat } from "../../src/case/payload.js";
import {
  closeAfter,
  echoLoop,
  fragmented,
  kill,
  ping,
  text,
  until,
  wait,
  type CorpusName,
  type Step,
} from "../../src/case/steps.js";
import { CASES } from "../../src/cases/index.js";
import { largestMessage } from "../../src/case/steps.js";
import { playingOrder } from "../../src/run/playing-order.js";
import { caseOf, someCase } from "../support/some-case.js";

function named(id: string, script: readonly Step[], facts: Partial<Case> = {}): Case {
  return someCase({ id, script, ...facts });
}

function ids(cases: readonly Case[]): string {
  return cases.map(({ id }) => id).join(" ");
}

function loop(corpus: CorpusName, length: number): readonly Step[] {
  return [closeAfter(60), echoLoop({ from: "corpus", corpus, length, count: 1000 })];
}

test("every case of the catalogue has one place", () => {
  const { light, load, alone } = playingOrder(CASES);
  assert.deepEqual(
    [load.length, alone.length],
    [CASES.filter(({ quiet }) => quiet === true).length - 12, 13],
  );
  assert.equal(light.length + load.length + alone.length, CASES.length);
  assert.equal(new Set([...light, ...load, ...alone]).size, CASES.length);
});

test("the catalogue is left as it was", () => {
  const cases: readonly Case[] = Object.freeze([...CASES]);
  playingOrder(cases);
  assert.deepEqual(cases, CASES);
});

test("light cases: those that may take longest first, the rest in their order", () => {
  const { light } = playingOrder([
    named("short", [text("a"), kill(1)]),
    named("pauses", [wait("A"), wait("B"), kill(1)]),
    named("long", [kill(10)]),
    named("waits", [ping(""), until(pongWith(""), 500), closeAfter(1)]),
    named("short too", [kill(1)]),
  ]);
  assert.equal(ids(light), "long pauses waits short short too");
});

test("load cases: the largest messages first, those of one corpus together", () => {
  const quiet = { quiet: true } as const;
  const { light, load, alone } = playingOrder([
    named("j16", loop("json", 16), quiet),
    named("h16", loop("html", 16), quiet),
    named("j1000", loop("json", 1000), quiet),
    named("k", [text(repeat(octets("a"), 500)), closeAfter(1)], quiet),
    named("j16 too", loop("json", 16), quiet),
    named("time", loop("json", 5000), { quiet: true, alone: true }),
  ]);
  assert.equal(ids(load), "j1000 k h16 j16 j16 too");
  assert.equal(ids(light), "");
  assert.equal(ids(alone), "time");
});

test("cases that measure time stay in their order", () => {
  const alone = { alone: true } as const;
  assert.equal(ids(playingOrder([named("1", [kill(1)], alone), named("2", [kill(9)], alone)]).alone), "1 2");
});

describe("the largest message", () => {
  const table: readonly (readonly [name: string, script: readonly Step[], length: number])[] = [
    ["of frames", [text("abc"), ping("defgh"), text("ij")], 5],
    ["of fragments", [fragmented(repeat(octets("a"), 1000), 10)], 1000],
    ["of a corpus", loop("bitmap", 4096), 4096],
    [
      "of a loop with one message",
      [echoLoop({ from: "payload", opcode: Opcode.text, payload: octets("abcd"), count: 3 })],
      4,
    ],
    ["of nothing", [], 0],
    ["of no message", [kill(1), wait("A")], 0],
  ];
  for (const [name, script, length] of table) {
    test(name, () => assert.equal(largestMessage(named("1", script)), length));
  }
  test("of the catalogue", () => {
    assert.equal(Math.max(...CASES.map(largestMessage)), 16 * 1024 * 1024);
    assert.equal(largestMessage(caseOf("13.7.18")), 131_072);
  });
});
