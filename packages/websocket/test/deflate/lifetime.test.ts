import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";

import { deflateLimiter } from "../../src/deflate/limiter.js";
import { streamCounts } from "../../src/deflate/stream-pool.js";
import { usesInternals } from "../../src/deflate/streams.js";
import {
  INVALID,
  LATER,
  OPTIONS,
  clientInflater,
  deflate,
  inflate,
  inflateTo,
  json,
  random,
  serverDeflater,
  suiteInBothModes,
} from "./support.js";

const ONE_AT_A_TIME = { ...LATER, maxConcurrent: 1 };

suiteInBothModes("Streams are lent and given back", () => {
  test("nothing is held before the first message, nor between messages without context takeover", async () => {
    const { lent } = streamCounts();
    const deflaters = [serverDeflater(), serverDeflater(15, false, LATER)];
    const inflaters = [clientInflater(), clientInflater(15, false, LATER)];
    assert.equal(streamCounts().lent, lent);
    for (const size of [0, 300, 100_000]) {
      for (const deflater of deflaters) {
        const payload = await deflate(deflater, json(size));
        assert.equal(streamCounts().lent, lent);
        for (const inflater of inflaters) await inflateTo(inflater, payload);
        assert.equal(streamCounts().lent, lent);
      }
    }
  });

  test("one stream is held during a message in parts", async () => {
    const { lent } = streamCounts();
    const deflater = serverDeflater();
    const inflater = clientInflater();
    const first = await deflate(deflater, json(300), false);
    assert.equal(streamCounts().lent, lent + 1);
    await inflateTo(inflater, first, false);
    assert.equal(streamCounts().lent, lent + 2);
    await inflateTo(inflater, await deflate(deflater, Buffer.alloc(0)));
    assert.equal(streamCounts().lent, lent);
  });

  test("context takeover holds one each from the first message until close()", async () => {
    const { lent } = streamCounts();
    const deflater = serverDeflater(15, true);
    const inflater = clientInflater(15, true);
    assert.equal(streamCounts().lent, lent);
    for (let message = 0; message < 3; message++)
      await inflateTo(inflater, await deflate(deflater, json(300)));
    assert.equal(streamCounts().lent, lent + 2);
    for (let time = 0; time < 2; time++) {
      deflater.close();
      inflater.close();
      assert.equal(streamCounts().lent, lent);
    }
  });

  test("a context that was given back remembers nothing", async () => {
    const secret = random(300);
    const first = serverDeflater(15, true);
    const alone = await deflate(first, secret);
    first.close();
    const second = serverDeflater(15, true);
    assert.deepEqual(await deflate(second, secret), alone);
    second.close();
  });

  test("only a few wait to be used again", async () => {
    const deflaters = Array.from({ length: 50 }, () => serverDeflater(11, true));
    for (const deflater of deflaters) await deflate(deflater, json(300));
    const { lent, idle } = streamCounts();
    for (const deflater of deflaters) deflater.close();
    assert.equal(streamCounts().lent, lent - 50);
    assert.ok(streamCounts().idle - idle <= 4);
  });

  test("close() during work on the thread pool: no answer, no stream and no place kept", async () => {
    const { lent } = streamCounts();
    const payload = await deflate(serverDeflater(), json(2_000_000));
    const answers: string[] = [];
    for (let time = 0; time < 10; time++) {
      const inflater = clientInflater(15, time % 2 === 0, LATER);
      const deflater = serverDeflater(15, time % 2 === 0, LATER);
      assert.equal(
        inflater.inflate(payload, true, 1e9, () => answers.push("inflated")),
        undefined,
      );
      assert.equal(
        deflater.deflate(payload, true, () => answers.push("compressed")),
        undefined,
      );
      inflater.close();
      deflater.close();
    }
    assert.equal(streamCounts().lent, lent);
    assert.deepEqual(deflateLimiter.counts, { running: 0, waiting: 0 });
    // What comes later waits for the same threads, so the closed ones have had their time.
    for (let time = 0; time < 5; time++)
      assert.equal(
        ((await inflate(clientInflater(15, false, LATER), payload)) as Uint8Array).length,
        2_000_000,
      );
    assert.deepEqual(answers, []);
  });

  test("close() while waiting for the thread pool", async () => {
    const message = json(1_000_000);
    const first = serverDeflater(15, false, ONE_AT_A_TIME);
    const second = serverDeflater(15, false, ONE_AT_A_TIME);
    const third = serverDeflater(15, false, ONE_AT_A_TIME);
    const answers: string[] = [];
    const done = deflate(first, message).then(() => answers.push("first"));
    second.deflate(message, true, () => answers.push("second"));
    const last = deflate(third, message).then(() => answers.push("third"));
    assert.deepEqual(deflateLimiter.counts, { running: 1, waiting: 2 });
    second.close();
    assert.deepEqual(deflateLimiter.counts, { running: 1, waiting: 1 });
    await Promise.all([done, last]);
    assert.deepEqual(answers, ["first", "third"]);
    assert.deepEqual(deflateLimiter.counts, { running: 0, waiting: 0 });
  });

  test("after close() the inflater refuses and the compressor stores", async () => {
    const deflater = serverDeflater();
    const inflater = clientInflater();
    deflater.close();
    inflater.close();
    assert.equal(await inflateTo(inflater, Buffer.of(0)), "internal-error");
    const payload = await deflate(deflater, json(300));
    assert.ok(json(300).equals((await inflateTo(clientInflater(), payload)) as Buffer));
  });

  test("after a failure the stream is gone, and close() is safe", async () => {
    const { lent } = streamCounts();
    for (const options of [OPTIONS, LATER]) {
      const inflater = clientInflater(15, true, options);
      assert.equal(await inflateTo(inflater, Buffer.of(7)), INVALID);
      assert.equal(streamCounts().lent, lent);
      inflater.close();
      assert.equal(streamCounts().lent, lent);
    }
  });

  test("two messages at once are a mistake of the caller", async () => {
    const deflater = serverDeflater(15, false, LATER);
    const inflater = clientInflater(15, false, LATER);
    const payload = deflate(deflater, json(300));
    assert.throws(() => deflater.deflate(json(300), true, () => {}), /already/);
    const back = inflateTo(inflater, await payload);
    assert.throws(() => inflater.inflate(Buffer.of(0), true, 10, () => {}), /already/);
    assert.ok(json(300).equals((await back) as Buffer));
  });

  test("without limit on work at once, a whole message without takeover never comes later", () => {
    const deflater = serverDeflater(9, false, { ...OPTIONS, syncLimit: Number.POSITIVE_INFINITY });
    for (const size of [0, 300, 3_000_000]) {
      const payload = deflater.deflate(json(size), true, () => assert.fail("it came later"));
      assert.ok(payload !== undefined && payload.length > 0);
    }
  });

  test("small messages are worked on at once, where the internals are there", () => {
    const deflater = serverDeflater(15, true);
    const payload = deflater.deflate(json(300), true, () => {});
    assert.equal(payload !== undefined, usesInternals());
    deflater.close();
  });

  test("what small messages inflate to in large numbers comes later", async () => {
    const payload = await deflate(serverDeflater(), Buffer.alloc(2_000_000));
    assert.ok(payload.length < OPTIONS.syncLimit);
    const back = await new Promise((resolve) => {
      assert.equal(clientInflater().inflate(payload, true, 2_000_000, resolve), undefined);
    });
    assert.equal((back as Uint8Array).length, 2_000_000);
  });

  test("answers come in the asynchronous context of the call", async () => {
    const context = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    for (const name of ["first", "second"]) {
      await context.run(name, async () => {
        const payload = await new Promise<Uint8Array>((resolve) => {
          serverDeflater(10, false, LATER).deflate(json(300), true, (result) => {
            seen.push(context.getStore());
            resolve(result);
          });
        });
        await new Promise<void>((resolve) => {
          clientInflater(10, false, LATER).inflate(payload, true, 300, () => {
            seen.push(context.getStore());
            resolve();
          });
        });
      });
    }
    assert.deepEqual(seen, ["first", "first", "second", "second"]);
  });
});
