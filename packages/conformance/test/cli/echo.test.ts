import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";

import { mintCertificate } from "@wireproof/peers";
import { connect } from "@wireproof/websocket";
import { wireproofHere } from "./run-here.js";
import { wireproof } from "./spawn-wireproof.js";
import { temporaryFolder } from "./temporary-folder.js";

/** Runs `wireproof echo` until `use` is done with its URL, then interrupts it. */
async function echoing(args: readonly string[], use: (url: string) => Promise<void>): Promise<number | null> {
  let failure: unknown;
  let isUsed = false;
  const { code, stderr } = await wireproof(["echo", "--port", "0", ...args], {
    onStdout: (soFar, child) => {
      const url = /wss?:\/\/\S+(?=\n)/.exec(soFar)?.[0];
      if (url === undefined || isUsed) return;
      isUsed = true;
      use(url)
        .catch((error: unknown) => {
          failure = error;
        })
        .finally(() => child.kill("SIGINT"));
    },
  });
  if (failure !== undefined) throw failure;
  assert.ok(isUsed, stderr);
  assert.equal(stderr, "");
  return code;
}

async function echoes(url: string, tls: object = {}): Promise<void> {
  const ws = await connect(url, { tls });
  ws.send("hello");
  for await (const message of ws) {
    assert.equal(message, "hello");
    ws.close(1000);
  }
  assert.deepEqual([ws.closed?.code, ws.closed?.wasClean], [1000, true]);
}

test("echo: ws at /wss, until it is interrupted", async () => {
  const code = await echoing([], async (url) => {
    assert.match(url, /^ws:\/\/127\.0\.0\.1:\d+\/wss$/);
    await echoes(url);
    await assert.rejects(echoes(url.replace("/wss", "/other")), { status: 404 });
  });
  assert.equal(code, 0);
});

test("echo --tls: a certificate of its own making, which nobody trusts", async () => {
  const code = await echoing(["--tls"], async (url) => {
    assert.match(url, /^wss:/);
    await echoes(url, { rejectUnauthorized: false });
    await assert.rejects(echoes(url), { code: "WIREPROOF_UNREACHABLE" });
  });
  assert.equal(code, 0);
});

for (const args of [[], ["--tls"]]) {
  test(`echo ${args.join(" ")}: over HTTP/2 as well`, async () => {
    const code = await echoing(args, async (url) => {
      const ws = await connect(url, { http2: true, tls: { rejectUnauthorized: false } });
      assert.equal(ws.handshake.httpVersion, "2.0");
      ws.send("hello");
      assert.equal((await ws[Symbol.asyncIterator]().next()).value, "hello");
      ws.close(1000);
    });
    assert.equal(code, 0);
  });
}

test("echo --cert --key --path: what was asked for", async () => {
  const { key, cert } = await mintCertificate();
  const folder = temporaryFolder();
  writeFileSync(join(folder, "cert.pem"), cert);
  writeFileSync(join(folder, "key.pem"), key);
  const pair = ["--cert", join(folder, "cert.pem"), "--key", join(folder, "key.pem")];
  const code = await echoing([...pair, "--path", "/"], (url) => echoes(url, { ca: cert }));
  assert.equal(code, 0);
});

test("echo: an open connection is closed with 1001 when it ends", async () => {
  let ended: unknown;
  await echoing([], async (url) => {
    const ws = await connect(url, {
      message: () => undefined,
      close: (_ws, code, _reason, wasClean) => {
        ended = { code, wasClean };
      },
    });
    assert.equal(ws.state, "open");
  });
  assert.deepEqual(ended, { code: 1001, wasClean: true });
});

test("echo: what cannot be is said in a sentence, with exit code 2", async (context) => {
  const taken = createServer().listen(0, "127.0.0.1");
  context.after(() => taken.close());
  await new Promise((resolve) => taken.once("listening", resolve));
  const { port } = taken.address() as AddressInfo;
  const other = await mintCertificate();
  const folder = temporaryFolder();
  writeFileSync(join(folder, "cert.pem"), other.cert);
  writeFileSync(join(folder, "key.pem"), (await mintCertificate()).key);
  const cert = join(folder, "cert.pem");
  for (const [args, sentence] of [
    [["--port", String(port)], /cannot listen on 127\.0\.0\.1/],
    [["--cert", cert], /--cert and --key are needed together/],
    [["--cert", cert, "--key", cert], /--key: the file contains no private key/],
    [["--cert", cert, "--key", join(folder, "key.pem")], /--key is not the private key of --cert/],
    [["--path", "wss"], /--path takes a path/],
  ] as const) {
    const { code, stderr } = await wireproofHere(["echo", ...args]);
    assert.equal(code, 2);
    assert.match(stderr, sentence);
  }
});
