import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, suite, test } from "node:test";
import { createDeflateRaw, deflateRawSync } from "node:zlib";

import { DocumentedStream } from "../../src/deflate/documented-stream.js";
import { findNative } from "../../src/deflate/native-handle.js";
import type { NativeHandle, OpenNative } from "../../src/deflate/native-handle.js";
import { NativeStream } from "../../src/deflate/native-stream.js";
import { isTrustworthy } from "../../src/deflate/self-test.js";
import { forceInternals, openStream, usesInternals } from "../../src/deflate/streams.js";
import { Direction, Outcome } from "../../src/deflate/zlib-stream.js";
import type { Ran, ZlibStream } from "../../src/deflate/zlib-stream.js";
import { json } from "./support.js";

const SETTINGS = { direction: Direction.Deflate, windowBits: 15, level: 6, memLevel: 8 };
const INFLATE = { ...SETTINGS, direction: Direction.Inflate };
const open = findNative();

suite("The native handle", () => {
  test("is found on the versions of Node that are supported", () => {
    assert.ok(open !== undefined);
    assert.ok(isTrustworthy(open));
  });

  test("is found without a trace in Node's own objects", () => {
    const prototype = prototypeOfHandles();
    const before = Object.getOwnPropertyDescriptors(prototype);
    assert.ok(findNative() !== undefined);
    assert.deepEqual(Object.getOwnPropertyDescriptors(prototype), before);
  });

  // Not `init` and `close`, without which Node's own streams end the process.
  for (const name of ["write", "writeSync", "reset"]) {
    test(`is not used where it has no ${name}()`, () => {
      const prototype = prototypeOfHandles();
      const original = Object.getOwnPropertyDescriptor(prototype, name)!;
      Object.defineProperty(prototype, name, { ...original, value: undefined });
      try {
        assert.equal(findNative(), undefined);
      } finally {
        Object.defineProperty(prototype, name, original);
      }
    });
  }

  const defects: [string, (handle: NativeHandle, left: Uint32Array) => void][] = [
    ["forgets nothing", (handle) => (handle.reset = () => {})],
    ["says nothing about errors", (handle) => Object.assign(handle, { onerror: () => {} })],
    ["does nothing", (handle) => (handle.writeSync = () => {})],
    ["throws", (handle) => (handle.writeSync = () => assert.fail("a new version"))],
    ["always claims to be done", (handle, left) => claimDone(handle, left)],
  ];
  for (const [name, spoil] of defects) {
    test(`is not trusted when it ${name}`, () => {
      const spoilt: OpenNative = (mode, settings, left, onWritten, onError) => {
        const handle = open!(mode, settings, left, onWritten, onError);
        spoil(handle, left);
        return handle;
      };
      assert.ok(!isTrustworthy(spoilt));
    });
  }
});

suite("The choice between the two ways", () => {
  after(() => forceInternals(undefined));

  test("is the tests' own", () => {
    forceInternals(false);
    assert.ok(!usesInternals());
    assert.ok(openStream(SETTINGS) instanceof DocumentedStream);
    forceInternals(true);
    assert.ok(usesInternals());
    const stream = openStream(SETTINGS);
    assert.ok(stream instanceof NativeStream);
    stream.close();
  });

  test("is the environment's otherwise", () => {
    const module = new URL("../../src/deflate/streams.js", import.meta.url).href;
    const script = `import(${JSON.stringify(module)}).then(({ usesInternals }) => console.log(usesInternals()));`;
    for (const [value, expected] of [
      ["1", "false"],
      ["0", "true"],
    ] as const) {
      const env = { ...process.env, WIREPROOF_NO_INTERNALS: value };
      const { stdout } = spawnSync(process.execPath, ["-e", script], { env, encoding: "utf8" });
      assert.equal(stdout.trim(), expected);
    }
  });
});

