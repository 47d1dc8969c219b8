import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mintCertificate, mutants, startEchoServer, type MutantName } from "@wireproof/peers";
import { assertNamed } from "./assert-named.js";
import { BROKEN_SERVERS } from "./server-findings.js";
import { MODERN_TABLES } from "./modern-tables.js";
import { during, playRun } from "./play-run.js";
import { BASIC, expand, ownWords, pairsOf } from "./verdict-table.js";

/** They let deadlines pass, which costs time and no work: at the same time, then. */
const SLOW: ReadonlySet<string> = new Set(["noclose", "nodrop", "mute", "closefirst"]);

describe("modern catches servers that let it wait", { concurrency: true }, () => {
  for (const name of Object.keys(MODERN_TABLES).filter((name) => SLOW.has(name))) isCaught(name);
});

describe("modern catches servers that answer", () => {
  for (const name of Object.keys(MODERN_TABLES).filter((name) => !SLOW.has(name))) isCaught(name);
});

describe("a conforming server passes", () => {
  const expected = expand({
    "informational/not-applicable": "7.1.6, 7.13.*",
    "pass/ok": BASIC.flatMap(({ id }) => (/^7\.(1\.6|13\.)/.test(id) ? [] : [id])).join(),
  });

  test("over TCP", async (context) => {
    const peer = await during(context, startEchoServer());
    const { verdicts, ends } = await playRun(peer.url, BASIC);
    assert.deepEqual(pairsOf(verdicts, ownWords), expected);
    assert.ok(ends.every((end) => end.record.violations.length === 0 && end.record.undeclared.length === 0));
  });

  test("over TLS", async (context) => {
    const tls = await mintCertificate();
    const peer = await during(context, startEchoServer({ tls }));
    const { verdicts } = await playRun(peer.url, BASIC, { ca: { file: "ca.pem", pem: tls.cert } });
    assert.deepEqual(pairsOf(verdicts, ownWords), expected);
  });
});

describe("a server that is of no use is found out by 1.1.1, and the other cases are blocked", () => {
  const others = expand({
    "blocked/not-opened": BASIC.flatMap(({ id }) => (id === "1.1.1" ? [] : [id])).join(),
  });
  for (const [name, first, reason] of [
    [
      "reject",
      "blocked/not-opened",
      "no connection opens (1.1.1: the opening handshake was answered with HTTP 400",
    ],
    ["wrongAccept", "fail/not-opened", "no connection opens (1.1.1: "],
    ["masked", "fail/ok", "the peer echoes no message (1.1.1: the peer sent a masked frame"],
    ["closefirst", "fail/wrong-side", "the peer echoes no message (1.1.1: "],
  ] as const) {
    test(name, async (context) => {
      const peer = await during(context, mutants[name].start());
      const { verdicts, ends } = await playRun(peer.url, BASIC, { timeoutScale: retries(name) });
      assert.deepEqual(pairsOf(verdicts, ownWords), new Map([["1.1.1", first], ...others]));
      const last = ends.at(-1);
      assert.ok(last?.verdict.because.startsWith(`Not played, because ${reason}`), last?.verdict.because);
    });
  }

  test("a server that echoes everything as binary is not one of them", async (context) => {
    const peer = await during(context, mutants.echobin.start());
    const { ends } = await playRun(
      peer.url,
      BASIC.filter(({ id }) => /^[12]\./.test(id)),
    );
    assert.ok(ends.every(({ verdict }) => verdict.outcome !== "blocked"));
  });
});

function isCaught(name: string): void {
  test(`${name} is caught in every case that it gets wrong`, async (context) => {
    const expected = expand(MODERN_TABLES[name as MutantName] ?? {});
    assert.equal(expected.size, BASIC.length);
    const peer = await during(context, mutants[name as MutantName].start());
    // Each case is played, although some of these servers echo nothing.
    const { verdicts, ends, events } = await playRun(peer.url, BASIC, {
      timeoutScale: retries(name),
      sanityFirst: false,
    });
    assert.deepEqual(pairsOf(verdicts, ownWords), expected);
    assertNamed(BROKEN_SERVERS, name, { ends, events });
    const [first] = events.flatMap((event) => (event.type === "findings" ? event.findings : []));
    assert.equal(first?.id, `${BROKEN_SERVERS[name]?.[0]}/server`);
  });
}

/** Shorter deadlines where nothing that a deadline could cut off ever comes. */
function retries(name: string): number {
  if (name === "mute") return 0.2;
  return name === "closefirst" ? 0.5 : 1;
}
