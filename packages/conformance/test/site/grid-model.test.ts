import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { GridResults, GridReview, GridScenario } from "../../src/matrix/results.js";
import { gridModel, type GridModel } from "../../src/site/grid-model.js";
import type { PairModel, StackModel } from "../../src/site/page-model.js";

const BROKEN = "6455-5.5.1-5";
const REVIEW: GridReview = {
  role: "server",
  requirement: BROKEN,
  scenarios: ["open"],
  fault: "stack",
  by: "RFC 6455 §5.5.1",
  says: "It does not answer the Close frame.",
  version: "1.0",
  day: "2026-11-30",
};
const STACKS = ["a", "b"].map((folder) => ({ folder, name: folder, roles: [] }) as unknown as StackModel);

/** The server `b`, in which a run of the suite has shown the same, and somebody has looked. */
function reviewedInSuite(over: "http1" | "http2", version: string): readonly StackModel[] {
  const findings = [{ standing: "fault", finding: { requirement: BROKEN } }];
  const roles = [{ result: { role: "server", over, version }, findings }];
  return STACKS.map((one) => (one.folder === "b" ? ({ ...one, roles } as unknown as StackModel) : one));
}

function modelOf(
  scenario: Partial<GridScenario>,
  reviews: readonly (readonly [string, GridReview])[],
  stacks: readonly StackModel[] = STACKS,
): GridModel {
  const one: GridScenario = {
    scenario: "open",
    outcome: "fails",
    requirement: BROKEN,
    because: "no answer",
    ...scenario,
  };
  const grid: GridResults = {
    day: "2026-11-30",
    suite: "1",
    clients: { a: "2.0" },
    servers: { b: "1.0" },
    scenarios: { open: "Opens and closes." },
    pairs: [{ client: "a", server: "b", scenarios: [one] }],
  };
  const folders = new Set(reviews.map(([folder]) => folder));
  const byFolder = [...folders].map(
    (folder) => [folder, reviews.filter(([of]) => of === folder).map(([, review]) => review)] as const,
  );
  return gridModel(grid, stacks, new Map(byFolder));
}

function pairOf(...of: Parameters<typeof modelOf>): PairModel {
  const [pair] = modelOf(...of).pages[1]?.pairs ?? [];
  assert.ok(pair);
  return pair;
}

describe("what the grid says of a server that broke something", () => {
  for (const [title, reviews, expected] of [
    ["nobody has looked", [], ["server", false, "unreviewed"]],
    ["its fault", [["b", REVIEW]], ["server", true, "fault"]],
    [
      "its fault, in another version",
      [["b", { ...REVIEW, version: "0.9" }]],
      ["server", false, "unreviewed"],
    ],
    [
      "its fault, in another scenario",
      [["b", { ...REVIEW, scenarios: ["text"] }]],
      ["server", false, "unreviewed"],
    ],
    [
      "its fault, by another requirement",
      [["b", { ...REVIEW, requirement: null }]],
      ["server", false, "unreviewed"],
    ],
    ["its fault as a client", [["b", { ...REVIEW, role: "client" }]], ["server", false, "unreviewed"]],
    ["the fault of another stack", [["a", REVIEW]], ["server", false, "unreviewed"]],
    ["the fault of the program", [["b", { ...REVIEW, fault: "program" }]], ["unknown", false, "cleared"]],
    [
      "our mistake, in another version",
      [["b", { ...REVIEW, fault: "suite", version: "0.9" }]],
      ["unknown", false, "cleared"],
    ],
    [
      "our mistake in the last version, and its fault in this one",
      [
        ["b", { ...REVIEW, fault: "suite", version: "0.9" }],
        ["b", REVIEW],
      ],
      ["server", true, "fault"],
    ],
  ] as const) {
    test(`${title}: ${expected.join(", ")}`, () => {
      const { state, isReviewed, scenarios } = pairOf({ fault: "server" }, reviews);
      assert.deepEqual([state, isReviewed, scenarios[0]?.broken[0]?.standing], expected);
    });
  }

  for (const [over, version, expected] of [
    ["http1", "1.0", "fault"],
    ["http1", "0.9", "unreviewed"],
    ["http2", "1.0", "unreviewed"],
  ] as const) {
    test(`reviewed in a run of the suite, ${over}, version ${version}: ${expected}`, () => {
      const { scenarios } = pairOf({ fault: "server" }, [], reviewedInSuite(over, version));
      assert.equal(scenarios[0]?.broken[0]?.standing, expected);
    });
  }

  test("the page of the requirement names it, unless it was cleared", () => {
    assert.equal(modelOf({ fault: "server" }, []).mentions.get(BROKEN)?.length, 1);
    const cleared = modelOf({ fault: "server" }, [["b", { ...REVIEW, fault: "nobody" }]]);
    assert.equal(cleared.mentions.get(BROKEN), undefined);
  });
});

describe("what it says where both are at fault", () => {
  const ofClient: GridReview = { ...REVIEW, role: "client", version: "2.0" };
  for (const [title, reviews, expected] of [
    ["one was looked at", [["b", REVIEW]], ["both", false]],
    [
      "both were looked at",
      [
        ["b", REVIEW],
        ["a", ofClient],
      ],
      ["both", true],
    ],
    [
      "one was cleared",
      [
        ["b", REVIEW],
        ["a", { ...ofClient, fault: "program" }],
      ],
      ["server", true],
    ],
  ] as const) {
    test(`${title}: ${expected.join(", ")}`, () => {
      const { state, isReviewed } = pairOf({ fault: "both" }, reviews);
      assert.deepEqual([state, isReviewed], expected);
    });
  }
});

test("where each broke another requirement, each is reviewed by its own", () => {
  const offences = [
    { side: "server", requirement: "6455-5.5.1-7", because: "a second Close frame" },
  ] as const;
  const both = { fault: "both", offences } as const;
  const own: GridReview = { ...REVIEW, requirement: "6455-5.5.1-7" };
  const standings = (...reviews: readonly (readonly [string, GridReview])[]): readonly string[] =>
    pairOf(both, reviews).scenarios[0]?.broken.map(({ standing }) => standing) ?? [];
  assert.deepEqual(standings(["b", REVIEW]), ["unreviewed", "unreviewed"]);
  assert.deepEqual(standings(["b", own]), ["unreviewed", "fault"]);
  const { mentions } = modelOf(both, []);
  assert.deepEqual(
    [BROKEN, own.requirement ?? ""].map((id) => mentions.get(id)?.map(({ side }) => side)),
    [["client"], ["server"]],
  );
  assert.deepEqual(
    modelOf({ fault: "both" }, [])
      .mentions.get(BROKEN)
      ?.map(({ side }) => side),
    ["both"],
  );
});

test("what did not matter is reviewed in the same way", () => {
  const offences = [{ side: "server", requirement: BROKEN, because: "no answer" }] as const;
  const works = { outcome: "works", offences } as const;
  const stateOf = (...reviews: readonly (readonly [string, GridReview])[]): readonly unknown[] => {
    const { state, scenarios } = pairOf(works, reviews);
    return [state, scenarios[0]?.broken[0]?.standing];
  };
  assert.deepEqual(stateOf(), ["offences", "unreviewed"]);
  assert.deepEqual(stateOf(["b", REVIEW]), ["offences", "fault"]);
  assert.deepEqual(stateOf(["b", { ...REVIEW, fault: "nobody" }]), ["works", "cleared"]);
});
