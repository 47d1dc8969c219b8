import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { shrink } from "./shrink.js";

const always = (): boolean => true;

describe("shrinking", () => {
  test("takes items out of lists and strings, and lowers numbers", async () => {
    const value = {
      list: [5, 1, 9, 7, 3, 9],
      text: "a long text with one ! in it",
      count: 300,
      flag: true,
      other: false,
    };
    const happens = (it: typeof value): Promise<boolean> =>
      Promise.resolve(it.list.includes(9) && it.text.includes("!") && it.count > 100);
    assert.deepEqual(await shrink(value, happens, always), {
      list: [9],
      text: "!",
      count: 101,
      flag: false,
      other: false,
    });
  });

  test("goes into what is nested, and again where something has become possible", async () => {
    const plans = [{ steps: [{ size: 40 }, { size: 7 }] }, { steps: [{ size: 2 }] }];
    const happens = (it: typeof plans): Promise<boolean> =>
      Promise.resolve(it.some(({ steps }) => steps.some(({ size }) => size >= 5)));
    assert.deepEqual(await shrink(plans, happens, always), [{ steps: [{ size: 5 }] }]);
  });

  test("leaves words whole, and everything as it was where nothing smaller will do", async () => {
    const value = { end: "reset", text: "ab" };
    const seen: unknown[] = [];
    const happens = (it: typeof value): Promise<boolean> => {
      seen.push(it.end);
      return Promise.resolve(it.text === "ab");
    };
    assert.deepEqual(await shrink(value, happens, always), value);
    assert.ok(seen.every((end) => end === "reset"));
  });

  test("stops when its signal is aborted", async () => {
    let left = 3;
    const happens = (): Promise<boolean> => Promise.resolve(true);
    const list = Array.from({ length: 100 }, (_, index) => index);
    const smaller = await shrink(list, happens, () => (left -= 1) > 0);
    assert.ok(smaller.length > 1);
  });
});
