import assert from "node:assert/strict";
import { test } from "node:test";
import { mintCertificate, mutants, startEchoServer } from "@wireproof/peers";
import type { RunOptions } from "../../src/run/run-options.js";
import { during, playRun } from "./play-run.js";
import { casesOf, ownWords } from "./verdict-table.js";

const FEW = casesOf("1.1.1, 2.1, 7.3.1");

/** Where nothing can be played: one event says why, and every case is not run. */
async function isUnreachable(url: string, because: RegExp, options: Partial<RunOptions> = {}): Promise<void> {
  const { down, agent, ends, totals } = await playRun(url, FEW, { timeoutScale: 0.2, ...options });
  assert.match(down?.because ?? "", because);
  assert.doesNotMatch(down?.because ?? "", /\n|\p{Cc}/u, "one line, nothing that acts on a terminal");
  assert.equal(down?.after, null);
  assert.equal(agent, undefined);
  assert.deepEqual(ends, []);
  assert.equal(totals.notRun, FEW.length);
  assert.equal(totals.interrupted, false);
}

/** It speaks HTTP and no connection opens: every case is played and says why. */
async function isRefused(url: string, because: RegExp, outcome = "blocked"): Promise<void> {
  const { notes, verdicts, totals } = await playRun(url, FEW, { timeoutScale: 0.2 });
  assert.equal(notes.length, 1);
  assert.match(notes[0] ?? "", because);
  assert.deepEqual([...verdicts.values()].map(ownWords), Array(FEW.length).fill(`${outcome}/not-opened`));
  for (const verdict of verdicts.values()) assert.match(verdict.because, because);
  assert.equal(totals.notRun, 0);
}

test("a port where nothing listens", async () => {
  const peer = await startEchoServer();
  await peer.close();
  await isUnreachable(peer.url, new RegExp(`127\\.0\\.0\\.1:${peer.port} refused the connection`));
});

test("a host name that does not exist", async () => {
  await isUnreachable("ws://peer.invalid:9001/", /host name peer\.invalid cannot be resolved/);
});

test("a peer that says nothing", async (context) => {
  const peer = await during(context, mutants.silent.start());
  await isUnreachable(peer.url, /did not answer the opening handshake within 1000 ms/i);
});

test("a peer that says nothing when TLS is wanted", async (context) => {
  const peer = await during(context, mutants.silent.start());
  const url = peer.url.replace("ws:", "wss:");
  await isUnreachable(url, /did not accept a TLS connection within 1000 ms/, { timeoutScale: 0.1 });
});

test("a peer that answers with noise", async (context) => {
  const peer = await during(context, mutants.garbage.start());
  await isUnreachable(peer.url, /is not HTTP/);
});

test("an answer to the opening handshake that never ends", async (context) => {
  const peer = await during(context, mutants.hugeHeader.start());
  const before = process.memoryUsage().rss;
  await isUnreachable(peer.url, /is too long/);
  assert.ok(process.memoryUsage().rss - before < 200e6, "what was read is not kept");
});

test("a web server that knows no WebSocket", async (context) => {
  const peer = await during(context, mutants.plainHttp.start());
  await isRefused(peer.url, /HTTP 404 Not Found instead of 101/);
});

test("a Sec-WebSocket-Accept that belongs to another key", async (context) => {
  const peer = await during(context, mutants.wrongAccept.start());
  await isRefused(peer.url, /Sec-WebSocket-Accept does not belong to the key/, "fail");
});

test("wss:// to a plain server", async (context) => {
  const peer = await during(context, startEchoServer());
  await isUnreachable(peer.url.replace("ws:", "wss:"), /does not speak TLS: is the peer a ws:\/\/ server\?/);
});

test("ws:// to a TLS server", async (context) => {
  const peer = await during(context, startEchoServer({ tls: await mintCertificate() }));
  await isUnreachable(peer.url.replace("wss:", "ws:"), /is the peer a wss:\/\/ server\?/);
});

test("a certificate that does not verify, unless its authority is trusted or anything is", async (context) => {
  const tls = await mintCertificate();
  const peer = await during(context, startEchoServer({ tls }));
  await isUnreachable(peer.url, /certificate of 127\.0\.0\.1:\d+ does not verify .*--ca FILE.*--insecure/);
  for (const trust of [{ ca: { file: "ca.pem", pem: tls.cert } }, { insecure: true }]) {
    const { verdicts } = await playRun(peer.url, FEW, trust);
    assert.deepEqual([...verdicts.values()].map(ownWords), Array(FEW.length).fill("pass/ok"));
  }
});

test("a certificate for another name", async (context) => {
  const tls = await mintCertificate();
  const peer = await during(context, startEchoServer({ tls }));
  const ca = { file: "ca.pem", pem: tls.cert };
  await isUnreachable(peer.url, /is for another name: --servername NAME/, { ca, servername: "peer.invalid" });
});
