import assert from "node:assert/strict";
import type { PeerFinding } from "../../src/run/finding.js";
import type { Finished } from "./play-run.js";

/**
 * The finding that names a fault, without the role, and how many findings a peer with this fault has at most. Null where
 * chance decides what its octets look like.
 */
export type FaultFindings = Readonly<Record<string, readonly [finding: string | null, most: number]>>;

/**
 * The finding of a fault is there, there are few beside it, and every case that went wrong belongs to one of them. Notes
 * say nothing against a peer and do not count.
 */
export function assertNamed(
  table: FaultFindings,
  fault: string,
  { events, ends }: Pick<Finished, "events" | "ends">,
): void {
  const all = events.flatMap((event) => (event.type === "findings" ? event.findings : []));
  assert.deepEqual(
    all.map(({ because }) => because).filter((because) => SAYS_NOTHING.test(because)),
    [],
    "every finding says what the peer does",
  );
  const findings = all.filter(({ severity }) => severity !== "note");
  const named = all.map(nameOf);
  const ids = findings.map(nameOf);
  const [wanted, most] = table[fault] ?? assert.fail(`no finding is named for ${fault}: ${ids.join(", ")}`);
  assert.ok(
    wanted === null ? ids.length > 0 : named.includes(wanted),
    `${wanted} is not among ${named.join(", ")}`,
  );
  assert.ok(ids.length <= most, `${ids.length} findings, and not ${most}: ${ids.join(", ")}`);
  const told = new Set(findings.flatMap(({ cases }) => cases));
  const wrong = ends.filter(({ verdict: { outcome } }) => outcome === "fail" || outcome === "non-strict");
  assert.deepEqual(
    wrong.map((end) => end.case).filter((id) => !told.has(id)),
    [],
  );
}

function nameOf({ id }: PeerFinding): string {
  return id.replace(/\/(client|server)$/, "");
}

/** Words with which a sentence says no more than that something is wrong, or quotes a verdict that names no fault. */
const SAYS_NOTHING =
  /(wrongly|has to (refuse|answer)|legal opening handshake|something (illegal|invalid))\.|^The (server answered HTTP 101 and|client (took the answer(?! with )|refused a valid answer))/;
