import assert from "node:assert/strict";
import { test } from "node:test";

import type { AgainstPeer, PageEvent } from "wireproof/page";
import { changesOf, earlierPeer } from "../../src/model/changes.js";
import { RUN_END, info, modelOf, peerUp, result, started } from "../sample.js";

function against(peers: readonly AgainstPeer[]): PageEvent {
  return {
    type: "against",
    file: "old.ndjson",
    startedAt: "2026-11-21T08:00:00.000Z",
    profile: "modern",
    peers,
  };
}

const CASES = ["1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.1.5", "1.1.6"].map((id) => info(id));

test("worse, better, different, new and gone", () => {
  const model = modelOf([
    started(CASES),
    against([
      {
        agent: "ws",
        url: "ws://x",
        cases: {
          "1.1.1": ["pass", "ok", 1000],
          "1.1.2": ["fail", "ok", 1000],
          "1.1.3": ["pass", "ok", 1002],
          "1.1.5": ["pass", "ok", 1000],
          "1.1.6": ["pass", "ok", 1000],
        },
      },
    ]),
    peerUp("a", "ws"),
    result("a", "1.1.1", { closing: "unclean" }),
    result("a", "1.1.2"),
    result("a", "1.1.3", { code: null }),
    result("a", "1.1.4"),
    result("a", "1.1.6"),
    RUN_END,
  ]);
  const changes = changesOf(model, model.peers[0] ?? assert.fail());
  assert.deepEqual(
    [...changes.values()].map(({ id, kind }) => [id, kind]),
    [
      ["1.1.1", "worse"],
      ["1.1.2", "better"],
      ["1.1.3", "other"],
      ["1.1.4", "new"],
      ["1.1.5", "gone"],
    ],
  );
  assert.equal(changes.get("1.1.3")?.after, "Pass, no close code");
});

test("while the run lasts, a case without a result is not gone", () => {
  const model = modelOf([
    started(CASES),
    against([{ agent: "ws", url: "ws://x", cases: { "1.1.1": ["pass", "ok", 1000] } }]),
    peerUp("a", "ws"),
  ]);
  assert.equal(changesOf(model, model.peers[0] ?? assert.fail()).size, 0);
});

test("a peer is compared with the one of its name, else of its address, else the only one", () => {
  const of = (peers: readonly string[], earlier: readonly [string, string][]): string | undefined => {
    const model = modelOf([
      started(CASES),
      against(earlier.map(([agent, url]) => ({ agent, url, cases: {} }))),
      ...peers.map((name) => peerUp(name)),
    ]);
    return earlierPeer(model, model.peers[0] ?? assert.fail())?.agent;
  };
  assert.equal(
    of(
      ["a", "b"],
      [
        ["b", "ws://1"],
        ["a", "ws://2"],
      ],
    ),
    "a",
  );
  assert.equal(
    of(
      ["a", "b"],
      [
        ["c", "ws://1"],
        ["d", "ws://a"],
      ],
    ),
    "d",
  );
  assert.equal(of(["a"], [["c", "ws://1"]]), "c");
  assert.equal(of(["a", "b"], [["c", "ws://1"]]), undefined);
});
