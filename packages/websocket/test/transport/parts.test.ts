import assert from "node:assert/strict";
import { test } from "node:test";
import { Piece } from "../../src/protocol/output.js";
import { Parts } from "../../src/transport/parts.js";

const text = "The quick brown fox jumps over the lazy dog";
const memory = Buffer.from(`__${text}__`);

for (const cuts of [[text.length], [1, 1], [10, 0, 20], [7, 7, 7, 7, 7, 7]]) {
  for (const most of [1, 3, 10, 1000]) {
    test(`pieces of ${cuts.join(", ")} octets, at most ${most} a part`, () => {
      const pieces: Piece[] = [];
      let at = 2;
      for (const octets of cuts) pieces.push(new Piece(memory, at, (at += octets), undefined));
      const parts = new Parts();
      parts.set(pieces);
      let taken = "";
      const sum = cuts.reduce((before, octets) => before + octets);
      assert.equal(parts.octets, sum);
      while (parts.octets > 0) {
        const part = parts
          .take(most)
          .map(({ memory: of, from, to }) => Buffer.from(of).toString("latin1", from, to));
        assert.ok(part.join("").length > 0 && part.join("").length <= most);
        taken += part.join("");
        assert.equal(parts.octets, sum - taken.length);
      }
      assert.equal(taken, text.slice(0, sum));
      assert.deepEqual(parts.take(most), []);
    });
  }
}
