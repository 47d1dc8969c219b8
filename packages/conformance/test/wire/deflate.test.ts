import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { constants, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { DeflateScanner } from "../../src/wire/deflate-scan.js";
import { MessageDeflater } from "../../src/wire/deflate.js";
import { hasZlibHandle } from "../../src/wire/zlib-handle.js";
import {
  assertSame,
  inflater,
  inflateMessage,
  inflateMessageInThread,
  noise,
  records,
  sampleMessages,
  TAIL,
  wayName,
  WAYS,
  WINDOWS,
} from "./deflate-kit.js";

test("this Node has the handle", () => assert.equal(hasZlibHandle(), true));

for (const handle of WAYS) {
  describe(`compressed with the ${wayName(handle)}`, () => {
    for (const windowBits of WINDOWS) {
      for (const noContextTakeover of [false, true]) {
        const name = `${windowBits} bits, ${noContextTakeover ? "no " : ""}context takeover`;

        test(`${name}: our inflater and zlib's, with exactly that window, give it back`, () => {
          const deflater = new MessageDeflater({ windowBits, noContextTakeover, handle });
          const ours = inflater({ windowBits, noContextTakeover });
          const scanner = new DeflateScanner(1 << windowBits);
          const sent: Buffer[] = [];
          const wire: Uint8Array[] = [];
          for (const message of sampleMessages()) {
            const payload = deflater.deflateSync(message);
            assertSame(inflateMessage(ours, payload), message);
            assert.equal(scanner.push(Buffer.concat([payload, TAIL])), null);
            assert.ok(scanner.isAtBlockStart);
            if (noContextTakeover) assertSame(plainInflate([payload], windowBits), message);
            sent.push(message);
            wire.push(payload);
          }
          // As one stream: with or without takeover, its references stay inside the window.
          assertSame(plainInflate(wire, windowBits), Buffer.concat(sent));
          assert.equal(ours.finish(), null);
          deflater.close();
        });

        test(`${name}: threads make and read the same octets`, async () => {
          const options = { windowBits, noContextTakeover, handle };
          const [inThread, here] = [new MessageDeflater(options), new MessageDeflater(options)];
          const back = inflater({ windowBits, noContextTakeover, handle });
          for (const [index, message] of sampleMessages().entries()) {
            // On and off the thread by turns: the context is the same one.
            const payload = index % 3 === 0 ? inThread.deflateSync(message) : await inThread.deflate(message);
            assertSame(payload, here.deflateSync(message));
            assertSame(
              index % 2 === 0 ? await inflateMessageInThread(back, payload) : inflateMessage(back, payload),
              message,
            );
          }
          assert.equal(back.finish(), null);
          for (const deflater of [inThread, here]) deflater.close();
        });
      }
    }

    test("the context is kept, or not", () => {
      const message = noise(500);
      const sizes = (noContextTakeover: boolean): readonly number[] => {
        const deflater = new MessageDeflater({ windowBits: 15, noContextTakeover, handle });
        const lengths = [message, message, message].map((again) => deflater.deflateSync(again).length);
        deflater.close();
        return lengths;
      };
      const [first = 0, ...kept] = sizes(false);
      for (const length of kept) assert.ok(length < 20 && first > 400);
      assert.deepEqual(sizes(true), [first, first, first]);
    });

    test("an empty message is one octet, wherever it comes", async () => {
      const deflater = new MessageDeflater({ windowBits: 15, noContextTakeover: false, handle });
      const back = inflater();
      for (const text of ["", "", "abc", "", "abc", ""]) {
        const message = Buffer.from(text);
        const payload = deflater.deflateSync(message);
        if (text === "") {
          assert.deepEqual([...payload], [0]);
          assert.deepEqual([...(await deflater.deflate(message))], [0]);
        }
        assertSame(inflateMessage(back, payload), message);
      }
      deflater.close();
    });

    test("messages larger than any buffer", async () => {
      const deflater = new MessageDeflater({ windowBits: 15, noContextTakeover: false, handle });
      const back = inflater({ limitOctets: 1 << 20 });
      for (const message of [noise(1 << 20), records(1 << 20), noise(1 << 20, 2)]) {
        assertSame(inflateMessage(back, deflater.deflateSync(message)), message);
        assertSame(inflateMessage(back, await deflater.deflate(message)), message);
      }
      deflater.close();
    });

    test("any messages, any window", () => {
      const octets = fc.oneof(
        fc.uint8Array({ maxLength: 2000 }),
        fc.uint8Array({ maxLength: 2000, max: 3 }),
        fc.nat(5000).map((length) => new Uint8Array(records(length))),
      );
      const settings = fc.record({
        windowBits: fc.constantFrom(...WINDOWS),
        noContextTakeover: fc.boolean(),
      });
      fc.assert(
        fc.property(fc.array(octets, { maxLength: 5 }), settings, (messages, options) => {
          const deflater = new MessageDeflater({ ...options, handle });
          const back = inflater(options);
          for (const message of messages)
            assertSame(inflateMessage(back, deflater.deflateSync(message)), message);
          assert.equal(back.finish(), null);
          deflater.close();
        }),
        { numRuns: 60 },
      );
    });

    test("one message at a time", async () => {
      const deflater = new MessageDeflater({ windowBits: 9, noContextTakeover: false, handle });
      const message = records(100_000);
      const running = deflater.deflate(message);
      assert.throws(() => deflater.deflateSync(message), /the deflater is busy/);
      await assert.rejects(deflater.deflate(message), /the deflater is busy/);
      assertSame(inflateMessage(inflater({ windowBits: 9 }), await running), message);
      deflater.close();
      deflater.close();
      assert.throws(() => deflater.deflateSync(message), /the deflater is closed/);
      await assert.rejects(deflater.deflate(message), /the deflater is closed/);
    });
  });
}

test("closing a deflater at work rejects its message", async () => {
  const deflater = new MessageDeflater({ windowBits: 15, noContextTakeover: false, handle: true });
  const running = deflater.deflate(noise(1 << 20));
  deflater.close();
  await assert.rejects(running);
  assert.throws(() => deflater.deflateSync(noise(1)), /the deflater is closed/);
});

describe("windows that do not exist", () => {
  for (const windowBits of [7, 16, 0, -15, 9.5, NaN]) {
    test(String(windowBits), () => {
      assert.throws(() => new MessageDeflater({ windowBits, noContextTakeover: false }), RangeError);
      assert.throws(() => inflater({ windowBits }), RangeError);
    });
  }
});

function plainInflate(payloads: readonly Uint8Array[], windowBits: number): Buffer {
  const stream = Buffer.concat(payloads.flatMap((payload) => [payload, TAIL]));
  return inflateRawSync(stream, { windowBits, finishFlush: constants.Z_SYNC_FLUSH });
}
