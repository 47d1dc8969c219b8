import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** From dist/test/package, the folder of the package. */
const PACKAGE = fileURLToPath(new URL("../../../", import.meta.url));

const PROGRAM = `
  const { createServer, connect, ErrorCode } = require("@wireproof/websocket");
  const server = createServer({ message: (ws, data) => ws.send(data) });
  server.listen(0, "127.0.0.1").then(async ({ port }) => {
    const ws = await connect("ws://127.0.0.1:" + port);
    ws.send("required " + ErrorCode.NotOpen);
    for await (const message of ws) {
      console.log(message);
      ws.close(1000);
    }
    await server.close();
  });
`;

test("require() works, an echo comes back, and nothing keeps the process alive", async () => {
  const args = ["--input-type=commonjs", "--no-warnings", "-e", PROGRAM];
  const { stdout, stderr } = await run(process.execPath, args, { cwd: PACKAGE });
  assert.equal(stdout, "required WIREPROOF_NOT_OPEN\n");
  assert.equal(stderr, "");
});

test("what is exported as a value is what is meant to be called", async () => {
  const names = Object.keys(await import("@wireproof/websocket"));
  assert.deepEqual(names.toSorted(), [
    "CloseCode",
    "DEFAULT_CONNECTION_LIMITS",
    "DEFAULT_SERVER_LIMITS",
    "ErrorCode",
    "WebSocketError",
    "connect",
    "createServer",
    "frame",
    "readMode",
  ]);
});
