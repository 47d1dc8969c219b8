import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import type { Case } from "../../src/case/case.js";
import { compareIds } from "../../src/case/case-id.js";
import { SETS } from "../../src/case/select.js";
import { FROZEN_SETS, unscoredBy, type Unscored } from "../../src/case/frozen-sets.js";
import { CASES } from "../../src/cases/index.js";

/** SHA-256 of the ids, one a line. A set that was released never changes: these digests do not, either. */
const DIGESTS: Readonly<Record<string, string>> = {
  "2026.1": "3f2ddac7c0ad6c045818a8ad9835a3c170db758fc43b5eb7665b7b48d870385f",
};

const CATALOGUE: ReadonlyMap<string, Case> = new Map(CASES.map((one) => [one.id, one]));

for (const set of FROZEN_SETS) {
  test(`${set.name} is what it was when it was frozen`, () => {
    const digest = createHash("sha256")
      .update([...set.ids].join("\n"))
      .digest("hex");
    assert.equal(digest, DIGESTS[set.name]);
  });

  test(`${set.name} scores cases that exist, judge, and need no extension`, () => {
    for (const id of set.ids) {
      const one = CATALOGUE.get(id);
      assert.ok(one !== undefined, id);
      assert.ok(one.expect.informational !== true && one.deflate === undefined, id);
    }
  });

  // Until that version is released, scripts/freeze-set.mjs writes the set again. Afterwards a new case has a later version in
  // `since`, and one that is judged for the first time stands here as an exception.
  test(`${set.name} scores everything that its version could score`, () => {
    const forgotten = CASES.filter(
      (one) =>
        unscoredBy(set, one) === "pending" &&
        one.expect.informational !== true &&
        compareIds(one.since ?? "0.1.0", set.version) <= 0,
    );
    assert.deepEqual(
      forgotten.map(({ id }) => id),
      [],
    );
  });
}

test("what a set does not score has a reason", () => {
  const [set] = FROZEN_SETS;
  assert.ok(set !== undefined);
  const reasons: Readonly<Record<string, Unscored | undefined>> = {
    "1.1.1": undefined,
    "12.1.1": "extension",
    "21.2.5": "extension",
    "7.1.6": "pending",
  };
  for (const [id, reason] of Object.entries(reasons)) {
    const one = CATALOGUE.get(id);
    assert.ok(one !== undefined);
    assert.equal(unscoredBy(set, one), reason, id);
    assert.equal(SETS.get("2026.1")?.(id), reason === undefined);
  }
  const [first] = CASES;
  assert.ok(first !== undefined);
  const later = { ...first, id: "1.1.99", since: "0.10.0" };
  assert.equal(unscoredBy(set, later), "added later");
});
