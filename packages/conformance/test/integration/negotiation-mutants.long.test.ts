import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  CLIENT_NEGOTIATION_FAULTS,
  NEGOTIATION_FAULTS,
  mutants,
  negotiatingClient,
  negotiatingMutant,
  walkWith,
  type NegotiationFaultName,
  type NegotiationFaultOfClients,
} from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import { sectionOf } from "../../src/case/case-id.js";
import { CASES } from "../../src/cases/index.js";
import type { CaseEnd } from "../../src/run/event.js";
import { assertNamed } from "./assert-named.js";
import { CLIENT_NEGOTIATION } from "./client-findings.js";
import { SERVER_NEGOTIATION } from "./server-findings.js";
import { during, findingIds, playRun } from "./play-run.js";
import { serveRun } from "./serve-run.js";
import { casesOf } from "./verdict-table.js";

const NEGOTIATION: readonly Case[] = CASES.filter(({ id }) => sectionOf(id) === 21 || sectionOf(id) === 31);
const OF_SERVERS: readonly Case[] = NEGOTIATION.filter(({ peer }) => peer === "server");
const OF_CLIENTS: readonly Case[] = NEGOTIATION.filter(({ peer }) => peer === "client");

const idsOf = (patterns: string): readonly string[] => casesOf(patterns).map(({ id }) => id);

/** Cases in which nothing that a server does is wrong. */
const NEVER_FAILED = ["21.1.7", "21.2.7"];

test("every case about negotiation is failed by a peer with a fault", () => {
  const faults = [...Object.values(NEGOTIATION_FAULTS), ...Object.values(CLIENT_NEGOTIATION_FAULTS)];
  const caught = new Set(faults.flatMap(({ caughtBy }) => idsOf(caughtBy)));
  assert.deepEqual(
    NEGOTIATION.map(({ id }) => id).filter((id) => !caught.has(id)),
    NEVER_FAILED,
  );
});

describe("servers without a fault are accused of nothing", () => {
  for (const profile of ["modern", "autobahn"] as const) {
    test(`one that accepts permessage-deflate, ${profile}`, async (context) => {
      const peer = await during(context, negotiatingMutant().start());
      const { ends, events } = await playRun(peer.url, OF_SERVERS, { profile });
      assert.deepEqual(ends.filter(isAccused).map(nameOf), []);
      assert.deepEqual(findingIds(events), []);
      assert.deepEqual(namesWith(ends, "unimplemented"), ["31.1.5.1"]);
    });

    test(`one that declines everything, ${profile}`, async (context) => {
      const peer = await during(context, mutants.declines.start());
      const { ends } = await playRun(peer.url, OF_SERVERS, { profile });
      // It reads no header but the key, so that malformed ones are nothing to it.
      assert.deepEqual(ends.filter(isAccused).map(nameOf), idsOf("21.2.2.*"));
      assert.deepEqual(
        namesWith(ends, "unimplemented"),
        OF_SERVERS.filter(({ expect }) => expect.negotiation?.deflate === "accepted").map(({ id }) => id),
      );
    });
  }
});

describe("a server with one fault fails the cases that are about it", { concurrency: 4 }, () => {
  for (const [name, { caughtBy, isBroad = false }] of Object.entries(NEGOTIATION_FAULTS)) {
    test(name, async (context) => {
      const peer = await during(context, negotiatingMutant(name as NegotiationFaultName).start());
      const expected = idsOf(caughtBy);
      // Of a fault that breaks much, only what has to be found is played. One of them lets every deadline pass.
      const cases = isBroad ? casesOf(caughtBy) : OF_SERVERS;
      const timeoutScale = name === "long-headers-hang" ? 0.1 : 0.5;
      const run = await playRun(peer.url, cases, { timeoutScale });
      assert.deepEqual(namesWith(run.ends, "fail"), expected);
      assert.deepEqual(namesWith(run.ends, "harness-error"), []);
      assertNamed(SERVER_NEGOTIATION, name, run);
    });
  }
});

describe("clients without a fault are accused of nothing", () => {
  const offers = {
    "": "31.2.1",
    "permessage-deflate": "31.2.2, 31.2.3.*, 31.2.4, 31.2.5, 31.2.8, 31.2.9, 31.2.10, 31.2.11",
    "permessage-deflate; client_max_window_bits":
      "31.2.2, 31.2.3.*, 31.2.4, 31.2.7.*, 31.2.8, 31.2.9, 31.2.10, 31.2.11, 31.2.12",
    "permessage-deflate; server_max_window_bits=10":
      "31.2.2, 31.2.3.*, 31.2.4, 31.2.5, 31.2.6, 31.2.8, 31.2.9, 31.2.10, 31.2.11",
  };
  for (const [offer, applicable] of Object.entries(offers)) {
    for (const profile of ["modern", "autobahn"] as const) {
      test(`one that offers ${offer === "" ? "nothing" : offer}, ${profile}`, async (context) => {
        const client = negotiatingClient(undefined, offer);
        const { ends } = await serveRun(context, (options) => walkWith(client, options), OF_CLIENTS, {
          profile,
        });
        assert.deepEqual(ends.filter(isAccused).map(nameOf), []);
        assert.deepEqual(namesWith(ends, "pass"), idsOf(applicable));
      });
    }
  }
});

describe("a client with one fault fails the cases that are about it", { concurrency: 4 }, () => {
  for (const [name, { caughtBy }] of Object.entries(CLIENT_NEGOTIATION_FAULTS)) {
    test(name, async (context) => {
      const client = negotiatingClient(name as NegotiationFaultOfClients);
      const run = await serveRun(context, (options) => walkWith(client, options), OF_CLIENTS);
      assert.deepEqual(namesWith(run.ends, "fail"), idsOf(caughtBy));
      assert.deepEqual(namesWith(run.ends, "harness-error"), []);
      assertNamed(CLIENT_NEGOTIATION, name, run);
    });
  }
});

/** Ids in catalogue order. */
function namesWith(ends: readonly CaseEnd[], outcome: string): readonly string[] {
  const ids = new Set(ends.filter(({ verdict }) => verdict.outcome === outcome).map(nameOf));
  return NEGOTIATION.map(({ id }) => id).filter((id) => ids.has(id));
}

function nameOf({ case: id }: CaseEnd): string {
  return id;
}

const ACCEPTED: ReadonlySet<string> = new Set(["pass", "unimplemented", "informational"]);

function isAccused({ verdict: { outcome, closing } }: CaseEnd): boolean {
  return !ACCEPTED.has(outcome) || (closing !== "ok" && closing !== "not-applicable");
}
