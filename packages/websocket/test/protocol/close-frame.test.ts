import assert from "node:assert/strict";
import { test } from "node:test";

import { CloseCode, isCloseCode } from "../../src/protocol/close-code.js";
import { checkClose, closePayload, readClose } from "../../src/protocol/close-frame.js";
import { Side } from "../../src/protocol/state.js";
import { closeOctets, fromHex, hex } from "../support/frames.js";
import { plainKernels } from "../support/kernels.js";

const kernels = plainKernels();

test("the codes that may be on the wire are those of §7.4 and of the registry", () => {
  const allowed: number[] = [];
  for (let code = 0; code <= 0xffff; code += 1) if (isCloseCode(code)) allowed.push(code);
  const registered = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
  assert.deepEqual(allowed.slice(0, 12), registered);
  assert.equal(allowed.length, 12 + 2000);
  assert.deepEqual([allowed[12], allowed.at(-1)], [3000, 4999]);
});

test("every code of the registry has a name, those that are never on the wire as well", () => {
  const codes = Object.values(CloseCode);
  const standard = Array.from({ length: 16 }, (_, at) => 1000 + at);
  assert.deepEqual(codes, [...standard, 3000, 3003, 3008]);
  assert.deepEqual(
    codes.filter((code) => !isCloseCode(code)),
    [CloseCode.Reserved, CloseCode.NoStatusReceived, CloseCode.AbnormalClosure, CloseCode.TlsHandshake],
  );
});

test("a Close frame is read with its code and reason", () => {
  const octets = closeOctets(3000, "adiós");
  assert.deepEqual(readClose(kernels, octets, 0, octets.length), {
    close: { code: 3000, reason: "adiós" },
  });
  assert.deepEqual(readClose(kernels, octets, 0, 2), { close: { code: 3000, reason: "" } });
  assert.deepEqual(readClose(kernels, octets, 2, 2), { close: { code: 1005, reason: "" } });
});

test("what is wrong with a Close frame is named", () => {
  const wrong = [
    ["03", "close-payload-of-one-octet"],
    ["03 ed", "invalid-close-code"],
    ["00 00", "invalid-close-code"],
    ["03 e8 ff", "invalid-close-reason"],
    ["03 e8 e2 82", "invalid-close-reason"],
  ] as const;
  for (const [text, id] of wrong) {
    const octets = fromHex(text);
    const read = readClose(kernels, octets, 0, octets.length);
    assert.ok("violation" in read, text);
    assert.equal(read.violation.id, id);
  }
});

test("payload data of a Close frame", () => {
  assert.equal(hex(closePayload(kernels, undefined, "")), "");
  assert.equal(hex(closePayload(kernels, 1000, "")), "03 e8");
  assert.equal(hex(closePayload(kernels, 4999, "é")), "13 87 c3 a9");
});

test("an application may close with every code that may be on the wire", () => {
  for (const code of [undefined, 1000, 1001, 1002, 1011, 1014, 3000, 4999]) {
    checkClose(Side.Server, kernels, code, "");
  }
  checkClose(Side.Client, kernels, 1010, "é".repeat(61));
});

test("a close code or reason that may not be sent is the application's mistake", () => {
  for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5, Number.NaN, -1]) {
    assert.throws(() => checkClose(Side.Client, kernels, code, ""), RangeError, String(code));
  }
  assert.throws(() => checkClose(Side.Server, kernels, 1010, ""), /1010/);
  assert.throws(() => checkClose(Side.Client, kernels, 1000, "é".repeat(62)), RangeError);
  assert.throws(() => checkClose(Side.Client, kernels, undefined, "why"), TypeError);
  const text = "1000" as unknown as number;
  assert.throws(() => checkClose(Side.Client, kernels, text, ""), TypeError);
  const octets = new Int8Array(4) as unknown as string;
  assert.throws(() => checkClose(Side.Client, kernels, 1000, octets), TypeError);
});
