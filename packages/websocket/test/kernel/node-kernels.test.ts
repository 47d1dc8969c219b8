import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { createKernels, nodeKernels } from "../../src/kernel/node-kernels.js";
import { wasmKernel } from "../../src/kernel/wasm-kernel.js";
import type { WasmKernel } from "../../src/kernel/wasm-kernel.js";

const plain = createKernels(undefined);

/** RFC 6455 §5.3, as it stands there: octet i is XORed with octet i mod 4 of the key. */
function unmaskSlowly(bytes: Uint8Array, from: number, to: number, key: number): void {
  for (let at = from; at < to; at++) bytes[at]! ^= (key >>> (8 * ((at - from) & 3))) & 0xff;
}

function sample(octets: number): Uint8Array {
  return Uint8Array.from({ length: octets }, (_, index) => (index * 31 + (index >> 7)) & 0xff);
}

const KEYS = [0, 0x0403_0201, 0xffff_ffff, 0x8000_0000, 0x1234_5678];
const LENGTHS = [
  ...Array.from({ length: 140 }, (_, n) => n),
  383,
  384,
  385,
  1000,
  4099,
  65_535,
  65_536,
  65_537,
  150_001,
];

const WITHOUT_WASM = wasmKernel === undefined ? "there is no WebAssembly" : false;

test("unmasking in any memory, at any place, changes what it should and nothing beside it", () => {
  for (const length of LENGTHS)
    for (let from = 1; from <= 5; from++) {
      const key = KEYS[(length + from) % KEYS.length]!;
      const expected = sample(length + 12);
      unmaskSlowly(expected, from, from + length, key);
      for (const kernels of [nodeKernels, plain]) {
        const bytes = sample(length + 12);
        kernels.unmask(bytes, from, from + length, key);
        assert.deepEqual(bytes, expected, `${length} octets from ${from}`);
      }
    }
});

test("unmasking in place in the read buffer", { skip: WITHOUT_WASM }, () => {
  const { readBuffer } = wasmKernel as WasmKernel;
  for (const length of [...LENGTHS.filter((it) => it <= readBuffer.length - 5), readBuffer.length - 5])
    for (let from = 0; from <= 5; from++) {
      const key = KEYS[(length + from) % KEYS.length]!;
      const expected = sample(Math.min(length + 12, readBuffer.length));
      readBuffer.set(expected);
      unmaskSlowly(expected, from, from + length, key);
      nodeKernels.unmask(readBuffer, from, from + length, key);
      assert.equal(
        Buffer.compare(readBuffer.subarray(0, expected.length), expected),
        0,
        `${length} from ${from}`,
      );
    }
});

test("a view of the read buffer is unmasked as well", { skip: WITHOUT_WASM }, () => {
  const view = (wasmKernel as WasmKernel).readBuffer.subarray(101, 101 + 3000);
  const expected = sample(3000);
  view.set(expected);
  unmaskSlowly(expected, 3, 2990, 0x0403_0201);
  nodeKernels.unmask(view, 3, 2990, 0x0403_0201);
  assert.equal(Buffer.compare(view, expected), 0);
});

/** Whether a process that is started so has the kernel, and octets that it has unmasked. */
function unmaskElsewhere(args: readonly string[], env: Readonly<Record<string, string>>): string {
  const script = `
    import { nodeKernels } from ${JSON.stringify(new URL("../../src/kernel/node-kernels.js", import.meta.url))};
    import { wasmKernel } from ${JSON.stringify(new URL("../../src/kernel/wasm-kernel.js", import.meta.url))};
    const bytes = new Uint8Array(1000);
    nodeKernels.unmask(bytes, 0, 1000, 0x04030201);
    console.log(wasmKernel !== undefined, bytes[998], bytes[999]);`;
  const options = { encoding: "utf8", env: { ...process.env, ...env } } as const;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...args, "--input-type=module", "-e", script],
    options,
  );
  return stdout === "" ? stderr : stdout;
}

test("without WebAssembly there is no kernel, and everything works", () => {
  assert.equal(unmaskElsewhere(["--jitless"], {}), "false 3 4\n");
});

test("the environment switches the kernel off", () => {
  assert.equal(unmaskElsewhere([], { WIREPROOF_NO_WASM: "1" }), "false 3 4\n");
  assert.equal(unmaskElsewhere([], { WIREPROOF_NO_WASM: "0" }), "true 3 4\n");
});

test("texts are decoded as they are, a leading U+FEFF included", () => {
  const long = "Straße ".repeat(200);
  for (const text of [
    "",
    "a",
    "\ufeff",
    "\ufeffBOM",
    "Grüße, 世界 😀",
    "x".repeat(5000),
    long,
    `${"x".repeat(5000)}é`,
  ])
    assert.equal(nodeKernels.decodeText(new Uint8Array(Buffer.from(text))), text);
});

test("octets that are no UTF-8 have no text", () => {
  const padding = "x".repeat(5000);
  for (const bad of ["ff", "c3", "eda080", "f4908080", "c080", "e282"])
    for (const before of ["", padding]) {
      const bytes = Buffer.concat([Buffer.from(before), Buffer.from(bad, "hex")]);
      assert.equal(nodeKernels.decodeText(bytes), undefined, bad);
      assert.equal(nodeKernels.isUtf8(bytes), false, bad);
    }
});

test("any text is encoded at any place, lone surrogates as U+FFFD, and measured alike", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.boolean(),
      fc.nat(20),
      (text, isCut, at) => {
        const given = isCut ? `${text}\ud83d` : text;
        const expected = new TextEncoder().encode(given);
        const into = nodeKernels.allocate(at + 3 * given.length + 5).fill(0xaa);
        assert.equal(nodeKernels.textOctets(given), expected.length);
        assert.equal(nodeKernels.encodeText(given, into, at), expected.length);
        assert.equal(Buffer.compare(into.subarray(at, at + expected.length), expected), 0);
        assert.ok(into.subarray(0, at).every((octet) => octet === 0xaa));
        assert.ok(into.subarray(at + expected.length).every((octet) => octet === 0xaa));
      },
    ),
  );
  const into = new Uint8Array(10);
  assert.equal(nodeKernels.encodeText("\ud800a\udc00", into, 1), 7);
  assert.deepEqual([...into], [0, 0xef, 0xbf, 0xbd, 0x61, 0xef, 0xbf, 0xbd, 0, 0]);
});

test("masking keys are unsigned 32-bit integers that do not repeat when the pool is refilled", () => {
  const keys = Array.from({ length: 10_000 }, () => nodeKernels.maskingKey());
  assert.ok(keys.every((key) => Number.isInteger(key) && key >= 0 && key <= 0xffff_ffff));
  // Ten thousand of four billion: a dozen equal ones by chance are as good as impossible.
  assert.ok(new Set(keys).size > 9988);
  assert.ok(keys.some((key) => key > 0x7fff_ffff));
});

test("allocated memory belongs to no pool", () => {
  const memory = nodeKernels.allocate(100);
  assert.equal(memory.length, 100);
  assert.equal(memory.buffer.byteLength, 100);
});
