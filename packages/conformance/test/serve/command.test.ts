import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readCommand, type Command } from "../../src/serve/command.js";

function understood(value: unknown): Command {
  const command = readCommand(JSON.stringify(value));
  assert.ok(typeof command === "object", `not understood: ${JSON.stringify(value)}`);
  return command;
}

/** The octets of a command's frames in hexadecimal. */
function sent(value: unknown): readonly string[] {
  const command = understood(value);
  assert.ok(command.do === "send");
  return command.frames.map(({ octets }) => Buffer.from(octets).toString("hex"));
}

describe("commands", () => {
  test("sendframe, with what applies where nothing is said", () => {
    assert.deepEqual(sent(["sendframe", { opcode: 1, payload: "ab" }]), ["81026162"]);
    assert.deepEqual(sent(["sendframe", { opcode: 9 }]), ["8900"]);
  });

  test("sendframe, with everything said", () => {
    const frame = {
      opcode: 2,
      payload: "a",
      fin: false,
      rsv: 5,
      payload_len: 3,
      mask: "\u0001\u0002\u0003\u0004",
    };
    assert.deepEqual(sent(["sendframe", frame]), ["528301020304606362"]);
    const command = understood(["sendframe", { opcode: 1, payload: "ab", chopsize: 1, sync: true }]);
    assert.ok(command.do === "send");
    assert.deepEqual([command.frames[0]?.chop, command.frames[0]?.sync], [1, true]);
  });

  test("sendframes and echo", () => {
    assert.deepEqual(sent(["sendframes", [{ opcode: 1 }, { opcode: 8 }]]), ["8100", "8800"]);
    assert.deepEqual(sent(["echo", { payload: "xy", payload_len: 3, opcode: 2 }]), ["8103787978"]);
  });

  test("close", () => {
    assert.deepEqual(understood(["close", { code: 1001, reason: "bye" }]), {
      do: "close",
      code: 1001,
      reason: "bye",
    });
    assert.deepEqual(understood(["close", {}]), { do: "close", code: undefined, reason: "" });
    assert.deepEqual(understood(["close", { code: null, reason: null }]), {
      do: "close",
      code: undefined,
      reason: "",
    });
  });
});

const NONSENSE: readonly (readonly [unknown, RegExp])[] = [
  [{}, /JSON of \[name, arguments\]/],
  [["close"], /JSON of \[name, arguments\]/],
  [["launch", {}], /the commands are/],
  [["sendframe", []], /arguments of a command must be an object/],
  [["sendframe", {}], /opcode must be a whole number from 0 to 15/],
  [["sendframe", { opcode: 16 }], /opcode/],
  [["sendframe", { opcode: 1, rsv: 8 }], /rsv/],
  [["sendframe", { opcode: 1, fin: 1 }], /fin must be true or false/],
  [["sendframe", { opcode: 1, payload: 1 }], /payload must be a string/],
  [["sendframe", { opcode: 1, mask: "abc" }], /mask/],
  [["sendframe", { opcode: 1, payload_len: 5 }], /payload_len needs a payload/],
  [["sendframe", { opcode: 1, payload: "a", payload_len: 1e9 }], /payload_len/],
  [["sendframe", { opcode: 1, payload: "a", payload_len: 1e6, chopsize: 1 }], /65536 pieces/],
  [["sendframes", {}], /takes a list/],
  [["sendframes", Array.from({ length: 1001 }, () => ({ opcode: 1 }))], /at most 1000 frames/],
  [
    ["sendframes", Array.from({ length: 3 }, () => ({ opcode: 1, payload: "a", payload_len: 8e6 }))],
    /at most 16777216 octets/,
  ],
  [["close", { code: 70_000 }], /code/],
  [["close", { reason: 1 }], /reason must be a string/],
];

describe("an invalid command gets a sentence that says why", () => {
  for (const [value, sentence] of NONSENSE) {
    test(JSON.stringify(value).slice(0, 60), () => {
      const command = readCommand(JSON.stringify(value));
      assert.ok(typeof command === "string");
      assert.match(command, sentence);
    });
  }

  test("no JSON at all", () => assert.equal(typeof readCommand("["), "string"));
});
