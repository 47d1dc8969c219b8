import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { mintCertificate, startEchoServer as startPeer } from "@wireproof/peers";
import { connect } from "@wireproof/websocket";
import { startEchoServer } from "../../src/modes/echo-server.js";
import { summary } from "../../src/wstest/mass-connect.js";
import { wstest } from "../cli/spawn-wireproof.js";
import { during } from "../integration/play-run.js";
import { readIndex, runClient, startMode, startServer, workFolder, writeSpec } from "./workshop.js";

const MAIN = fileURLToPath(new URL("../../../bin/wstest.js", import.meta.url));

describe("modes on our own endpoint", { concurrency: 2 }, () => {
  test("testeeserver is tested by fuzzingclient, over TLS", async () => {
    const folder = workFolder();
    const { key, cert } = await mintCertificate();
    writeFileSync(join(folder, "key.pem"), key);
    writeFileSync(join(folder, "cert.pem"), cert);
    const args = ["-m", "testeeserver", "-w", "wss://localhost:0", "-k", "key.pem", "-c", "cert.pem"];
    const server = await startMode(args, folder, /Echo server at (\S+)/);
    await runClient(folder, { outdir: "r", servers: [{ url: server.url }], cases: ["1.1.*", "12.1.1"] });
    server.interrupt();
    assert.equal((await server.ended).code, 0);
    const [[agent, cases] = assert.fail()] = Object.entries(readIndex(folder, "r"));
    assert.match(agent, /^wireproof\/\d/);
    assert.deepEqual(new Set(Object.values(cases).map(({ behavior }) => behavior)), new Set(["OK"]));
    assert.equal(Object.keys(cases).length, 9);
  });

  test("testeeclient is tested by fuzzingserver", async () => {
    const folder = workFolder();
    const server = await startServer(folder, { outdir: "r", cases: ["1.1.*", "12.1.1"] });
    const { code, stdout } = await wstest(["-m", "testeeclient", "-w", server.url, "-i", "me/1"], {
      cwd: folder,
    });
    assert.equal(code, 0);
    assert.match(stdout, /^Running case 9 of 9\nRan 9 cases as me\/1\.\n$/m);
    server.interrupt();
    await server.ended;
    const verdicts = Object.values(readIndex(folder, "r")["me/1"] ?? {}).map(({ behavior }) => behavior);
    assert.deepEqual(
      verdicts,
      Array.from({ length: 9 }, () => "OK"),
    );
  });

  test("echoserver takes any path and agrees on no compression", async () => {
    const server = await startMode(
      ["-m", "echoserver", "-w", "ws://127.0.0.1:0"],
      workFolder(),
      /Echo server at (\S+)/,
    );
    const ws = await connect(`${server.url}/any/path`);
    ws.send("hello");
    for await (const message of ws) {
      assert.equal(message, "hello");
      break;
    }
    assert.equal(ws.handshake.extensions, "");
    ws.close();
    server.interrupt();
    assert.equal((await server.ended).code, 0);
  });

  test("broadcastserver with its page, and broadcastclient", async () => {
    const folder = workFolder();
    const server = await startMode(
      ["-m", "broadcastserver", "-w", "ws://127.0.0.1:0", "-u", "0"],
      folder,
      /Broadcast server at (\S+)/,
    );
    const client = await startMode(
      ["-m", "broadcastclient", "-w", server.url],
      folder,
      /(hello from \S+\[\d+\])/,
    );
    client.interrupt();
    assert.equal((await client.ended).code, 0);
    server.interrupt();
    await server.ended;
    // A port that is free now.
    const { port } = new URL(server.url);
    const again = await startMode(
      ["-m", "broadcastserver", "-w", "ws://127.0.0.1:0", "-u", port],
      folder,
      /Its page is at (\S+)/,
    );
    const page = await fetch(again.url);
    assert.match(await page.text(), /new WebSocket\("ws:\/\/" \+ location\.hostname \+ ":\d+\/"\)/);
    assert.match(page.headers.get("content-security-policy") ?? "", /connect-src ws: wss:/);
    assert.equal((await fetch(`${again.url}other`)).status, 404);
    again.interrupt();
    assert.equal((await again.ended).code, 0);
  });

  test("massconnect says how long it took, what failed, and what was tried again", async (context) => {
    const { url } = await during(
      context,
      startEchoServer({ host: "127.0.0.1", port: 0, path: undefined, tls: undefined }),
    );
    const cwd = workFolder();
    const servers = [{ name: "here", uri: url, desc: "ours" }];
    writeSpec(cwd, "m.json", { options: { connections: 200, batchsize: 50 }, servers });
    const { code, stdout } = await wstest(["-m", "massconnect", "-s", "m.json"], { cwd });
    assert.equal(code, 0);
    assert.match(stdout, /^Opening 200 connections to here \(ws:/m);
    assert.match(
      stdout,
      /^200 connections open after [\d.]+ s \(\d+ a second\), 0 failed attempts, 0 retries$/m,
    );
  });

  test("massconnect does not begin where too few files may be open", async () => {
    const cwd = workFolder();
    writeSpec(cwd, "m.json", { options: { connections: 10_000 }, servers: [{ uri: "ws://127.0.0.1:9" }] });
    const child = spawn(
      "sh",
      ["-c", `ulimit -n 256 && exec "${process.execPath}" "${MAIN}" -m massconnect -s m.json`],
      {
        cwd,
      },
    );
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^wstest: 10000 connections need 10064 open files, but this process may have only 256: raise/,
    );
  });

  test("a client without a server says so, and ends with 0 unless WSTEST_EXIT asks for more", async () => {
    const args = ["-m", "echoclient", "-w", "ws://127.0.0.1:1"];
    const { code, stderr } = await wstest(args, { env: { WSTEST_WAIT: "0.2" } });
    assert.equal(code, 0);
    assert.match(stderr, /^wstest: 127\.0\.0\.1:1 accepts no connection; it is tried again for 1 s\n/);
    assert.match(stderr, /\nwstest: Cannot reach 127\.0\.0\.1:1/);
    const env = { WSTEST_EXIT: "strict", WSTEST_WAIT: "0" };
    assert.equal((await wstest(args, { env })).code, 3);
  });

  test("a client whose server comes up later, under a name of containers, finds it", async (context) => {
    const gone = await startPeer();
    await gone.close();
    let server: ReturnType<typeof startPeer> | undefined;
    context.after(async () => (await server)?.close());
    const { port } = new URL(gone.url);
    const args = ["-m", "echoclient", "-w", `ws://host.docker.internal:${port}`];
    const { code, stderr } = await wstest(args, {
      onStderr: (soFar, child) => {
        if (/tried again/.test(soFar)) server ??= startPeer({ port: Number(port) });
        // A second one would end it before it has said goodbye.
        if (soFar.endsWith("localhost is used instead\n")) child.kill("SIGINT");
      },
    });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /host\.docker\.internal cannot be reached from here: localhost is used instead/);
  });
});

test("connections that are missing are explained", () => {
  const spec = {
    connections: 10,
    batchSize: 1,
    batchDelayMs: 0,
    retryDelayMs: 0,
    servers: [],
    notes: [],
  };
  const some = summary({ open: 7, failures: 4, retries: 1, durationMs: 1000, problem: "no\x1b" }, spec);
  assert.equal(
    some,
    "7 connections open after 1.00 s (7 a second), 4 failed attempts, 1 retries\n" +
      "3 are missing: no\\x1b; if the server works well, its limit of open files (ulimit -n) may be too low",
  );
  assert.match(
    summary({ open: 0, failures: 0, retries: 0, durationMs: 0, problem: null }, spec),
    /closed them again$/,
  );
});