for (const [name, make] of [
  ["native", (settings: typeof SETTINGS | typeof INFLATE) => new NativeStream(open!, settings)],
  ["documented", (settings: typeof SETTINGS | typeof INFLATE) => new DocumentedStream(settings)],
] as const) {
  suite(`A ${name} stream`, () => {
    test("refuses to be used while busy and after close(), which would end the process", async () => {
      const stream: ZlibStream = make(SETTINGS);
      const first = run(stream, json(1000));
      assert.ok(stream.isBusy);
      assert.throws(() => stream.run(json(10), 0, 10, 1e6, () => {}), /busy, broken or closed/);
      if (name === "native") {
        assert.throws(() => stream.runNow(json(10), 0, 10, 1e6, 1e6), /busy, broken or closed/);
        assert.throws(() => stream.reset(), /busy, broken or closed/);
      }
      assert.equal((await first).outcome, Outcome.Done);
      assert.ok(!stream.isBusy);
      stream.close();
      stream.close();
      assert.throws(() => stream.run(json(10), 0, 10, 1e6, () => {}), /busy, broken or closed/);
    });

    test("says how much of the input was taken when the stream ends, and that again until it is reset", async () => {
      const stream: ZlibStream = make(INFLATE);
      const input = Buffer.from([9, 9, 3, 0, 7, 7]);
      for (const [from, taken] of [
        [2, 2],
        [4, 0],
        [4, 0],
      ] as const) {
        const ran = await run(stream, input, from);
        assert.deepEqual([ran.outcome, ran.taken, ran.given], [Outcome.Ended, taken, 0]);
      }
      stream.reset();
      assert.equal((await run(stream, input, 2)).taken, 2);
      stream.close();
    });

    test("stops soon after the limit", async () => {
      const bomb = deflateRawSync(Buffer.alloc(10_000_000));
      const stream: ZlibStream = make(INFLATE);
      const ran = await run(stream, bomb, 0, 1000);
      assert.equal(ran.outcome, Outcome.TooMuch);
      assert.ok(ran.given <= (name === "native" ? 1001 : 65_536), `${ran.given} octets came out`);
      stream.close();
    });

    test("is broken by what is no deflate stream", async () => {
      const stream: ZlibStream = make(INFLATE);
      assert.equal((await run(stream, Buffer.of(7))).outcome, Outcome.Broken);
      assert.ok(stream.isBroken);
      assert.throws(() => stream.run(json(10), 0, 10, 1e6, () => {}), /busy, broken or closed/);
      stream.close();
    });

    test("closed while it works, it stays silent", async () => {
      const stream: ZlibStream = make(INFLATE);
      stream.run(Buffer.of(7), 0, 1, 1e6, () => assert.fail("an answer after close()"));
      stream.close();
      const ended: ZlibStream = make(INFLATE);
      assert.equal((await run(ended, Buffer.from([3, 0, 7]))).outcome, Outcome.Ended);
      ended.run(Buffer.of(7), 0, 1, 1e6, () => assert.fail("an answer after close()"));
      ended.close();
      for (let time = 0; time < 3; time++) {
        const other: ZlibStream = make(INFLATE);
        await run(other, Buffer.of(0));
        other.close();
      }
      await new Promise((resolve) => setImmediate(resolve));
    });
  });
}

async function run(stream: ZlibStream, input: Uint8Array, from = 0, limit = 1e6): Promise<Ran> {
  return new Promise((resolve) => stream.run(input, from, input.length, limit, resolve));
}

function prototypeOfHandles(): object {
  const stream = createDeflateRaw() as unknown as { _handle: object; close(): void };
  const prototype = Object.getPrototypeOf(stream._handle) as object;
  stream.close();
  return prototype;
}

function claimDone(handle: NativeHandle, left: Uint32Array): void {
  const writeSync = handle.writeSync.bind(handle);
  handle.writeSync = (...work) => {
    writeSync(...work);
    left[1] = 0;
  };
}
