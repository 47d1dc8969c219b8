import assert from "node:assert/strict";
import { test } from "node:test";

import { compareIds } from "wireproof/page";
import { RunModel, peerLabel } from "../../src/model/run-model.js";
import { countStandings, standingOf } from "../../src/model/standing.js";
import { RUN_END, info, modelOf, peerUp, result, started } from "../sample.js";

const CASES = ["1.1.1", "2.1", "2.2"].map((id) => info(id));

test("a case is not run, in flight, and then what its last play says", () => {
  const model = modelOf([started(CASES), peerUp("a")]);
  const standing = (): string => standingOf(model.peers[0] ?? assert.fail(), "2.1");
  assert.equal(standing(), "not-run");
  model.apply({ type: "case-start", peer: "a", case: "2.1", attempt: 1 });
  assert.equal(standing(), "in-flight");
  model.apply(result("a", "2.1", { outcome: "fail" }));
  assert.equal(standing(), "fail");
  model.apply({ type: "case-start", peer: "a", case: "2.1", attempt: 2 });
  model.apply(result("a", "2.1", { attempt: 2 }));
  assert.equal(standing(), "pass");
});

test("a case in flight when the run ends was not run", () => {
  const model = modelOf([
    started(CASES),
    peerUp("a"),
    { type: "case-start", peer: "a", case: "2.1", attempt: 1 },
    RUN_END,
  ]);
  assert.equal(standingOf(model.peers[0] ?? assert.fail(), "2.1"), "not-run");
});

test("a new run forgets the one before: a live page that connects again gets everything again", () => {
  const model = modelOf([started(CASES), peerUp("a"), result("a", "2.1"), RUN_END, started([info("9.1.1")])]);
  assert.deepEqual([model.peers.length, model.end, model.cases.length], [0, null, 1]);
});

test("a peer that never answered is a column too, named by its address", () => {
  const model = modelOf([
    started(CASES),
    { type: "peer-down", peer: "a", url: "ws://gone", after: null, because: "Nothing listens there." },
  ]);
  const peer = model.peers[0] ?? assert.fail();
  assert.equal(peerLabel(peer), "ws://gone");
  assert.equal(peer.down?.because, "Nothing listens there.");
  assert.deepEqual(countStandings(peer, ["1.1.1", "2.1"]), { "not-run": 2 });
});

test("cases that the run of a peer did not select are not counted as missing", () => {
  const {
    type: _type,
    cases: _cases,
    ...facts
  } = started([]) as Extract<ReturnType<typeof started>, { type: "run" }>;
  const up = { ...peerUp("a"), run: { ...facts, file: "a.ndjson", selected: ["2.1"] } };
  const model = modelOf([started(CASES), up]);
  const peer = model.peers[0] ?? assert.fail();
  assert.equal(standingOf(peer, "2.1"), "not-run");
  assert.equal(standingOf(peer, "2.2"), "not-selected");
});

test("events of a kind that it does not know, and of unknown peers, change nothing", () => {
  const model = new RunModel();
  model.apply({ type: "later" } as unknown as Parameters<RunModel["apply"]>[0]);
  model.apply(result("nobody", "1.1.1"));
  assert.equal(model.peers.length, 0);
});

test("the catalogue joins selected and other cases in the order of their numbers", () => {
  const model = modelOf([
    started([info("2.10"), info("10.1.1")]),
    { type: "catalogue", cases: [info("2.9"), info("1.1.1")] },
  ]);
  assert.deepEqual(
    model.catalogue.map(({ id }) => id),
    ["1.1.1", "2.9", "2.10", "10.1.1"],
  );
  assert.ok(compareIds("2.2", "2.10") < 0);
  assert.ok(compareIds("2", "2.1") < 0);
  assert.equal(compareIds("5.20", "5.20"), 0);
});

test("what the connections of a peer showed together belongs to that peer", () => {
  const found = { type: "findings", peer: "a", connections: 2, findings: [] } as const;
  const model = modelOf([started(CASES), peerUp("a"), peerUp("b"), found, { ...found, peer: "unknown" }]);
  assert.deepEqual(
    model.peers.map((peer) => [peer.url, peer.found]),
    [
      ["ws://a", found],
      ["ws://b", null],
    ],
  );
});
