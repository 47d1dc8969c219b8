import assert from "node:assert/strict";
import { test } from "node:test";
import type { WireEntry } from "../../src/record/wire-log.js";
import { EvidenceLines } from "../../src/run/evidence.js";
import { EVIDENCE_LINES } from "../../src/run/finding.js";

const frame = (dir: "<" | ">", type: string, says?: string): WireEntry => ({
  dir,
  http2: { stream: 1, type, flags: [], length: 4, ...(says === undefined ? {} : { says }) },
});
const ROOM = frame(">", "WINDOW_UPDATE", "1 octet");
const DATA = frame("<", "DATA");
const RESET = frame("<", "RST_STREAM", "CANCEL");

function shown(requirement: string | undefined, entries: readonly WireEntry[]): readonly WireEntry[] {
  const lines = new EvidenceLines();
  for (const [at, entry] of entries.entries()) lines.see(at, entry);
  return lines.wireFor(requirement).map(({ entry }) => entry);
}

test("frames of HTTP/2 that only carry octets are no evidence", () => {
  assert.deepEqual(shown(undefined, [ROOM, DATA, RESET]), [RESET]);
  assert.deepEqual(shown("6455-6.2-1", [ROOM, DATA, RESET]), [RESET]);
});

test("of flow control they are the evidence", () => {
  assert.deepEqual(shown("9113-6.9.1-1", [ROOM, DATA, RESET]), [ROOM, DATA, RESET]);
});

test("the last lines are kept, of either kind", () => {
  const many = Array.from({ length: 3 * EVIDENCE_LINES }, () => [ROOM, RESET]).flat();
  assert.equal(shown("9113-6.9-1", many).length, EVIDENCE_LINES);
  assert.equal(shown(undefined, many).length, EVIDENCE_LINES);
});
