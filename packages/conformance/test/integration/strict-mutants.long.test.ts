import assert from "node:assert/strict";
import { test } from "node:test";
import { FAULTS, strictMutant, walkBroken, type WalkOptions } from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import { CASES } from "../../src/cases/index.js";
import { testFaults } from "./one-fault.js";
import { serveRun } from "./serve-run.js";

/** Sections that the original does not have, as far as a server's frames are their matter, and not compressed data. */
const NEW: readonly Case[] = CASES.filter(
  ({ id, peer, deflate }) => Number(id.split(".", 1)) >= 24 && peer !== "client" && deflate === undefined,
);
const FOR_CLIENTS: readonly Case[] = CASES.filter(
  ({ id, peer, expect }) =>
    Number(id.split(".", 1)) >= 24 && peer === "client" && expect.informational !== true,
);
testFaults({ name: "a strict server", faults: FAULTS, start: strictMutant, cases: NEW });

test("a client that takes masked frames and masks none fails every case that is for clients only", async (context) => {
  const walk = (options: WalkOptions): Promise<void> => walkBroken("neverMasks", options);
  const { verdicts } = await serveRun(context, walk, FOR_CLIENTS);
  assert.deepEqual(
    FOR_CLIENTS.map(({ id }) => [id, verdicts.get(id)?.outcome]),
    FOR_CLIENTS.map(({ id }) => [id, "fail"]),
  );
});
