import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  isPythonServerAvailable,
  startEchoServer,
  startFayeServer,
  startPythonServer,
  type RunningPeer,
} from "@wireproof/peers";
import { during, playRun } from "./play-run.js";
import { casesOf, expand, ownWords, pairsOf, type VerdictTable } from "./verdict-table.js";

interface Finding {
  readonly start: () => Promise<RunningPeer>;
  /** Everything but `pass/ok`, under `modern`. */
  readonly deviations: VerdictTable;
}

const BIG = "9.1.*, 9.2.1, 9.2.6, 9.3.1, 9.3.2, 9.3.9, 9.4.1, 9.4.4, 9.5.6, 9.6.5, 9.7.1, 9.7.6, 9.8.3";
const COMPRESSED = "12.*.3, 12.*.5, 12.*.11, 13.*.1, 13.*.4, 13.*.14";
const CASES = casesOf(`${BIG}, ${COMPRESSED}`);

/** Messages with more fragments than `ws` takes. */
const TOO_MANY_FRAGMENTS = "9.3.1, 9.4.1";
/** Messages of more than the 1 MiB that `websockets` takes. */
const TOO_BIG = "9.1.4, 9.1.5, 9.1.6, 9.2.6, 9.3.1, 9.3.2, 9.3.9, 9.4.1, 9.4.4";

const SKIP_PYTHON = (await isPythonServerAvailable()) ? false : "no Python with the package websockets";

const FINDINGS: Readonly<Record<string, Finding>> = {
  "ws with compression": {
    start: () => startEchoServer({ perMessageDeflate: true }),
    deviations: { "unimplemented/not-applicable": TOO_MANY_FRAGMENTS },
  },
  "ws without compression": {
    start: startEchoServer,
    deviations: { "unimplemented/not-applicable": TOO_MANY_FRAGMENTS, "unimplemented/ok": COMPRESSED },
  },
  "faye-websocket": {
    start: startFayeServer,
    deviations: { "unimplemented/ok": COMPRESSED },
  },
  "Python websockets with compression": {
    start: () => startPythonServer({ perMessageDeflate: true }),
    deviations: { "unimplemented/not-applicable": TOO_BIG },
  },
  "Python websockets without compression": {
    start: startPythonServer,
    deviations: { "unimplemented/not-applicable": TOO_BIG, "unimplemented/ok": COMPRESSED },
  },
};

/** Servers of others, with their default limits. */
describe("big and compressed messages with servers of others", () => {
  for (const [name, { start, deviations }] of Object.entries(FINDINGS)) {
    const skip = name.startsWith("Python") && SKIP_PYTHON;
    test(name, { skip }, async (context) => {
      const peer = await during(context, start());
      const { verdicts, ends } = await playRun(peer.url, CASES, { messages: "enough" });
      assert.equal(verdicts.size, CASES.length);
      const found = [...pairsOf(verdicts, ownWords)].filter(([, pair]) => pair !== "pass/ok");
      assert.deepEqual(new Map(found), expand(deviations));
      assert.deepEqual(
        ends.flatMap(({ record }) => [...record.violations, ...record.undeclared]),
        [],
      );
    });
  }
});
