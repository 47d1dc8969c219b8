import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { checkCases } from "../../src/case/check-cases.js";
import {
  answers,
  answersThenFailsWith,
  closedByScript,
  closesWith,
  failsWith,
  message,
  pongWith,
  rejectsText,
  timeout,
} from "../../src/case/expect.js";
import { hex, octets, repeat } from "../../src/case/payload.js";
import {
  binary,
  close,
  closeAfter,
  cont,
  frame,
  fragmented,
  kill,
  MORE,
  ping,
  rawClose,
  text,
  until,
  wait,
  type Step,
} from "../../src/case/steps.js";

const GOOD: Case = {
  id: "5.6",
  title: "A ping between two fragments",
  description: "A text message with a ping in it.",
  expectation: "Pong, then echo.",
  requirements: ["6455-5.4-1"],
  script: [text("ab", MORE), ping("p"), until(pongWith("p")), cont("cd"), closeAfter(1)],
  expect: answers(pongWith("p"), message("abcd")),
};

describe("a case that can fail is about a MUST", () => {
  const first = (id: Case["requirements"][0], change: Partial<Case> = {}): readonly string[] =>
    checkCases([{ ...GOOD, requirements: [id], ...change }]);
  for (const id of ["6455-5.4-5", "6455-7.1.7-3", "6455-5.4-7"] as const) {
    test(`${id} is none`, () => {
      assert.deepEqual(first(id), [`Case 5.6 can fail, but the requirement it is about, ${id}, is no MUST.`]);
    });
  }
  test("MUST and MUST NOT are", () => {
    assert.deepEqual([...first("6455-5.4-1"), ...first("6455-5.4-2")], []);
  });
  test("what is only observed may be about anything", () => {
    assert.deepEqual(first("6455-5.4-5", { expect: { ...GOOD.expect, informational: true } }), []);
  });
});

describe("a sound catalogue has no problems", () => {
  const table: readonly (readonly [why: string, change: Partial<Case>])[] = [
    ["a ping in a fragmented message", {}],
    [
      "a message in fragments",
      { script: [fragmented(octets("abcd"), 1), kill(1)], expect: answers(message("abcd")) },
    ],
    ["a binary message", { script: [binary("x"), kill(1)], expect: answers(message("x", "binary")) }],
    [
      "a frame in parts",
      { script: [header(4), part("ab"), part("cd"), kill(1)], expect: answers(message("abcd")) },
    ],
    [
      "pauses behind invalid text",
      {
        script: [text(hex("ff"), MORE), wait("A"), cont("x"), wait("B"), kill(1)],
        expect: { ...rejectsText(), pass: [timeout("A")], nonStrict: [timeout("A"), timeout("B")] },
      },
    ],
    [
      "a closing script",
      { script: [close(1000, "*".repeat(123))], expect: closedByScript(closesWith(1000)) },
    ],
    ["a raw Close", { script: [rawClose(octets("")), kill(0.5)], expect: closesWith(1000) }],
    ["a peer that has to fail", { script: [frame(3), kill(1)], expect: failsWith(1002) }],
    [
      "a binary message in fragments",
      {
        script: [fragmented(hex("ff00"), 1, 2), kill(1)],
        expect: answers(message(hex("ff00"), "binary")),
      },
    ],
    [
      "some of the possible events",
      { expect: answers(message("abcd")), script: [text("ab", MORE), ping("p"), cont("cd"), kill(1)] },
    ],
  ];
  for (const [why, change] of table) {
    test(why, () => assert.deepEqual(checkCases([{ ...GOOD, ...change }]), []));
  }
});

