import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { freePort } from "@wireproof/peers";
import { accepts, addressText, addressesOf } from "../../src/child/accepting.js";
import { StartedServer } from "../../src/child/started-server.js";
import type { ProcessEnd } from "../../src/run/peer-process.js";
import { temporaryFolder } from "../cli/temporary-folder.js";

const NEVER = new AbortController().signal;
const folder = temporaryFolder();

interface Rig {
  readonly server: StartedServer;
  readonly port: number;
  readonly ends: readonly ProcessEnd[];
  /** Resolves when there have been so many ends. */
  readonly ended: (count: number) => Promise<void>;
}

/** A server from a script in which PORT stands for a free port. */
async function rig(context: TestContext, code: string, waitMs = 20_000): Promise<Rig> {
  const port = await freePort();
  const args = ["-e", code.replaceAll("PORT", String(port))];
  const server = new StartedServer({
    command: "a script",
    line: { program: process.execPath, args, env: {} },
    addresses: [{ host: "127.0.0.1", port }],
    waitMs,
  });
  context.after(() => server.stop());
  const ends: ProcessEnd[] = [];
  let onEnd: () => void = () => undefined;
  server.onEnd = (end) => {
    ends.push(end);
    onEnd();
  };
  const ended = async (count: number): Promise<void> => {
    while (ends.length < count) {
      await new Promise<void>((resolve) => {
        onEnd = resolve;
      });
    }
  };
  return { server, port, ends, ended };
}

/**
 * Ends with the status that it is sent, after it has stopped listening. What it prints it prints before it listens:
 * whoever could connect may end it before it gets round to anything else.
 */
const OBEDIENT = `console.log("listening");
const server = require("net").createServer((socket) => {
  socket.on("error", () => {}).once("data", (data) => {
    server.close();
    socket.destroy();
    setImmediate(() => process.exit(Number(data)));
  });
}).listen(PORT, "127.0.0.1");`;

/** Makes the obedient server end. */
async function end(port: number, status: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(String(status)));
    socket.on("error", () => undefined);
    socket.once("close", () => resolve());
    socket.resume();
  });
}

test("addresses of URLs, each once, with the ports that schemes imply", () => {
  const urls = ["ws://a", "wss://a/x", "ws://a:80/?y", "wss://[::1]:9001/", "ws://a:9001", "ws://A:9001/z"];
  assert.deepEqual(addressesOf(urls).map(addressText), ["a:80", "a:443", "[::1]:9001", "a:9001"]);
});

describe("a server that comes up", () => {
  test("accepts connections, is started once, and is gone when it is stopped", async (context) => {
    const { server, port, ends } = await rig(context, OBEDIENT);
    assert.deepEqual(await Promise.all([server.up(NEVER), server.up(NEVER)]), [null, null]);
    assert.equal(await server.up(NEVER), null);
    await server.stop();
    assert.deepEqual(server.takeOutput(), { lines: [{ from: "stdout", text: "listening" }], omitted: 0 });
    assert.deepEqual(server.takeOutput(), { lines: [], omitted: 0 });
    assert.deepEqual(server.lastLines(3), [{ from: "stdout", text: "listening" }]);
    assert.equal(await accepts({ host: "127.0.0.1", port }), false);
    assert.deepEqual(ends, []);
    assert.equal(await server.up(NEVER), "the run was interrupted");
  });
  test("is started again when it has ended, and each end is reported", async (context) => {
    const { server, port, ends, ended } = await rig(context, OBEDIENT);
    for (const status of [5, 6]) {
      assert.equal(await server.up(NEVER), null);
      await end(port, status);
      await ended(status - 4);
      assert.equal(ends.at(-1)?.how, `ended with exit status ${status}`);
    }
    assert.equal(await server.up(NEVER), null);
    assert.equal(ends.length, 2);
    assert.ok(server.lastLines(9).length <= 1, "what the earlier ones printed is not its own");
  });
  test("but keeps on ending before anybody is served is given up after three starts", async (context) => {
    const { server, port, ends, ended } = await rig(context, OBEDIENT);
    for (let i = 0; i < 3; i++) {
      assert.equal(await server.up(NEVER), null);
      await end(port, 1);
      await ended(i + 1);
    }
    const sentence =
      "The command is not started again: it ended 3 times in a row before a connection was opened.";
    assert.equal(await server.up(NEVER), sentence);
    assert.equal(ends.length, 3);
  });
  test("and serves somebody in between is not", async (context) => {
    const { server, port, ended } = await rig(context, OBEDIENT);
    for (let i = 0; i < 5; i++) {
      assert.equal(await server.up(NEVER), null);
      server.connected();
      await end(port, 1);
      await ended(i + 1);
    }
    assert.equal(await server.up(NEVER), null);
  });
  test("and does not come up again is tried three times in all", async (context) => {
    const mark = join(folder, "mark");
    const starts = join(folder, "starts");
    const { server, port, ends, ended } = await rig(
      context,
      `const fs = require("fs"); fs.appendFileSync(${JSON.stringify(starts)}, "x");
       if (fs.existsSync(${JSON.stringify(mark)})) process.exit(9);
       fs.writeFileSync(${JSON.stringify(mark)}, ""); ${OBEDIENT}`,
    );
    assert.equal(await server.up(NEVER), null);
    assert.ok(existsSync(mark));
    await end(port, 1);
    await ended(1);
    assert.match((await server.up(NEVER)) ?? "", /not started again: it ended 3 times/);
    assert.deepEqual(
      ends.map(({ code }) => code),
      [1, 9, 9],
    );
    assert.equal(readFileSync(starts, "utf8"), "xxx");
  });
});

