import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mintCertificate, walkUndici, walkWs, type Walk } from "@wireproof/peers";
import type { Profile } from "../../src/record/record.js";
import { BASIC, casesOf, expand, ownWords, pairsOf, type VerdictTable } from "./verdict-table.js";
import { serveRun, type ServeRunOptions } from "./serve-run.js";
import type { Finished } from "./play-run.js";

const CLIENTS: Readonly<Record<string, Walk>> = { ws: walkWs, undici: walkUndici };

const INFORMATIONAL = { "informational/not-applicable": "7.1.6, 7.13.*" };

/** Everything but `pass/ok`: both validate text at its end. */
const DEVIATIONS: Readonly<Record<Profile, VerdictTable>> = {
  autobahn: { "non-strict/ok": "6.4.*", ...INFORMATIONAL },
  // Code 1010 is for clients to send: what they make of it is only observed.
  modern: { "informational/not-applicable": "7.1.6, 7.7.8, 7.13.*" },
};

/** Cases in which undici's own tasks race: whether it still sends a Close frame before it drops TCP. */
const RACES: ReadonlySet<string> = new Set(
  casesOf("3.2, 3.3, 3.4, 4.1.3, 4.1.4, 4.1.5, 4.2.3, 4.2.4, 4.2.5, 5.15").map(({ id }) => id),
);

function deviationsOf({ verdicts }: Finished, walk: Walk = walkWs): ReadonlyMap<string, string> {
  const mayRace = walk === walkUndici;
  return new Map(
    [...pairsOf(verdicts, ownWords)].filter(
      ([id, pair]) => pair !== "pass/ok" && !(mayRace && pair === "non-strict/ok" && RACES.has(id)),
    ),
  );
}

/** Neither side says anything illegal that the other did not ask for. */
function assertLegal({ ends }: Finished): void {
  assert.deepEqual(
    ends.flatMap(({ record }) => [...record.violations, ...record.undeclared]),
    [],
  );
  assert.ok(ends.every(({ record, attempt }) => record.role === "server" && attempt === 1));
}

describe("what is found about clients of others", { concurrency: true }, () => {
  for (const [name, walk] of Object.entries(CLIENTS)) {
    for (const profile of ["autobahn", "modern"] as const) {
      test(`${name} under ${profile}`, async (context) => {
        const run = await serveRun(context, walk, BASIC, { profile });
        assert.equal(run.verdicts.size, BASIC.length);
        assert.deepEqual(deviationsOf(run, walk), expand(DEVIATIONS[profile]));
        assertLegal(run);
        assert.deepEqual([run.agent, run.totals.notRun], ["client", 0]);
      });
    }
  }
});

describe("over TLS", () => {
  for (const [name, walk] of Object.entries(CLIENTS)) {
    test(name, async (context) => {
      const tls = await mintCertificate();
      const run = await serveRun(context, walk, BASIC, { tls, ca: tls.cert });
      assert.equal(run.verdicts.size, BASIC.length);
      assert.deepEqual(deviationsOf(run, walk), expand(DEVIATIONS.modern));
      assertLegal(run);
    });
  }
});

test("one connection after the other gives the same", async (context) => {
  const cases = casesOf("1.*, 2.*, 5.*, 7.*");
  const { ends } = await serveRun(context, walkWs, cases, { connections: 1 });
  assert.deepEqual(
    ends.map((end) => end.case),
    cases.map(({ id }) => id),
  );
  assert.ok(ends.every(({ record }) => !record.concurrent));
});

const BIG = "9.1.*, 9.2.1, 9.2.6, 9.3.1, 9.3.2, 9.3.9, 9.4.1, 9.4.4, 9.5.6, 9.6.5, 9.7.1, 9.7.6, 9.8.3";
const COMPRESSED = "12.*.3, 12.*.5, 12.*.11, 13.*.1, 13.*.4, 13.*.14";

describe("big and compressed messages with clients of others", () => {
  const load = (context: Parameters<typeof serveRun>[0], walk: Walk, options: ServeRunOptions) =>
    serveRun(context, walk, casesOf(`${BIG}, ${COMPRESSED}`), { messages: "enough", ...options });

  test("undici", async (context) => {
    const run = await load(context, walkUndici, {});
    assert.deepEqual(deviationsOf(run), new Map());
    assertLegal(run);
  });

  test("ws, which takes 16,384 fragments", async (context) => {
    const run = await load(context, walkWs, {});
    assert.deepEqual(deviationsOf(run), expand({ "unimplemented/not-applicable": "9.3.1, 9.4.1" }));
    assertLegal(run);
  });

  test("ws under autobahn: the cases that fail are those that Autobahn|Testsuite fails", async (context) => {
    // All of them: with sections 1–7 and 10 above, these are the 517.
    const cases = casesOf("9.*, 12.*, 13.*");
    const run = await serveRun(context, walkWs, cases, { profile: "autobahn", messages: "enough" });
    assert.equal(cases.length + BASIC.length, 517);
    assert.equal(run.verdicts.size, cases.length);
    assert.deepEqual(deviationsOf(run), expand({ "fail/wrong-side": "9.3.1, 9.3.2, 9.4.1, 9.4.2" }));
  });
});
