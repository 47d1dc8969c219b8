import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CASES } from "../../src/cases/index.js";
import { chosenSet, selection, type SelectionValues } from "../../src/cli/selection.js";
import { UsageError } from "../../src/cli/usage-error.js";

function values(given: Partial<SelectionValues> = {}): SelectionValues {
  return { cases: [], exclude: [], set: undefined, ...given };
}

describe("the set that cases are chosen from", () => {
  const rows: readonly (readonly [given: Partial<SelectionValues>, set: string, size: number])[] = [
    [{}, "all", CASES.length],
    [{ profile: "modern" }, "all", CASES.length],
    // What is compared with the original's results has its cases.
    [{ profile: "autobahn" }, "autobahn", 517],
    [{ profile: "autobahn", set: "all" }, "all", CASES.length],
    [{ profile: "autobahn", cases: ["22.4.2"] }, "all", 1],
    [{ set: "autobahn" }, "autobahn", 517],
  ];
  for (const [given, set, size] of rows) {
    test(JSON.stringify(given), () => {
      assert.equal(chosenSet(values(given)), set);
      assert.equal(selection(values(given)).length, size);
    });
  }
});

describe("what can be asked of a peer", () => {
  test("a server is not asked what is for clients", () => {
    const forOnly = (one: "client" | "server"): number =>
      CASES.filter(({ peer, keepalive, http2 }) => peer === one || keepalive === true || http2 !== undefined)
        .length;
    assert.ok(forOnly("client") > 0 && forOnly("server") > 0);
    assert.equal(selection(values(), "server").length, CASES.length - forOnly("client"));
    assert.equal(selection(values(), "client").length, CASES.length - forOnly("server"));
  });

  test("what needs its Pings is left out, unless it sends some", () => {
    const withPings = selection(values({ keepalive: 30 }), "server");
    const without = selection(values(), "server");
    assert.deepEqual(
      withPings.filter((one) => !without.includes(one)).map(({ id }) => id),
      ["28.1.6", "28.1.8"],
    );
    assert.throws(
      () => selection(values({ cases: ["28.1.6,28.1.8"] }), "client"),
      new UsageError(
        "28.1.6, 28.1.8: can only be played with --keepalive, with a peer that sends Pings by itself",
      ),
    );
  });

  test("nothing else was asked for", () => {
    assert.throws(
      () => selection(values({ cases: ["22.4.2"] }), "server"),
      new UsageError("22.4.2: cannot be played with a server"),
    );
  });
});