describe("every rule finds its problem, and only that", () => {
  const table: readonly (readonly [change: Partial<Case>, problem: string])[] = [
    [{ id: "8.1" }, "Case 8.1 belongs to section 8, which does not exist."],
    [{ id: "5" }, "Case 5 has an id that is not numbers with dots between them."],
    [{ id: "5.x" }, "Case 5.x has an id that is not numbers with dots between them."],
    [{ requirements: ["6455-99.9-1"] }, "Case 5.6 names the requirement 6455-99.9-1, which does not exist."],
    [
      { requirements: ["6455-5.4-1", "6455-5.4-1"] },
      "Case 5.6 names the requirement 6455-5.4-1 more than once.",
    ],
    [{ requirements: [] as never }, "Case 5.6 names no requirement."],
    [{ differs: ["whim" as never] }, "Case 5.6 names the difference whim, which does not exist."],
    [{ differs: ["toString" as never] }, "Case 5.6 names the difference toString, which does not exist."],
    [
      { differs: ["observed-only", "observed-only"] },
      "Case 5.6 names the difference observed-only more than once.",
    ],
    [{ title: "" }, "Case 5.6 has no title."],
    [{ title: "a\nb" }, "Case 5.6 has a title of several lines."],
    [{ description: " \n" }, "Case 5.6 has no description."],
    [{ expectation: "" }, "Case 5.6 has no expectation."],
    [{ chop: 0 }, "Case 5.6 cuts frames into writes of 0 octets."],
    [
      { script: [{ do: "stop-reading" }, ...GOOD.script] },
      "Case 5.6 does not read again after each time that it stops reading.",
    ],
    [
      { script: [{ do: "read-again" }, { do: "stop-reading" }, ...GOOD.script] },
      "Case 5.6 does not read again after each time that it stops reading.",
    ],
    [
      { script: [text(repeat(octets("a"), 65_536), { lengthBits: 16 }), ...GOOD.script] },
      "Case 5.6 writes the length 65536 in 16 bits.",
    ],
    [{ chop: 1.5 }, "Case 5.6 cuts frames into writes of 1.5 octets."],
    [
      { expect: answers(pongWith("p"), pongWith("q")) },
      "Case 5.6 expects a pong of 1 octets that no Ping in its script asks for.",
    ],
    [
      { expect: answers(pongWith("p"), message("abcx")) },
      "Case 5.6 expects a message of 4 octets that the frames of its script do not make.",
    ],
    [
      { expect: answers(pongWith("p"), message("abcd", "binary")) },
      "Case 5.6 expects a message of 4 octets that the frames of its script do not make.",
    ],
    [
      { expect: { ...answers(pongWith("p"), message("abcd")), nonStrict: [message("ab")] } },
      "Case 5.6 expects a message of 2 octets that the frames of its script do not make.",
    ],
    [
      { script: [ping("p"), kill(1)], expect: answers(pongWith("p"), pongWith("p")) },
      "Case 5.6 expects events in an order in which its script cannot bring them about.",
    ],
    [
      { script: [ping("p"), ping("q"), kill(1)], expect: answers(pongWith("q"), pongWith("p")) },
      "Case 5.6 expects events in an order in which its script cannot bring them about.",
    ],
    [
      { expect: answers(pongWith("p"), message("abcd"), timeout("A")) },
      "Case 5.6 expects the timeout A but never waits for it.",
    ],
    [
      { script: [ping("p"), until(pongWith("p")), kill(1)], expect: failsWith(1002) },
      "Case 5.6 waits for a pong of 1 octets that no accepted trace contains.",
    ],
    [
      { script: [until(pongWith("p")), ping("p"), kill(1)], expect: answers(pongWith("p")) },
      "Case 5.6 waits for a pong of 1 octets that nothing before brings about.",
    ],
    [
      {
        script: [ping("p"), ping("q"), until(pongWith("q")), until(pongWith("p")), kill(1)],
        expect: answers(pongWith("p"), pongWith("q")),
      },
      "Case 5.6 waits for events in another order than any accepted trace has.",
    ],
    [
      { script: [text("x")], expect: answers(message("x")) },
      "Case 5.6 never ends: its script has no kill, close-after, close, raw-close, end-tcp or reset-tcp.",
    ],
    [
      { script: [kill(1), text("x"), closeAfter(1)], expect: answers(message("x")) },
      "Case 5.6 has steps behind its final timer.",
    ],
    [
      { script: [text("x"), kill(1)], expect: closedByScript(answers(message("x"))) },
      "Case 5.6 is to close the connection itself but has no close step.",
    ],
    [
      { script: [text("x"), kill(1)], expect: answers() },
      "Case 5.6 expects the tester to close, but nothing makes it close.",
    ],
    [
      { script: [close(1000, "*".repeat(124))], expect: closesWith(1000) },
      "Case 5.6 closes with a reason of more than 123 octets.",
    ],
    [
      { script: [close(1000, "ä".repeat(62))], expect: closesWith(1000) },
      "Case 5.6 closes with a reason of more than 123 octets.",
    ],
    [
      { script: [close(undefined, "why")], expect: closesWith(1000) },
      "Case 5.6 closes with a reason but no code.",
    ],
    [{ script: [frame(16), kill(1)], expect: failsWith(1002) }, "Case 5.6 sends a frame with the opcode 16."],
    [
      { script: [text("x", { rsv: 8 }), kill(1)], expect: failsWith(1002) },
      "Case 5.6 sends TEXT with the reserved bits 8.",
    ],
    [
      { script: [fragmented(octets("x"), 0), kill(1)], expect: answers(message("x")) },
      "Case 5.6 cuts a message into fragments of 0 octets.",
    ],
    [{ script: [text("x"), kill(0)], expect: answers(message("x")) }, "Case 5.6 has a kill timer of 0 s."],
    [
      { script: [text("x"), closeAfter(-1)], expect: answers(message("x")) },
      "Case 5.6 has a close-after timer of -1 s.",
    ],
    [
      { script: [ping("p"), until(pongWith("p"), 0), kill(1)], expect: answers(pongWith("p")) },
      "Case 5.6 waits 0 ms for an event.",
    ],
    [
      { script: [header(4), part("abc"), kill(1)], expect: failsWith(1002) },
      "Case 5.6 has a kill step while 1 octets of a frame are missing.",
    ],
    [
      { script: [header(4), part("abcde"), kill(1)], expect: failsWith(1002) },
      "Case 5.6 sends 1 octets of payload more than its frame header announces.",
    ],
    [
      { script: [close(1000), header(4)], expect: closesWith(1000) },
      "Case 5.6 ends while 4 octets of a frame are missing.",
    ],
  ];
  for (const [change, problem] of table) {
    test(problem, () => assert.deepEqual(checkCases([{ ...GOOD, ...change }]), [problem]));
  }
});

