import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FAULTS, strictMutant, walkBroken, type BrokenClientName, type WalkOptions } from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import { sectionOf } from "../../src/case/case-id.js";
import { CASES } from "../../src/cases/index.js";
import { STRICT_SERVER } from "./server-findings.js";
import { testFaults } from "./one-fault.js";
import { serveRun } from "./serve-run.js";

/**
 * Sections beyond the original that are about frames and messages; 31, about negotiation, and 35, over HTTP/2, have tests
 * of their own.
 */
function isHere(id: string): boolean {
  const section = sectionOf(id);
  return section >= 24 && section !== 31 && section !== 35;
}

/** Sections that the original does not have, as far as a server's frames are their matter, and not compressed data. */
const NEW: readonly Case[] = CASES.filter(
  ({ id, peer, deflate, keepalive }) =>
    isHere(id) && peer !== "client" && deflate === undefined && keepalive !== true,
);
const FOR_CLIENTS: readonly Case[] = CASES.filter(
  ({ id, peer, expect }) => isHere(id) && peer === "client" && expect.informational !== true,
);
testFaults({
  name: "a strict server",
  faults: FAULTS,
  start: strictMutant,
  cases: NEW,
  findings: STRICT_SERVER,
});

/** What a client sends itself; the other cases send it something. */
const SENDS = "24.3.1";

describe("every case that is for clients only is failed by a client", () => {
  failsAll("sloppy", "takes masked frames", (id) => id !== SENDS);
  failsAll("neverMasks", "masks nothing", (id) => id === SENDS);
});

function failsAll(name: BrokenClientName, does: string, isPlayed: (id: string) => boolean): void {
  test(`that ${does}`, async (context) => {
    const cases = FOR_CLIENTS.filter(({ id }) => isPlayed(id));
    const walk = (options: WalkOptions): Promise<void> => walkBroken(name, options);
    const { verdicts } = await serveRun(context, walk, cases);
    assert.deepEqual(
      cases.map(({ id }) => [id, verdicts.get(id)?.outcome, verdicts.get(id)?.requirement]),
      cases.map(({ id, requirements }) => [id, "fail", requirements[0]]),
    );
  });
}
