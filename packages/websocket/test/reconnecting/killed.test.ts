/** A server in a process of its own, which is killed. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { startReconnecting } from "./support.js";

const SERVER = `
  import { createServer } from ${JSON.stringify(new URL("../../src/index.js", import.meta.url).href)};
  const server = createServer({ message: (ws, data) => ws.send(process.pid + " " + data) });
  const { port } = await server.listen(Number(process.argv[1]), "127.0.0.1");
  console.log(port);
`;

async function startProcess(
  context: TestContext,
  port = 0,
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", SERVER, String(port)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  context.after(() => child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, port: Number(String(line)) };
}

test("a process that is killed, and another on its port: the iteration goes on", async (context) => {
  const first = await startProcess(context);
  const { ws, until } = startReconnecting(context, `ws://127.0.0.1:${first.port}`);
  const messages = ws[Symbol.asyncIterator]();
  ws.send("before");
  assert.equal((await messages.next()).value, `${first.child.pid} before`);
  first.child.kill("SIGKILL");
  const { cause } = await until("waiting");
  assert.deepEqual([cause?.wasOpen, cause?.code, cause?.wasClean], [true, 1006, false]);
  ws.send("meanwhile");
  const second = await startProcess(context, first.port);
  assert.equal((await messages.next()).value, `${second.child.pid} meanwhile`);
  ws.close();
});