describe("a server that does not come up", () => {
  test("because it ends: the sentence says how", async (context) => {
    const { server, port, ends } = await rig(context, "process.exitCode = 7; console.log('no')");
    const sentence = `The command ended with exit status 7 before it accepted connections at 127.0.0.1:${port}.`;
    assert.equal(await server.up(NEVER), sentence);
    assert.deepEqual(server.takeOutput().lines, [{ from: "stdout", text: "no" }]);
    assert.deepEqual(ends, [], "the answer says it all");
  });
  test("because it went to the background: the sentence says so", async (context) => {
    const { server } = await rig(context, "0");
    assert.match((await server.up(NEVER)) ?? "", /exit status 0 .*; it must stay in the foreground\.$/);
  });
  test("because it does something else", async (context) => {
    const { server, port } = await rig(context, "setInterval(() => {}, 1000)", 200);
    const sentence = `The command runs, but nothing accepted connections at 127.0.0.1:${port} within 0.2 s.`;
    assert.equal(await server.up(NEVER), sentence);
    assert.equal(await server.up(NEVER), sentence, "asked again, it is not believed to be up");
  });
  test("because nobody waits any longer", async (context) => {
    const { server } = await rig(context, "setInterval(() => {}, 1000)");
    const stop = new AbortController();
    const up = server.up(stop.signal);
    stop.abort();
    assert.equal(await up, "the run was interrupted");
  });
  test("because somebody else is there", async (context) => {
    const { server, port } = await rig(context, OBEDIENT);
    const other = createServer().listen(port, "127.0.0.1");
    await once(other, "listening");
    try {
      const clause = `something already listens at 127.0.0.1:${port} and would be tested instead of the command`;
      assert.equal(await server.conflict(), clause);
      assert.equal(await server.up(NEVER), `The command is not started: ${clause}.`);
    } finally {
      other.close();
    }
  });
});

test("a launcher that starts its server again by itself is waited for", async (context) => {
  const { server, port, ends } = await rig(
    context,
    `const child = () => require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(OBEDIENT)}], { stdio: "inherit" }).on("exit", child);
     child();`,
  );
  assert.equal(await server.up(NEVER), null);
  await end(port, 1);
  await server.settled(NEVER);
  assert.equal(await server.up(NEVER), null);
  assert.equal(await accepts({ host: "127.0.0.1", port }), true);
  assert.deepEqual(ends, []);
});

describe("what became of it", () => {
  test("is known at once when it accepts connections", async (context) => {
    const { server, ends } = await rig(context, OBEDIENT);
    assert.equal(await server.up(NEVER), null);
    await server.settled(NEVER);
    assert.deepEqual(ends, []);
  });
  test("is known when it has ended, and its end was reported before", async (context) => {
    const { server, port, ends } = await rig(context, OBEDIENT);
    assert.equal(await server.up(NEVER), null);
    await end(port, 4);
    await server.settled(NEVER);
    assert.deepEqual(
      ends.map(({ code }) => code),
      [4],
    );
  });
});
