import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";

import fc from "fast-check";

import { streamCounts } from "../../src/deflate/stream-pool.js";
import {
  INVALID,
  LATER,
  OPTIONS,
  TOO_BIG,
  clientInflater,
  inflate,
  inflateTo,
  json,
  suiteInBothModes,
} from "./support.js";

const LIMIT = 5000;

suiteInBothModes("Arbitrary octets", () => {
  const octets = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    // Streams of which a few octets were changed get farther than noise.
    fc
      .tuple(fc.nat({ max: 400 }), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }))
      .map(([length, changes]) => {
        const stream = Buffer.from(deflateRawSync(json(length + 1)));
        for (const [at, octet] of changes) stream[at % stream.length] = octet;
        return new Uint8Array(stream);
      }),
  );

  test("are inflated within the limit or refused, and nothing throws", async () => {
    const { lent } = streamCounts();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(octets, fc.boolean()), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        fc.boolean(),
        async (parts, hasTakeover, isLater) => {
          const inflater = clientInflater(15, hasTakeover, isLater ? LATER : OPTIONS);
          let violation: string | undefined;
          for (const [part, isLast] of parts) {
            const result = await inflate(inflater, part, isLast, LIMIT);
            if (result instanceof Uint8Array) {
              assert.ok(result.length <= LIMIT);
              assert.equal(violation, undefined, "nothing comes after a failure");
            } else {
              assert.ok(result.id === INVALID || result.id === TOO_BIG);
              violation ??= result.id;
              assert.equal(result.id, violation);
            }
          }
          inflater.close();
        },
      ),
      { numRuns: 300 },
    );
    assert.equal(streamCounts().lent, lent);
  });

  test("do not spoil the pooled streams for others", async () => {
    for (const noise of [
      Buffer.from([7]),
      Buffer.alloc(100, 0xff),
      deflateRawSync(json(300)).subarray(0, 99),
    ]) {
      assert.equal(await inflateTo(clientInflater(), noise), INVALID);
      const back = await inflateTo(
        clientInflater(),
        Buffer.concat([deflateRawSync(json(300)), Buffer.of(0)]),
      );
      assert.ok(json(300).equals(back as Buffer));
    }
  });

  test("give the same at once and later, whole and in two parts", async () => {
    await fc.assert(
      fc.asyncProperty(octets, fc.nat(), async (message, cut) => {
        const whole = await inflateTo(clientInflater(), message, true, LIMIT);
        assert.deepEqual(await inflateTo(clientInflater(15, false, LATER), message, true, LIMIT), whole);
        const inflater = clientInflater();
        const at = cut % (message.length + 1);
        const first = await inflateTo(inflater, message.subarray(0, at), false, LIMIT);
        const second = await inflateTo(inflater, message.subarray(at), true, LIMIT);
        inflater.close();
        if (typeof whole === "string")
          assert.ok(typeof second === "string" || first.length + second.length > LIMIT);
        else assert.deepEqual(Buffer.concat([first as Buffer, second as Buffer]), whole);
      }),
      { numRuns: 150 },
    );
  });
});
