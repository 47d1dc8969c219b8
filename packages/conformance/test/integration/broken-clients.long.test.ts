import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  BROKEN_CLIENTS,
  mintCertificate,
  rawClient,
  walkBroken,
  walkWith,
  type BrokenClientName,
  type WalkOptions,
} from "@wireproof/peers";
import type { Profile } from "../../src/record/record.js";
import { BROKEN_CLIENT_TABLES } from "./broken-client-tables.js";
import { serveRun } from "./serve-run.js";
import { BASIC, casesOf, expand, ownWords, pairsOf } from "./verdict-table.js";

const PROFILES = ["autobahn", "modern"] as const;

describe("clients that are broken on purpose are caught in every case that they get wrong", () => {
  for (const name of BROKEN_CLIENTS.filter((name) => name !== "neverCloses")) {
    for (const profile of PROFILES) isCaught(name, profile, 16);
  }
});

/** Deadlines pass, which costs time and no work: at the same time, then, and on many connections. */
describe("a client that never closes is caught as well", { concurrency: true }, () => {
  for (const profile of PROFILES) isCaught("neverCloses", profile, 48);
});

function isCaught(name: BrokenClientName, profile: Profile, connections: number): void {
  test(`${name} under ${profile}`, async (context) => {
    const expected = expand(BROKEN_CLIENT_TABLES[name][profile]);
    assert.equal(expected.size, BASIC.length);
    const walk = (options: WalkOptions): Promise<void> => walkBroken(name, options);
    const { verdicts } = await serveRun(context, walk, BASIC, { profile, connections });
    assert.deepEqual(pairsOf(verdicts, ownWords), expected);
  });
}

test("a broken client is caught over TLS as well", async (context) => {
  const tls = await mintCertificate();
  const walk = (options: WalkOptions): Promise<void> => walkBroken("echoesWrong", options);
  const { verdicts } = await serveRun(context, walk, casesOf("1.1.1, 2.2, 7.1.1"), { tls, ca: tls.cert });
  assert.deepEqual(
    ["1.1.1", "2.2", "7.1.1"].map((id) => verdicts.get(id)?.outcome),
    ["fail", "pass", "fail"],
  );
});

describe("permessage-deflate with a client of whose offers little fits", () => {
  const offered = async (context: Parameters<typeof serveRun>[0], offer: string): Promise<unknown> => {
    const headers = offer === "" ? [] : [`Sec-WebSocket-Extensions: ${offer}`];
    // It cannot compress: what it echoes is the compressed message as it is.
    const client = rawClient({ headers });
    const cases = casesOf("12.1.1, 13.2.1, 13.3.1, 13.7.1");
    const run = await serveRun(context, (options) => walkWith(client, options), cases, { connections: 1 });
    return run.ends.map(({ verdict, record }) => `${verdict.outcome} ${record.extension}`);
  };

  test("none offered: the cases say nothing about it", async (context) => {
    assert.deepEqual(await offered(context, ""), Array<string>(4).fill("unimplemented null"));
  });

  test("a window that is not on offer is not asked for", async (context) => {
    assert.deepEqual(await offered(context, "permessage-deflate"), [
      "fail permessage-deflate",
      "fail permessage-deflate; client_no_context_takeover",
      "unimplemented null",
      "fail permessage-deflate; client_no_context_takeover",
    ]);
  });
});
