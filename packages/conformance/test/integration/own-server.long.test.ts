import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { mintCertificate } from "@wireproof/peers";
import { casesFor } from "../../src/case/select.js";
import { CASES } from "../../src/cases/index.js";
import { startEchoServer } from "../../src/modes/echo-server.js";
import type { Profile } from "../../src/record/record.js";
import { during, playRun } from "./play-run.js";
import { conformingPair, ownWords, pairsOf } from "./verdict-table.js";

const ALL = casesFor("server", CASES);

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
    // The server of this project has no baseline.
    const expected = ALL.map((one) => [one.id, conformingPair(one)]);
    assert.deepEqual([...pairsOf(verdicts, ownWords)], expected);
    assert.deepEqual(
      ends.flatMap(({ record }) => [...record.violations, ...record.undeclared]),
      [],
    );
    assert.equal(totals.notRun, 0);
  });
}
