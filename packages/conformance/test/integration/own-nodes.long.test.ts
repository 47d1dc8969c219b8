import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { mintCertificate } from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import { casesFor } from "../../src/case/select.js";
import { CASES } from "../../src/cases/index.js";
import { FRAMING_TO_CLOSING } from "./groups.js";
import type { Ways } from "./own-endpoint.js";
import { playRun, type Finished } from "./play-run.js";
import { serveRun } from "./serve-run.js";
import { startOwnEndpoint, type Runtime } from "./start-own-endpoint.js";
import { BASIC, casesOf, conformingPair, ownWords, pairsOf } from "./verdict-table.js";

// The endpoint on this Node, with its fast paths, is what own-server and own-client test.

const NODES: readonly { readonly name: string; readonly binary: string }[] = [
  { name: "this Node", binary: process.execPath },
  { name: "Node 24", binary: fromInterop("node-24") },
  { name: "Node 26", binary: fromInterop("node-26") },
];

const FAST: Omit<Ways, "node"> = { tcp: "static", tls: "static", nativeZlib: true, wasm: true };
const SLOW: Omit<Ways, "node"> = { tcp: "data", tls: "data", nativeZlib: false, wasm: false };

const SETTINGS: readonly { readonly how: string; readonly off: string; readonly ways: typeof FAST }[] = [
  { how: "with the fast paths", off: "0", ways: FAST },
  { how: "without the fast paths", off: "1", ways: SLOW },
];

/** Every case that can be asked of a server. */
const ALL: readonly Case[] = casesFor("server", CASES);

/** Of the cases about compression each way once: on this Node, with the fast paths, own-server plays all of them. */
const COMPRESSED: ReadonlySet<Case> = new Set(casesOf("12.*.1, 12.*.11, 13.*.2, 13.*.9, 13.*.16"));
const MOST: readonly Case[] = ALL.filter((it) => !/^1[23]\./.test(it.id) || COMPRESSED.has(it));
/** The largest messages, the most fragments, and the same of compression. */
const SAMPLE: readonly Case[] = casesOf(
  `${FRAMING_TO_CLOSING}, 9.1.6, 9.2.6, 9.3.1, 9.4.9, 9.5.1, 9.7.*, 9.8.*`,
);
const CHOSEN: readonly Case[] = CASES.filter((it) => SAMPLE.includes(it) || COMPRESSED.has(it));

for (const { name, binary } of NODES) {
  const skip = existsSync(binary)
    ? false
    : `${name} is not installed: npm ci --ignore-scripts --prefix interop`;
  for (const { how, off, ways } of SETTINGS) {
    if (binary === process.execPath && off === "0") continue;
    const runtime = { binary, env: { WIREPROOF_NO_INTERNALS: off, WIREPROOF_NO_WASM: off } };
    describe(`@wireproof/websocket on ${name}, ${how}`, { skip }, () => {
      const cases = off === "0" ? MOST : CHOSEN;
      serverPasses(`${cases.length} cases as a server over ws`, cases, { runtime, ways });
      serverPasses("framing to closing as a server over wss", BASIC, { runtime, ways, isSecure: true });
      clientPasses(`${CHOSEN.length} cases as a client over ws`, CHOSEN, { runtime, ways });
      clientPasses("framing to closing as a client over wss", BASIC, { runtime, ways, isSecure: true });
    });
  }
}

describe("@wireproof/websocket on this Node, without any WebAssembly", () => {
  const runtime = { binary: process.execPath, args: ["--jitless"], env: {} };
  serverPasses("framing to closing as a server over ws", BASIC, { runtime, ways: { ...FAST, wasm: false } });
});

interface Setting {
  readonly runtime: Runtime;
  readonly ways: Omit<Ways, "node">;
  readonly isSecure?: boolean;
}

function serverPasses(name: string, cases: readonly Case[], { runtime, ways, isSecure }: Setting): void {
  test(name, async (context) => {
    const tls = isSecure === true ? await mintCertificate() : undefined;
    const report = await startOwnEndpoint(context, runtime, {
      role: "server",
      ...(tls === undefined ? {} : { tls }),
    });
    assertWays(report.ways, ways);
    const run = await playRun(report.url ?? "", cases, {
      messages: "enough",
      ...(tls === undefined ? {} : { ca: { file: "ca.pem", pem: tls.cert } }),
    });
    assertNoBaseline(run, cases);
  });
}

function clientPasses(name: string, cases: readonly Case[], { runtime, ways, isSecure }: Setting): void {
  test(name, async (context) => {
    const tls = isSecure === true ? await mintCertificate() : undefined;
    const run = await serveRun(
      context,
      async (walk) => {
        const report = await startOwnEndpoint(context, runtime, { role: "client", walk });
        assertWays(report.ways, ways);
      },
      cases,
      { messages: "enough", ...(tls === undefined ? {} : { tls, ca: tls.cert }) },
    );
    // Code 1010 is for clients to send: what they make of it is only observed.
    assertNoBaseline(run, cases, "7.7.8");
  });
}

/** A run that is to show something without the fast paths must not take them, nor the other way round. */
function assertWays({ node, ...seen }: Ways, expected: Omit<Ways, "node">): void {
  assert.deepEqual(seen, expected, node);
}

/** `observed`: what is only observed, besides what the cases say themselves. */
function assertNoBaseline(run: Finished, cases: readonly Case[], observed?: string): void {
  const others = observed === undefined ? [] : casesOf(observed);
  const expected = cases.map((one) => [
    one.id,
    others.includes(one) ? "informational/not-applicable" : conformingPair(one),
  ]);
  assert.deepEqual([...pairsOf(run.verdicts, ownWords)], expected);
  assert.deepEqual(
    run.ends.flatMap(({ record }) => [...record.violations, ...record.undeclared]),
    [],
  );
  assert.equal(run.totals.notRun, 0);
}

function fromInterop(name: string): string {
  return fileURLToPath(new URL(`../../../../../interop/node_modules/${name}/bin/node`, import.meta.url));
}
