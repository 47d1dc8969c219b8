import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { test } from "node:test";
import { proveStaticRead } from "../../src/transport/static-proof.js";
import type { SocketKind, StaticReader } from "../../src/transport/static-proof.js";
import { readMode, settleReadMode, tryStaticRead } from "../../src/transport/static-read.js";
import { Twin, socketPair } from "./pairs.js";
import { settled } from "./modes.js";
import { Talker } from "./talker.js";

test("until it is proven, sockets are read through data; then all of them statically, the early ones, too", async (context) => {
  assert.equal(readMode(), "data");
  assert.equal(readMode("tls"), "data");
  const [ours, peer] = await socketPair(context, "tcp");
  const early = new Talker(ours, true);
  early.onReceive = (octets) => early.send(octets);
  early.transport.start(Buffer.alloc(0));
  assert.equal(early.transport.readMode, "data");
  await settled();
  assert.equal(readMode(), "static");
  assert.equal(readMode("tls"), "static");
  assert.equal(settleReadMode(), settleReadMode(), "the self-test runs once");
  assert.equal(early.transport.readMode, "static");
  peer.write("hello");
  assert.equal(String(await once(peer, "data")), "hello");
  const [later] = await socketPair(context, "tcp");
  const talker = new Talker(later, true);
  talker.transport.start(Buffer.alloc(0));
  assert.equal(talker.transport.readMode, "static");
});

test("a socket that is not connected, or has a buffer already, is left alone", async (context) => {
  await settled();
  const reader: StaticReader = () => true;
  const [ours] = await socketPair(context, "tcp");
  const [twin] = Twin.pair();
  assert.equal(tryStaticRead(twin, reader), false);
  assert.equal(tryStaticRead(ours, reader), true);
  assert.equal(tryStaticRead(ours, reader), false, "taken");
  ours.destroy();
  const [gone] = await socketPair(context, "tcp");
  gone.destroy();
  assert.equal(tryStaticRead(gone, reader), false);
});

/** Ways in which another Node could get it wrong. */
const WRONG: Record<string, (socket: Duplex, reader: StaticReader) => boolean> = {
  "cannot be attached": () => false,
  throws() {
    throw new Error("on purpose");
  },
  "goes on delivering chunks": () => true,
  "is called on something else"(socket, reader) {
    const lent = Buffer.alloc(100_000);
    socket.on("data", (chunk: Buffer) => reader.call(new Twin(), chunk.copy(lent), lent));
    return true;
  },
  "says a wrong length"(socket, reader) {
    const lent = Buffer.alloc(10);
    socket.prependListener("data", (chunk: Buffer) => reader.call(socket, chunk.copy(lent) + 1, lent));
    return true;
  },
  "loses octets"(socket, reader) {
    const lent = Buffer.alloc(100_000);
    socket.push = (chunk: Buffer | null) =>
      chunk === null || reader.call(socket, chunk.fill(0, 0, 1).copy(lent), lent);
    return true;
  },
  "does not pause"(socket, reader) {
    const lent = Buffer.alloc(100_000);
    socket.push = (chunk: Buffer | null) => chunk === null || reader.call(socket, chunk.copy(lent), lent);
    socket.pause = () => socket;
    return true;
  },
};

for (const [what, attach] of Object.entries(WRONG))
  for (const kind of ["tcp", "tls"] satisfies SocketKind[])
    test(`the self-test over ${kind} finds a Node on which the buffer ${what}`, async () => {
      const alive = setInterval(() => {}, 60_000);
      assert.equal(await proveStaticRead(kind, attach), false);
      clearInterval(alive);
    });

/** Runs a script against the compiled modules in another process, and returns what it prints. */
function inAnotherProcess(script: string, env: Record<string, string>, args: readonly string[] = []): string {
  const imports = `
    import { once } from "node:events";
    import { connect, createServer } from "node:net";
    import { Talker } from ${JSON.stringify(new URL("talker.js", import.meta.url))};
    import { readMode, settleReadMode } from ${JSON.stringify(new URL("../../src/transport/static-read.js", import.meta.url))};
    async function echo() {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const client = connect(server.address().port, "127.0.0.1");
      const [socket] = await once(server, "connection");
      const talker = new Talker(socket, true);
      talker.onReceive = (octets) => talker.send(octets);
      talker.transport.start(Buffer.alloc(0));
      client.write("hello");
      const [answer] = await once(client, "data");
      client.destroy();
      server.close();
      return \`\${talker.transport.readMode} \${answer}\`;
    }`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...args, "--input-type=module", "-e", `${imports}\n${script}`],
    { encoding: "utf8", env: { ...process.env, ...env } },
  );
  // What V8 says to `--jitless`.
  assert.equal(stderr.replace(/^Warning: disabling flag .*\n/gm, ""), "");
  return stdout;
}

const SETTLE = "const alive = setInterval(() => {}, 60_000); await settleReadMode(); clearInterval(alive);";

test("the environment switches it off", () => {
  const script = `${SETTLE} console.log(readMode(), await echo());`;
  assert.equal(inAnotherProcess(script, { WIREPROOF_NO_INTERNALS: "1" }), "data data hello\n");
});

test("without WebAssembly it works in plain memory", () => {
  const script = `${SETTLE} console.log(readMode(), await echo());`;
  assert.equal(inAnotherProcess(script, {}, ["--jitless"]), "static static hello\n");
});

test("the self-test keeps no process alive and leaves nothing behind", () => {
  assert.equal(inAnotherProcess("void settleReadMode(); console.log('over');", {}), "over\n");
  const script = `${SETTLE} await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    console.log(process.getActiveResourcesInfo().filter((name) => /tcp|tls|server/i.test(name)).length);`;
  assert.equal(inAnotherProcess(script, {}), "0\n");
});
