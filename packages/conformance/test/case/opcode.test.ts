import assert from "node:assert/strict";
import { test } from "node:test";
import { isControl, isReserved, opcodeName } from "../../src/case/opcode.js";

const ALL = Array.from({ length: 16 }, (_, opcode) => opcode);

test("the opcodes that RFC 6455 §5.2 gives no meaning are reserved", () => {
  assert.deepEqual(ALL.filter(isReserved), [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]);
});

test("control frames have the highest bit of the opcode set", () => {
  assert.deepEqual(ALL.filter(isControl), [8, 9, 10, 11, 12, 13, 14, 15]);
});

test("names in wire lines", () => {
  const names = ALL.filter((opcode) => !isReserved(opcode)).map(opcodeName);
  assert.deepEqual(names, ["CONT", "TEXT", "BINARY", "CLOSE", "PING", "PONG"]);
  assert.equal(opcodeName(11), "OPCODE 11");
});
