import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { mintCertificate } from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import { casesFor } from "../../src/case/select.js";
import { CASES } from "../../src/cases/index.js";
import { startEchoServer } from "../../src/modes/echo-server.js";
import type { Profile } from "../../src/record/record.js";
import { during, playRun } from "./play-run.js";
import { expand, ownWords, pairsOf, type VerdictTable } from "./verdict-table.js";

const ALL = casesFor("server", CASES);

/** The server of this project has no baseline: every case passes, and every connection ends as it has to. */
const INFORMATIONAL: VerdictTable = {
  "informational/not-applicable":
    "7.1.6, 7.13.*, 25.1.6.*, 29.1.3.*, 29.1.5.10, 29.1.5.11, 29.1.5.12, 29.1.5.13, 29.1.13, 29.3.5, 30.1.8.*, 32.1.5, 32.1.11.2, 32.1.11.3, 32.1.13, 32.1.14",
  // It may end as it likes.
  "pass/not-applicable": "27.1.10",
};

/** Of opening handshakes much is only observed, and a refusal ends without a closing handshake. */
function usualPair({ id, expect }: Case): string {
  if (!/^2[01]\.|^31\./.test(id) || expect.opening === undefined) return "pass/ok";
  return `${expect.informational === true ? "informational" : "pass"}/not-applicable`;
}

for (const profile of ["modern", "autobahn"] as const) {
  describe(`@wireproof/websocket as a server, ${profile}`, () => {
    for (const scheme of ["ws", "wss"] as const) passesEverything(profile, scheme);
  });
}

function passesEverything(profile: Profile, scheme: "ws" | "wss"): void {
  test(`all cases over ${scheme}`, async (context) => {
    const tls = scheme === "wss" ? await mintCertificate() : undefined;
    const starting = startEchoServer({ host: "127.0.0.1", port: 0, path: "/wss", tls });
    const { url } = await during(context, starting);
    const { verdicts, ends, totals } = await playRun(url, ALL, {
      profile,
      messages: "enough",
      ...(tls === undefined ? {} : { ca: { file: "ca.pem", pem: tls.cert } }),
    });
    const informational = expand(INFORMATIONAL);
    const expected = ALL.map((one) => [one.id, informational.get(one.id) ?? usualPair(one)]);
    assert.deepEqual([...pairsOf(verdicts, ownWords)], expected);
    assert.deepEqual(
      ends.flatMap(({ record }) => [...record.violations, ...record.undeclared]),
      [],
    );
    assert.equal(totals.notRun, 0);
  });
}
