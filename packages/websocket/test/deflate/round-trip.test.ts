import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import {
  LATER,
  OPTIONS,
  clientInflater,
  deflate,
  inflateTo,
  json,
  random,
  serverDeflater,
  suiteInBothModes,
} from "./support.js";

const MESSAGES = [
  Buffer.alloc(0),
  Buffer.from("x"),
  json(125),
  json(300),
  random(300),
  json(64 * 1024),
  random(64 * 1024 + 1),
  Buffer.alloc(1024 * 1024, "ab"),
  json(1024 * 1024),
  Buffer.alloc(0),
  json(300),
];

suiteInBothModes("Messages come back as they were", () => {
  for (const hasTakeover of [false, true]) {
    for (let windowBits = 8; windowBits <= 15; windowBits++) {
      test(`window of ${windowBits} bits, ${hasTakeover ? "with" : "without"} context takeover`, async () => {
        const deflater = serverDeflater(windowBits, hasTakeover);
        const inflater = clientInflater(windowBits, hasTakeover);
        for (const message of MESSAGES) {
          const payload = await deflate(deflater, message);
          const back = await inflateTo(inflater, payload, true, message.length);
          assert.ok(message.equals(back as Buffer), `${message.length} octets: ${String(back).slice(0, 40)}`);
        }
        deflater.close();
        inflater.close();
      });
    }
  }

  for (const hasTakeover of [false, true]) {
    test(`in parts, ${hasTakeover ? "with" : "without"} context takeover`, async () => {
      const deflater = serverDeflater(15, hasTakeover);
      const inflater = clientInflater(15, hasTakeover);
      for (let message = 0; message < 3; message++) {
        const parts = [json(300), Buffer.alloc(0), random(40_000), json(200_000), Buffer.alloc(0)];
        for (const [at, part] of parts.entries()) {
          const isLast = at === parts.length - 1;
          const payload = await deflate(deflater, part, isLast);
          const isFlushed = Buffer.from(payload)
            .subarray(-4)
            .equals(Buffer.from([0, 0, 255, 255]));
          assert.equal(isFlushed, !isLast && part.length > 0);
          const back = await inflateTo(inflater, payload, isLast);
          assert.ok(part.equals(back as Buffer));
        }
      }
      deflater.close();
      inflater.close();
    });
  }

  test("a later part refers to an earlier one", async () => {
    const deflater = serverDeflater();
    const part = random(300);
    await deflate(deflater, part, false);
    assert.ok((await deflate(deflater, part)).length < 50);
  });

  test("work at once and work on the thread pool alternate on one context", async () => {
    const small = random(300);
    const large = random(20_000);
    const deflater = serverDeflater(15, true, { ...OPTIONS, syncLimit: 1000 });
    const inflater = clientInflater(15, true, { ...OPTIONS, syncLimit: 100 });
    const lengths: number[] = [];
    for (const message of [small, large, small, large, small]) {
      const payload = await deflate(deflater, message);
      lengths.push(payload.length);
      assert.ok(message.equals((await inflateTo(inflater, payload)) as Buffer));
    }
    assert.ok(lengths[3]! < lengths[1]! / 4, "the context of the first large message is used");
    assert.ok(lengths[2]! < lengths[0]! / 4, "and so is that of the first small one");
    deflater.close();
    inflater.close();
  });

  test("a message cut into any parts", async () => {
    const message = json(2000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 700 }), { maxLength: 6 }),
        fc.boolean(),
        fc.boolean(),
        async (cuts, hasTakeover, isLater) => {
          const deflater = serverDeflater(12, hasTakeover);
          const inflater = clientInflater(12, hasTakeover, isLater ? LATER : OPTIONS);
          for (let time = 0; time < 2; time++) {
            const payload = await deflate(deflater, message);
            const at = [0, ...cuts.map((cut) => cut % payload.length).sort((a, b) => a - b), payload.length];
            const back: Buffer[] = [];
            for (let part = 1; part < at.length; part++) {
              const octets = payload.subarray(at[part - 1], at[part]);
              back.push((await inflateTo(inflater, octets, part === at.length - 1)) as Buffer);
            }
            assert.ok(message.equals(Buffer.concat(back)));
          }
          deflater.close();
          inflater.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  test("nothing else uses the memory of the result", async () => {
    const deflater = serverDeflater();
    const inflater = clientInflater();
    const first = await deflate(deflater, json(300));
    const copy = Buffer.from(first);
    const inflated = (await inflateTo(inflater, first)) as Buffer;
    await deflate(deflater, random(300));
    await inflateTo(inflater, await deflate(deflater, random(300)));
    assert.ok(copy.equals(first));
    assert.ok(json(300).equals(inflated));
  });
});
