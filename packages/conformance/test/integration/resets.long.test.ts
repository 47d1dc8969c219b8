import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mintCertificate, mutants, rawClient, walkWith, type WalkOptions } from "@wireproof/peers";
import { during, playRun } from "./play-run.js";
import { serveRun } from "./serve-run.js";
import { BASIC, casesOf } from "./verdict-table.js";

const PROFILES = ["autobahn", "modern"] as const;

/** Nothing that was sent before a reset is missing, whatever the tester was writing at that moment. */
describe("a server that closes properly and resets TCP at once is heard to its end", () => {
  for (const profile of PROFILES) {
    for (const isSecure of [false, true]) {
      test(`${profile}, over ${isSecure ? "TLS" : "TCP"}`, async (context) => {
        const tls = isSecure ? await mintCertificate() : undefined;
        const peer = await during(context, mutants.resetsAfterClose.start(tls === undefined ? {} : { tls }));
        const ca = tls === undefined ? {} : { ca: { file: "ca.pem", pem: tls.cert } };
        const { ends } = await playRun(peer.url, BASIC, { profile, ...ca, sanityFirst: false });
        const codes = new Set(ends.map(({ record }) => record.close.remoteCode));
        assert.deepEqual(codes, new Set([1002, 1009]));
        const words = ends.map(({ verdict }) => `${verdict.because} ${verdict.closingBecause}`);
        assert.deepEqual(
          words.filter((text) => /without|neither|lost/.test(text)),
          [],
        );
      });
    }
  }

  test("and a limit that it has is taken for one", async (context) => {
    const peer = await during(context, mutants.resetsAfterClose.start());
    const { ends } = await playRun(peer.url, casesOf("9.1.*, 9.2.*"));
    const found = new Set(ends.map(({ record, verdict }) => `${record.close.remoteCode} ${verdict.outcome}`));
    assert.deepEqual([...found], ["1009 unimplemented"]);
  });
});

describe("a client that closes properly and resets TCP at once is heard to its end", () => {
  for (const profile of PROFILES) {
    test(profile, async (context) => {
      const client = rawClient({ resetsAfterClose: true });
      const walk = (options: WalkOptions): Promise<void> => walkWith(client, options);
      // Those in which the client is sent a frame.
      const cases = casesOf("1.*, 2.*, 3.*, 4.*, 5.*, 6.*");
      const { ends } = await serveRun(context, walk, cases, { profile, connections: 8 });
      assert.deepEqual([...new Set(ends.map(({ record }) => record.close.remoteCode))], [1002]);
    });
  }
});
