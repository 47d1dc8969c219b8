import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createServer } from "@wireproof/websocket";
import {
  carelessClient,
  KEY_FAULTS,
  rawClient,
  walkUndici,
  walkWireproof,
  walkWith,
  walkWs,
  type KeyFaultName,
  type Walk,
} from "@wireproof/peers";
import type { PeerFindings } from "../../src/run/event.js";
import { assertNamed } from "./assert-named.js";
import { CLIENT_KEYS } from "./client-findings.js";
import { playRun, type Finished } from "./play-run.js";
import { serveRun } from "./serve-run.js";
import { casesFor } from "../../src/case/select.js";
import { casesOf } from "./verdict-table.js";

/** About a hundred frames of the peer, most of them alone on their connection with a Close frame. All are answered legally by a client that echoes whatever comes. */
const CASES = casesOf(
  "1.1.*, 1.2.*, 2.1, 2.2, 2.3, 2.4, 2.6, 2.7, 2.8, 2.9, 2.10, 2.11, 5.3, 5.4, 5.5, 5.6, 5.7, 5.8, 7.1.1, 10.1.1, 24.*, 28.*",
);

function findingsOf({ events }: Finished): PeerFindings {
  const [found, ...others] = events.filter((event) => event.type === "findings");
  assert.deepEqual(others, []);
  return found ?? assert.fail("there are no findings");
}

function rulesOf(run: Finished): string {
  return findingsOf(run)
    .findings.flatMap(({ rule }) => rule ?? [])
    .toSorted((a, b) => a.localeCompare(b))
    .join(", ");
}

describe("a client with careless keys breaks these rules and no others", { concurrency: 2 }, () => {
  for (const [name, { caughtBy }] of Object.entries(KEY_FAULTS)) {
    test(name, async (context) => {
      const client = carelessClient(name as KeyFaultName);
      const run = await serveRun(context, (options) => walkWith(client, options), CASES);
      assert.equal(rulesOf(run), caughtBy);
      assertNamed(CLIENT_KEYS, name, run);
    });
  }
});

const CLIENTS: Readonly<Record<string, Walk>> = {
  ws: walkWs,
  undici: walkUndici,
  wireproof: walkWireproof,
  "a client without a fault": (options) => walkWith(carelessClient(null), options),
};

describe("clients that choose their keys as they should", { concurrency: 2 }, () => {
  for (const [name, walk] of Object.entries(CLIENTS)) {
    test(name, async (context) => {
      const run = await serveRun(context, walk, CASES);
      const { connections, maskingKeys = 0, findings } = findingsOf(run);
      // What cases say is about something else: one of these clients takes whatever comes.
      assert.deepEqual(
        findings.filter(({ rule }) => rule !== undefined),
        [],
      );
      assert.equal(connections, run.ends.length);
      assert.ok(maskingKeys > 60, `${maskingKeys} keys`);
    });
  }
});

test("a client that masks nothing is named once, with its first connection", async (context) => {
  const walk: Walk = (options) => walkWith(rawClient({ neverMasks: true }), options);
  const run = await serveRun(context, walk, casesOf("1.1.*"), { connections: 1 });
  const { connections, maskingKeys, findings } = findingsOf(run);
  assert.deepEqual([connections, maskingKeys], [8, 0]);
  assert.deepEqual(
    findings.map(({ rule, first, connections: often, counted }) => [rule, first, often, counted]),
    [["24.3.1", "1.1.1", 8, true]],
  );
});

test("the endpoint of this repository as a server: nothing is found", async () => {
  await using server = createServer({ message: (ws, data) => ws.send(data) });
  const { port } = await server.listen(0, "127.0.0.1");
  const { connections, maskingKeys, findings } = findingsOf(await playRun(`ws://127.0.0.1:${port}`, CASES));
  assert.deepEqual([connections, maskingKeys, findings], [casesFor("server", CASES).length, undefined, []]);
});
