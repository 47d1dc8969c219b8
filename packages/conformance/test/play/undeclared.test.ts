import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CASES } from "../../src/cases/index.js";
import { undeclared } from "../../src/play/opened.js";
import { SelfCheck } from "../../src/wire/self-check.js";
import type { Profile } from "../../src/record/record.js";
import { renderScript } from "../support/render-script.js";

const PROFILES: readonly Profile[] = ["autobahn", "modern"];

describe("every case sends what it declares to be illegal, and nothing else that is", () => {
  for (const rendered of CASES) {
    test(rendered.id, () => {
      for (const profile of PROFILES) {
        const check = new SelfCheck("client", rendered.deflate !== undefined);
        for (const { octets, begins } of renderScript(rendered, profile)) {
          if (begins) check.begin();
          check.push(octets);
        }
        // It does not decompress: what compressed data makes illegal, a test of the cases finds.
        const declared = (rendered.illegal ?? []).filter(
          (name) =>
            name !== "compressed-data" && !(name === "invalid-utf8" && rendered.deflate !== undefined),
        );
        assert.deepEqual([...check.found].sort(), declared.toSorted(), profile);
        assert.deepEqual(undeclared(rendered, check.found), []);
      }
    });
  }
});

test("a frame inside a frame is no part of any case", () => {
  for (const played of CASES) {
    assert.deepEqual(undeclared(played, new Set(["frame-inside-frame"])), ["frame-inside-frame"]);
  }
});

test("undeclared names what was found and not declared", () => {
  const [first] = CASES;
  assert.ok(first);
  const found = new Set(["rsv", "wrong-mask"]);
  assert.deepEqual(undeclared(first, found), ["rsv", "wrong-mask"]);
  assert.deepEqual(undeclared({ ...first, illegal: ["rsv", "close-code"] }, found), ["wrong-mask"]);
});