describe("what a peer has to refuse brings about no event", () => {
  const refused: readonly (readonly [what: string, ...script: Step[]])[] = [
    ["reserved bits", text("x", { rsv: 1 })],
    ["a reserved opcode", frame(3), text("x")],
    ["a fragmented ping", ping("p", MORE), text("x")],
    ["a ping that is too long", ping("p".repeat(126)), text("x")],
    ["a stray continuation", cont("y"), text("x")],
    ["an interleaved message", text("y", MORE), text("x")],
    ["text that is not UTF-8", text(hex("ff")), text("x")],
    ["a Close frame", frame(8), text("x")],
    ["a Close frame by step", close(1000), text("x")],
    ["a raw Close frame", rawClose(octets("")), text("x")],
    ["a message without end", text("x", MORE)],
  ];
  for (const [what, ...script] of refused) {
    test(what, () => {
      const value: Case = {
        ...GOOD,
        script: [...script, kill(1)],
        expect: answersThenFailsWith(1002, message("x")),
      };
      assert.deepEqual(checkCases([value]), [
        "Case 5.6 expects a message of 1 octets that the frames of its script do not make.",
      ]);
    });
  }
});

describe("the catalogue as a whole", () => {
  const catalogue = (...ids: string[]): readonly Case[] => ids.map((id) => ({ ...GOOD, id }));
  test("ids in order", () => assert.deepEqual(checkCases(catalogue("2.9", "2.10", "5.1", "10.1.1")), []));
  test("an id that exists twice", () => {
    assert.deepEqual(checkCases(catalogue("5.1", "5.2", "5.1")), ["Case 5.1 exists more than once."]);
  });
  test("ids out of order", () => {
    assert.deepEqual(checkCases(catalogue("2.10", "2.9")), [
      "Case 2.9 comes after 2.10 but belongs before it.",
    ]);
  });
});

function header(length: number): Step {
  return { do: "frame-header", opcode: 1, fin: true, length };
}

function part(payload: string): Step {
  return { do: "payload-part", payload: octets(payload) };
}
