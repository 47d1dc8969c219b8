import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CASES } from "../../src/cases/index.js";
import { undeclared } from "../../src/engine/undeclared.js";
import { SelfCheck } from "../../src/wire/self-check.js";
import type { Profile } from "../../src/report/event.js";
import { renderScript } from "./render-script.js";

/** Shows only when the tester has to close in the middle of a frame: see `play.test.ts`. */
const NOT_IN_THE_SCRIPT = "frame-inside-frame";

const PROFILES: readonly Profile[] = ["autobahn", "modern"];

describe("every case sends what it declares to be illegal, and nothing else that is", () => {
  for (const rendered of CASES) {
    test(rendered.id, () => {
      for (const profile of PROFILES) {
        const check = new SelfCheck("client");
        for (const { octets, begins } of renderScript(rendered, profile)) {
          if (begins) check.begin();
          check.push(octets);
        }
        const declared = (rendered.illegal ?? []).filter((name) => name !== NOT_IN_THE_SCRIPT);
        assert.deepEqual([...check.found].sort(), [...declared].sort(), profile);
        assert.deepEqual(undeclared(rendered, check.found), []);
      }
    });
  }
});

test("only the cases that send a frame in parts may have to begin another inside it", () => {
  const ids = CASES.filter(({ illegal }) => illegal?.includes(NOT_IN_THE_SCRIPT)).map(({ id }) => id);
  assert.deepEqual(ids, ["6.4.3", "6.4.4"]);
  const inParts = CASES.filter(({ script }) => script.some((step) => step.do === "frame-header"));
  assert.deepEqual(
    inParts.map(({ id }) => id),
    ids,
  );
});

test("undeclared names what was found and not declared", () => {
  const [first] = CASES;
  assert.ok(first);
  const found = new Set(["rsv", "wrong-mask"]);
  assert.deepEqual(undeclared(first, found), ["rsv", "wrong-mask"]);
  assert.deepEqual(undeclared({ ...first, illegal: ["rsv", "close-code"] }, found), ["wrong-mask"]);
});
