import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { test } from "node:test";
import { ProcessesBelow } from "../../src/matrix/processes.js";

/** Starts a process in a session of its own, which connects to the port, and then waits. */
const PARENT = `
const { spawn } = require("node:child_process");
const program = "require('node:net').connect(" + process.argv[1] + ", '127.0.0.1')";
spawn(process.execPath, ["-e", program], { detached: true, stdio: "ignore" }).unref();
setInterval(() => undefined, 1000);
`;

const isLinux = process.platform === "linux" ? false : "only Linux shows the processes";

test(
  "finds what a process has started, and ends it even when that process is gone",
  { skip: isLinux },
  async (context) => {
    const server = createServer().listen(0, "127.0.0.1");
    context.after(() => server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const parent = spawn(process.execPath, ["-e", PARENT, String(port)], { stdio: "ignore" });
    context.after(() => parent.kill("SIGKILL"));
    const below = new ProcessesBelow(parent.pid ?? 0);
    const [socket] = (await once(server, "connection")) as [Socket];
    socket.on("error", () => undefined).resume();
    assert.equal(below.list().length, 1);
    const { processes, octets } = below.usage(0);
    assert.equal(processes, 1);
    assert.ok(octets > 1024 * 1024);

    const isOver = once(parent, "exit");
    parent.kill("SIGKILL");
    await isOver;
    assert.equal(below.list().length, 1);
    const isClosed = once(socket, "close");
    below.kill();
    await isClosed;
  },
);

test("there is nothing below a process that is not ours", { skip: isLinux }, () => {
  assert.deepEqual(new ProcessesBelow(1).list(), []);
});
