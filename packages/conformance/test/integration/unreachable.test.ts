import assert from "node:assert/strict";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { mintCertificate, mutants, startEchoServer } from "@wireproof/peers";
import type { RunOptions } from "../../src/run/run-options.js";
import { during, playRun } from "./play-run.js";
import { casesOf, ownWords } from "./verdict-table.js";

const FEW = casesOf("1.1.1, 2.1, 7.3.1");

/** Where nothing can be played: one event says why, and every case is not run. */
async function isUnreachable(
  url: string,
  because: RegExp,
  { hint, answer, ...options }: Partial<RunOptions> & { hint?: RegExp; answer?: RegExp } = {},
): Promise<void> {
  const { down, agent, ends, events, totals } = await playRun(url, FEW, { timeoutScale: 0.2, ...options });
  assert.match(down?.because ?? "", because);
  assert.doesNotMatch(down?.because ?? "", /\n|\p{Cc}/u, "one line, nothing that acts on a terminal");
  assert.equal(down?.after, null);
  assert.equal(agent, undefined);
  assert.deepEqual(ends, []);
  assert.equal(totals.notRun, FEW.length);
  assert.equal(totals.interrupted, false);
  const findings = events.flatMap((event) => (event.type === "findings" ? event.findings : []));
  assert.deepEqual(
    findings.map(({ id, severity, cases }) => [id, severity, cases]),
    [["none/unreachable/server", "error", []]],
  );
  const [finding] = findings;
  assert.match(finding?.because ?? "", because);
  assert.match(finding?.hint ?? "", hint ?? /^$/);
  assert.match(finding?.evidence.answer ?? "", answer ?? /^$/);
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
  await isUnreachable(peer.url, new RegExp(`127\\.0\\.0\\.1:${peer.port} refused the connection`), {
    hint: /^Is the server started/,
  });
});

test("a host name that does not exist", async () => {
  await isUnreachable("ws://peer.invalid:9001/", /host name peer\.invalid cannot be resolved/, {
    hint: /is this its address/,
  });
});

test("a peer that says nothing", async (context) => {
  const peer = await during(context, mutants.silent.start());
  await isUnreachable(peer.url, /did not answer the opening handshake within 1000 ms/i, {
    hint: /It takes the connection and says nothing/,
  });
});

test("a peer that says nothing when TLS is wanted", async (context) => {
  const peer = await during(context, mutants.silent.start());
  const url = peer.url.replace("ws:", "wss:");
  await isUnreachable(url, /did not accept a TLS connection within 1000 ms/, { timeoutScale: 0.1 });
});

test("a peer that answers with noise", async (context) => {
  const peer = await during(context, mutants.garbage.start());
  await isUnreachable(peer.url, /is not HTTP/, { answer: /^[^]{16}/ });
});

test("a server of something else that greets first", async (context) => {
  const url = await listening(context, (socket) => socket.end("SSH-2.0-OpenSSH_9.2p1\r\n"));
  await isUnreachable(url, /./, {
    hint: /^An SSH server listens there: /,
    answer: /^SSH-2\.0-OpenSSH_9\.2p1$/,
  });
});

test("an answer to the opening handshake that never ends", async (context) => {
  const peer = await during(context, mutants.hugeHeader.start());
  const before = process.memoryUsage().rss;
  await isUnreachable(peer.url, /is too long/, { answer: /^HTTP\/1\.1 [^]{2000}/ });
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

const REFUSALS: readonly (readonly [answer: string, hint: RegExp])[] = [
  [
    "HTTP/1.1 301 Moved Permanently\r\nLocation: https://example.com/ws\r\n",
    /redirects to https:\/\/example\.com\/ws/,
  ],
  ["HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\n", /--header 'Authorization/],
  ["HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n", /proxy_set_header Upgrade/],
];

for (const [answer, hint] of REFUSALS) {
  const [, status = ""] = answer.split(" ", 2);
  test(`a server that answers ${status}: one finding with the answer and a hint`, async (context) => {
    const url = await listening(context, (socket) => {
      socket.once("data", () => socket.end(`${answer}Content-Length: 0\r\n\r\n`));
    });
    const { events } = await playRun(url, FEW, { timeoutScale: 0.2 });
    const findings = events.flatMap((event) => (event.type === "findings" ? event.findings : []));
    assert.deepEqual(
      findings.map(({ id, cases }) => [id, cases.length]),
      [["none/handshake-refused/server", FEW.length]],
    );
    const [finding] = findings;
    assert.match(finding?.hint ?? "", hint);
    assert.ok(finding?.evidence.answer?.startsWith(answer));
  });
}

/** The URL of a server that does this with every connection. */
async function listening(
  context: Pick<TestContext, "after">,
  serveOne: (socket: Socket) => void,
): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    serveOne(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
