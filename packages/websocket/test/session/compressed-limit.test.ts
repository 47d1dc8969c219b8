import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";

import type { CompressionOptions } from "../../src/session/settings.js";
import { pair } from "../../src/testing/index.js";

const WAYS: readonly (readonly [how: string, CompressionOptions])[] = [
  ["as usual", {}],
  ["with the smallest buffers", { level: 9, memLevel: 1, windowBits: 9, contextTakeover: true }],
  ["in blocks that are only stored", { level: 0, memLevel: 1 }],
];

describe("a message that cannot be compressed gets longer, and may still have as many octets as the limit says", () => {
  const sizes = [1, 100, 10_000, 1_048_576];
  for (const [how, compression, messageOctets] of WAYS.flatMap((way) =>
    sizes.map((size) => [...way, size] as const),
  )) {
    test(`${messageOctets} octets, compressed ${how}, to a server and back`, async () => {
      const limits = { messageOctets };
      await using both = await pair({
        server: { compression, limits, message: (ws, data) => void ws.send(data, { compress: true }) },
        client: { compression, limits },
      });
      const message = randomBytes(messageOctets);
      both.client.send(message, { compress: true });
      const { value } = await both.client[Symbol.asyncIterator]().next();
      assert.ok(Buffer.from(value as Uint8Array).equals(message));
      assert.ok(both.client.counters.octetsReceived > messageOctets);
    });
  }

  test("one octet more is too much", async () => {
    await using both = await pair({
      server: { limits: { messageOctets: 10_000 }, message: () => assert.fail("it was taken") },
    });
    both.client.send(randomBytes(10_001), { compress: true });
    const { done } = await both.client[Symbol.asyncIterator]().next();
    assert.equal(done, true);
    assert.equal(both.client.closed?.code, 1009);
  });
});
