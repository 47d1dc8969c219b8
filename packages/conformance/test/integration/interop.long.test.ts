import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  isPythonServerAvailable,
  startEchoServer,
  startFayeServer,
  startPythonServer,
  type RunningPeer,
} from "@wireproof/peers";
import type { Profile } from "../../src/record/record.js";
import { during, playRun } from "./play-run.js";
import { BASIC, casesOf, expand, ownWords, pairsOf, type VerdictTable } from "./verdict-table.js";

interface Finding {
  readonly start: () => Promise<RunningPeer>;
  /** Everything but `pass/ok`, by profile. `docs/interop.md` says why. */
  readonly deviations: Readonly<Record<Profile, VerdictTable>>;
  /** Cases in which the peer's own tasks race: `pass/ok` at one time, `non-strict/ok` at another. */
  readonly races?: string;
}

const INFORMATIONAL = { "informational/not-applicable": "7.1.6, 7.13.*" };
const SKIP_PYTHON = (await isPythonServerAvailable()) ? false : "no Python with the package websockets";

const FINDINGS: Readonly<Record<string, Finding>> = {
  ws: {
    start: startEchoServer,
    deviations: { autobahn: { "non-strict/ok": "6.4.*", ...INFORMATIONAL }, modern: INFORMATIONAL },
  },
  "faye-websocket": {
    start: startFayeServer,
    deviations: { autobahn: { "non-strict/ok": "6.4.*", ...INFORMATIONAL }, modern: INFORMATIONAL },
  },
  "Python websockets": {
    start: startPythonServer,
    deviations: {
      autobahn: {
        "non-strict/ok": "6.4.3, 6.4.4",
        ...INFORMATIONAL,
      },
      modern: INFORMATIONAL,
    },
    races: "3.2, 3.3, 3.4, 4.1.3, 4.1.4, 4.1.5, 4.2.3, 4.2.4, 4.2.5, 5.15",
  },
};

/** Servers of others, with their default settings. */
describe("what is found about servers of others", { concurrency: true }, () => {
  for (const [name, { start, deviations, races }] of Object.entries(FINDINGS)) {
    for (const profile of ["autobahn", "modern"] as const) {
      const skip = name.startsWith("Python") && SKIP_PYTHON;
      test(`${name} under ${profile}`, { skip }, async (context) => {
        const peer = await during(context, start());
        const { verdicts, ends } = await playRun(peer.url, BASIC, { profile });
        assert.equal(verdicts.size, BASIC.length);
        const racing = new Set(races === undefined ? [] : casesOf(races).map(({ id }) => id));
        const isFound = ([id, pair]: readonly [string, string]): boolean =>
          pair !== "pass/ok" && !(racing.has(id) && pair === "non-strict/ok");
        const found = [...pairsOf(verdicts, ownWords)].filter(isFound);
        assert.deepEqual(new Map(found), expand(deviations[profile]));
        assert.deepEqual(
          ends.flatMap(({ record }) => record.violations),
          [],
        );
        assert.deepEqual(
          ends.flatMap(({ record }) => record.undeclared),
          [],
        );
      });
    }
  }
});
