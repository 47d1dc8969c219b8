import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { mintCertificate, walkWireproof } from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import { sectionOf } from "../../src/case/case-id.js";
import { casesFor } from "../../src/case/select.js";
import { CASES } from "../../src/cases/index.js";
import type { Profile } from "../../src/record/record.js";
import { serveRun } from "./serve-run.js";
import { BASIC, casesOf, expand, ownWords, pairsOf } from "./verdict-table.js";

const DATA_OBSERVED = "32.1.5, 32.1.11.2, 32.1.11.3, 32.1.13, 32.1.14";

/** The client of this project has no baseline: nothing but `pass`, and every closing in order. */
const INFORMATIONAL: Readonly<Record<Profile, string>> = {
  autobahn: `7.1.6, 7.13.*, ${DATA_OBSERVED}`,
  // Code 1010 is for clients to send: what they make of it is only observed.
  modern: `7.1.6, 7.7.8, 7.13.*, ${DATA_OBSERVED}`,
};

/** What the original does not have, without compressed data. */
const NEW: readonly Case[] = casesFor("client", CASES).filter(
  ({ id, deflate }) => sectionOf(id) >= 24 && deflate === undefined,
);
const NEW_INFORMATIONAL =
  "25.1.6.*, 29.1.3.*, 29.1.5.10, 29.1.5.11, 29.1.5.12, 29.1.5.13, 29.1.6, 29.1.12, 29.1.13, 29.3.5, 30.1.8.*";

const BIG = "9.1.*, 9.2.*, 9.3.1, 9.3.2, 9.4.1, 9.4.9, 9.5.1, 9.6.6, 9.7.*, 9.8.*";
const DATA = "26.1.2.*, 30.1.10.*, 32.*";
/** What an answer about permessage-deflate needs that this client does not offer, or that it does. */
const NOT_APPLICABLE = "31.2.1, 31.2.5, 31.2.6";
const COMPRESSED = "12.*.1, 12.*.5, 12.*.11, 12.*.17, 13.*.2, 13.*.9, 13.*.16";

for (const profile of ["modern", "autobahn"] as const) {
  describe(`@wireproof/websocket as a client, ${profile}`, () => {
    for (const scheme of ["ws", "wss"] as const) {
      passesEverything(`framing to closing over ${scheme}`, BASIC, profile, scheme);
      passesEverything(`compressed data over ${scheme}`, casesOf(DATA), profile, scheme);
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
    const others = expand({
      "informational/not-applicable": `${INFORMATIONAL[profile]}, ${NEW_INFORMATIONAL}`,
      "unimplemented/not-applicable": NOT_APPLICABLE,
      // It may end as it likes.
      "pass/not-applicable": "27.1.10",
    });
    const expected = cases.map(({ id, expect: { opening } }) => [
      id,
      others.get(id) ?? (opening?.end === "refused" ? "pass/not-applicable" : "pass/ok"),
    ]);
    assert.deepEqual([...pairsOf(run.verdicts, ownWords)], expected);
    assert.deepEqual(
      run.ends.flatMap(({ record }) => [...record.violations, ...record.undeclared]),
      [],
    );
    assert.equal(run.totals.notRun, 0);
  });
}
