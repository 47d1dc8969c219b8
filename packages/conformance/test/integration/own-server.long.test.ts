import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { mintCertificate } from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import { casesFor } from "../../src/case/select.js";
import { CASES } from "../../src/cases/index.js";
import { startEchoServer } from "../../src/modes/echo-server.js";
import type { Profile } from "../../src/record/record.js";
import { during, playRun } from "./play-run.js";
import { casesOf, conformingPair, ownWords, pairsOf } from "./verdict-table.js";

const ALL = casesFor("server", CASES);
/** Of loads and of compression each way once: the profiles differ in rules, and these are the same octets over TLS. */
const SOME = new Set(casesOf("9.*.1, 9.*.6, 12.*.5, 13.*.5"));
const MOST = ALL.filter((one) => SOME.has(one) || !/^(9|12|13)\./.test(one.id));

for (const profile of ["modern", "autobahn"] as const) {
  describe(`@wireproof/websocket as a server, ${profile}`, () => {
    passes(profile, "ws", ALL);
    passes(profile, "wss", profile === "modern" ? ALL : MOST);
  });
}

function passes(profile: Profile, scheme: "ws" | "wss", cases: readonly Case[]): void {
  test(`${cases.length} cases over ${scheme}`, async (context) => {
    const tls = scheme === "wss" ? await mintCertificate() : undefined;
    const starting = startEchoServer({ host: "127.0.0.1", port: 0, path: "/wss", tls });
    const { url } = await during(context, starting);
    const { verdicts, ends, totals } = await playRun(url, cases, {
      profile,
      messages: "enough",
      ...(tls === undefined ? {} : { ca: { file: "ca.pem", pem: tls.cert } }),
    });
    // The server of this project has no baseline.
    const expected = cases.map((one) => [one.id, conformingPair(one)]);
    assert.deepEqual([...pairsOf(verdicts, ownWords)], expected);
    assert.deepEqual(
      ends.flatMap(({ record }) => [...record.violations, ...record.undeclared]),
      [],
    );
    assert.equal(totals.notRun, 0);
  });
}
