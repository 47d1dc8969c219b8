import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { mintCertificate, walkWireproof } from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import { sectionOf } from "../../src/case/case-id.js";
import { casesFor } from "../../src/case/select.js";
import { CASES } from "../../src/cases/index.js";
import { faultsOf } from "../../src/judge/lint.js";
import type { Profile } from "../../src/record/record.js";
import { serveRun } from "./serve-run.js";
import { BASIC, casesOf, conformingPair, expand, ownWords, pairsOf } from "./verdict-table.js";

/** What the original does not have, without compressed data. */
const NEW: readonly Case[] = casesFor("client", CASES).filter(
  ({ id, deflate }) => sectionOf(id) >= 24 && deflate === undefined,
);
const BIG = "9.1.*, 9.2.*, 9.3.1, 9.3.2, 9.4.1, 9.4.9, 9.5.1, 9.6.6, 9.7.*, 9.8.*";
const DATA = "26.1.2.*, 30.1.10.*, 32.*";
/** What an answer needs that this client does not offer, or that it does; and URLs, which a client that walks chooses. */
const NOT_APPLICABLE =
  "22.1.2.*, 22.1.11, 22.1.12.*, 22.1.16, 22.1.18.*, 22.3.4, 22.1.8, 22.2.14, 22.2.15, 22.2.16, 22.2.18, 31.2.1, 31.2.5, 31.2.6";
const COMPRESSED = "12.*.1, 12.*.5, 12.*.11, 12.*.17, 13.*.2, 13.*.9, 13.*.16";

for (const profile of ["modern", "autobahn"] as const) {
  describe(`@wireproof/websocket as a client, ${profile}`, () => {
    for (const scheme of ["ws", "wss"] as const) {
      passesEverything(`framing to closing over ${scheme}`, BASIC, profile, scheme);
      passesEverything(`compressed data over ${scheme}`, casesOf(DATA), profile, scheme);
      passesEverything(`opening handshakes over ${scheme}`, casesOf("22.*"), profile, scheme);
      passesEverything(`negotiation over ${scheme}`, casesOf("31.2.*"), profile, scheme);
      passesEverything(`beyond the original over ${scheme}`, NEW, profile, scheme);
      passesEverything(`load over ${scheme}`, casesOf(`${BIG}, ${COMPRESSED}`), profile, scheme);
    }
  });
}

function passesEverything(
  name: string,
  cases: readonly Case[],
  profile: Profile,
  scheme: "ws" | "wss",
): void {
  test(name, async (context) => {
    const secure = scheme === "wss" ? await mintCertificate() : undefined;
    const run = await serveRun(context, walkWireproof, cases, {
      profile,
      messages: "enough",
      ...(secure === undefined ? {} : { tls: secure, ca: secure.cert }),
    });
    // The client of this project has no baseline. Code 1010 is for clients to send: what they make of it is only observed.
    const others = expand({
      "unimplemented/not-applicable": NOT_APPLICABLE,
      // The tester ends TCP.
      "pass/not-applicable": "22.4.6.1",
      ...(profile === "modern" ? { "informational/not-applicable": "7.7.8" } : {}),
    });
    const expected = cases.map((one) => [one.id, others.get(one.id) ?? conformingPair(one)]);
    assert.deepEqual([...pairsOf(run.verdicts, ownWords)], expected);
    assert.deepEqual(
      run.ends.flatMap(({ record }) => [...faultsOf(record), ...record.undeclared]),
      [],
    );
    assert.equal(run.totals.notRun, 0);
  });
}
