import assert from "node:assert/strict";
import { test } from "node:test";

import { MOST_WARM, warmInflaters } from "../../src/deflate/message-inflater.js";
import { streamCounts } from "../../src/deflate/stream-pool.js";
import { WarmList } from "../../src/deflate/warm.js";
import type { Warm } from "../../src/deflate/warm.js";
import {
  LATER,
  OPTIONS,
  clientInflater,
  deflate,
  inflateTo,
  json,
  serverDeflater,
  suiteInBothModes,
} from "./support.js";

class Entry implements Warm {
  newer: Warm | undefined = undefined;
  older: Warm | undefined = undefined;
  isListed = false;
  readonly cool: () => void;

  constructor(cool: () => void) {
    this.cool = cool;
  }
}

test("the one that was used longest ago has to go", () => {
  const cooled: number[] = [];
  const list = new WarmList(3);
  const entries = Array.from({ length: 6 }, (_, index) => new Entry(() => cooled.push(index)));
  const use = (...indices: number[]): void => {
    for (const index of indices) {
      list.remove(entries[index]!);
      list.add(entries[index]!);
    }
  };
  use(0, 1, 2, 0, 3);
  assert.deepEqual(cooled, [1]);
  // The oldest, the newest and one in between are taken out.
  for (const index of [2, 3]) list.remove(entries[index]!);
  assert.equal(list.size, 1);
  use(2, 4, 2, 5);
  assert.deepEqual(cooled, [1, 0]);
  list.remove(entries[2]!);
  use(1, 0);
  assert.deepEqual(cooled, [1, 0, 4]);
  for (const entry of entries) list.remove(entry);
  assert.equal(list.size, 0);
});

suiteInBothModes("Idle inflaters with context takeover", () => {
  for (const [how, options] of [
    ["at once", OPTIONS],
    ["on the thread pool", LATER],
  ] as const)
    test(`only some keep their stream, and none forgets its window, ${how}`, async () => {
      const { lent } = streamCounts();
      const deflater = serverDeflater(15, true);
      const payloads = [await deflate(deflater, json(300)), await deflate(deflater, json(300))] as const;
      assert.ok(payloads[1].length < 30, "it refers to the first one");
      deflater.close();
      const inflaters = Array.from({ length: MOST_WARM + 20 }, () => clientInflater(15, true, options));
      for (const payload of payloads) {
        for (const inflater of inflaters) assert.deepEqual(await inflateTo(inflater, payload), json(300));
        assert.equal(streamCounts().lent, lent + MOST_WARM);
      }
      for (const inflater of inflaters) inflater.close();
      assert.equal(streamCounts().lent, lent);
      assert.equal(warmInflaters.size, 0);
    });

  test("one that is inside a message is left alone", async () => {
    const deflater = serverDeflater(15, true);
    const first = await deflate(deflater, json(300), false);
    const rest = await deflate(deflater, json(300));
    deflater.close();
    const busy = clientInflater(15, true);
    await inflateTo(busy, first, false);
    const others = Array.from({ length: MOST_WARM + 20 }, () => clientInflater(15, true));
    for (const other of others) await inflateTo(other, first);
    const { lent } = streamCounts();
    assert.deepEqual(await inflateTo(busy, rest), json(300));
    // It had its stream, and pushes another one out now.
    assert.equal(streamCounts().lent, lent - 1);
    for (const inflater of [busy, ...others]) inflater.close();
  });
});
