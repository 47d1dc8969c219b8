import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";

import {
  INVALID,
  LATER,
  OPTIONS,
  clientInflater,
  deflate,
  hex,
  inflateTo,
  json,
  random,
  serverDeflater,
  suiteInBothModes,
  text,
} from "./support.js";

const HELLO = text("Hello");
const HELLO_FLUSHED = "f2 48 cd c9 c9 07 00";
const HELLO_FINAL = "f3 48 cd c9 c9 07 00 00";
const HELLO_AGAIN = "f2 00 11 00 00";

/** All ways of inflating: context takeover or not, at once or on the thread pool. */
const WAYS = [
  { hasTakeover: false, options: OPTIONS },
  { hasTakeover: true, options: OPTIONS },
  { hasTakeover: false, options: LATER },
  { hasTakeover: true, options: LATER },
];

suiteInBothModes("Blocks of every kind", () => {
  const wholeMessages: [string, string, Buffer | string][] = [
    ["fixed codes", HELLO_FLUSHED, HELLO],
    ["stored", "00 05 00 fa ff 48 65 6c 6c 6f 00", HELLO],
    ["marked as last", HELLO_FINAL, HELLO],
    ["marked as last, and no octet behind it", "f3 48 cd c9 c9 07 00", HELLO],
    ["two blocks", "f2 48 05 00 00 00 ff ff ca c9 c9 07 00", HELLO],
    ["the tail is still there", "f2 48 cd c9 c9 07 00 00 00 ff ff", HELLO],
    ["the tail is still there, behind a last block", `${HELLO_FINAL} 00 00 ff ff`, HELLO],
    ["padding of ones, which is ignored (RFC 1951 §3.2.4)", "f2 48 cd c9 c9 07 e0", HELLO],
    ["empty: one octet", "00", text("")],
    ["empty: no octet", "", text("")],
    ["empty: a last block", "03 00 00", text("")],
    ["empty: a last block and nothing more", "03 00", text("")],
    ["empty stored blocks", `${"00 00 00 ff ff ".repeat(50)} 00`, text("")],
    ["last, then ordinary", `${HELLO_FINAL.slice(0, -3)} ${HELLO_FLUSHED}`, text("HelloHello")],
    ["three last ones", `${HELLO_FINAL.slice(0, -3)} `.repeat(3), text("HelloHelloHello")],
    ["a reference across a last block", `${HELLO_FINAL.slice(0, -3)} ${HELLO_AGAIN}`, text("HelloHello")],
    ["an unused type", "07 00", INVALID],
    ["a wrong complement of a length", "00 05 00 fa fe 48 65 6c 6c 6f 00", INVALID],
    ["garbage behind a last block", `${HELLO_FINAL.slice(0, -3)} 07 07 07`, INVALID],
    ["cut off inside fixed codes", "f2 48 cd", INVALID],
    ["cut off inside the description of codes", "04 c1 3b 0a 00 21 0c 05 c0", INVALID],
    ["cut off inside a stored block", "00 05 00 fa ff 48 65", INVALID],
    ["cut off inside the header of a stored block", "00 05 00", INVALID],
    ["a stored block without the octet behind it", "00 05 00 fa ff 48 65 6c 6c 6f", INVALID],
    ["ff, and no tail before it", "f2 48 cd c9 c9 07 00 00 ff", INVALID],
  ];

  for (const { hasTakeover, options } of WAYS) {
    const how = `${hasTakeover ? "with" : "without"} takeover, ${options === LATER ? "later" : "at once"}`;

    for (const [name, octets, expected] of wholeMessages) {
      test(`${name}, ${how}`, async () => {
        const inflater = clientInflater(15, hasTakeover, options);
        assert.deepEqual(await inflateTo(inflater, hex(octets)), expected);
        if (typeof expected !== "string") {
          assert.deepEqual(await inflateTo(inflater, hex(octets)), expected, "the same again");
          assert.deepEqual(await inflateTo(inflater, hex(HELLO_FLUSHED)), HELLO, "an ordinary one after it");
          assert.deepEqual(await inflateTo(inflater, hex("00")), text(""), "an empty one");
        } else {
          assert.deepEqual(
            await inflateTo(inflater, hex(HELLO_FLUSHED)),
            expected,
            "nothing after a failure",
          );
        }
        inflater.close();
      });

      test(`${name}, an octet at a time, ${how}`, async () => {
        const inflater = clientInflater(15, hasTakeover, options);
        assert.deepEqual(await inOctets(inflater, hex(octets)), expected);
        if (typeof expected !== "string")
          assert.deepEqual(await inflateTo(inflater, hex(HELLO_FLUSHED)), HELLO);
        inflater.close();
      });
    }

    for (const octets of [300, 5000, 140_000]) {
      test(`a whole stream of ${octets} octets in a message, ${how}`, async () => {
        const inflater = clientInflater(15, hasTakeover, options);
        const message = json(octets);
        for (const end of ["", "00"]) {
          const whole = Buffer.concat([deflateRawSync(message), hex(end)]);
          assert.ok(message.equals((await inflateTo(inflater, whole)) as Buffer));
        }
        assert.deepEqual(await inflateTo(inflater, hex(HELLO_FLUSHED)), HELLO);
        inflater.close();
      });
    }
  }

  for (const options of [OPTIONS, LATER]) {
    const how = options === LATER ? "later" : "at once";

    test(`the window survives last blocks between messages, ${how}`, async () => {
      for (const windowBits of [9, 12, 15]) {
        const inflater = clientInflater(windowBits, true, options);
        const window = random(2 ** windowBits - 262);
        const first = Buffer.concat([deflateRawSync(window, { windowBits }), hex("00")]);
        const second = compressAfter(window, window, windowBits);
        assert.ok(second.length < window.length / 4, "the second message refers to the first");
        assert.ok(window.equals((await inflateTo(inflater, first)) as Buffer));
        assert.ok(window.equals((await inflateTo(inflater, second)) as Buffer));
        assert.ok(window.equals((await inflateTo(inflater, second)) as Buffer));
        inflater.close();
      }
    });

    test(`the window survives last blocks inside a message of many octets, ${how}`, async () => {
      const inflater = clientInflater(15, false, options);
      const block = random(20_000);
      const message = Buffer.concat([
        deflateRawSync(json(100_000)),
        deflateRawSync(block),
        compressAfter(block, block, 15),
      ]);
      const expected = Buffer.concat([json(100_000), block, block]);
      assert.ok(expected.equals((await inflateTo(inflater, message)) as Buffer));
      const parts = [message.subarray(0, 9000), message.subarray(9000, 30_000), message.subarray(30_000)];
      const back: Buffer[] = [];
      for (const [at, part] of parts.entries())
        back.push((await inflateTo(inflater, part, at === 2)) as Buffer);
      assert.ok(expected.equals(Buffer.concat(back)));
    });

    test(`last blocks that come too thick are refused, ${how}`, async () => {
      for (const hasTakeover of [false, true]) {
        const usual = clientInflater(15, hasTakeover, options);
        assert.deepEqual(await inflateTo(usual, hex("03 00".repeat(16))), text(""));
        const greedy = clientInflater(15, hasTakeover, options);
        assert.equal(await inflateTo(greedy, hex("03 00".repeat(10_000))), INVALID);
        usual.close();
      }
    });
  }

  test("what could be the end of a message, but is a cut inside the description of codes", async () => {
    for (const options of [OPTIONS, LATER]) {
      const inflater = clientInflater(15, false, options);
      assert.equal(await inflateTo(inflater, hex("5c cd bb 0a 83 60 10 84 d1 57 09")), INVALID);
    }
  });

  test("what we send for nothing", async () => {
    for (const hasTakeover of [false, true]) {
      const deflater = serverDeflater(15, hasTakeover);
      assert.deepEqual(Buffer.from(await deflate(deflater, Buffer.alloc(0))), Buffer.from([0]));
      assert.equal((await deflate(deflater, Buffer.alloc(0), false)).length, 0);
      assert.deepEqual(Buffer.from(await deflate(deflater, Buffer.alloc(0), true)), Buffer.from([0]));
      deflater.close();
    }
  });
});

/** The message in parts of one octet, and an empty last part. */
async function inOctets(
  inflater: ReturnType<typeof clientInflater>,
  octets: Uint8Array,
): Promise<Buffer | string> {
  const parts: Buffer[] = [];
  for (let at = 0; at <= octets.length; at++) {
    const part = await inflateTo(inflater, octets.subarray(at, at + 1), at === octets.length);
    if (typeof part === "string") return part;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function compressAfter(dictionary: Buffer, message: Buffer, windowBits: number): Buffer {
  const options = { dictionary, windowBits, finishFlush: constants.Z_SYNC_FLUSH };
  return deflateRawSync(message, options).subarray(0, -4);
}
