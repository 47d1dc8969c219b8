import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";

import { ErrorCode, connect } from "../../src/index.js";
import { fieldOf, goodAnswer, readRequest } from "./raw-server.js";
import { refuses } from "./refusing.js";

/** A server on a socket in the file system, in a folder whose name has to be escaped in a URL. */
async function startUnix(
  context: TestContext,
  answer: (head: string) => string = goodAnswer,
): Promise<{ path: string; requests: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "a b%-"));
  const path = join(folder, "s.sock");
  const requests: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    context.after(() => socket.destroy());
    readRequest(socket, (head) => {
      requests.push(head);
      socket.write(answer(head));
    });
  });
  server.listen(path);
  await once(server, "listening");
  context.after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { path, requests };
}

const escaped = (path: string): string => path.split("/").map(encodeURIComponent).join("/");
const lineOf = (head = ""): string => head.slice(0, head.indexOf("\r\n"));

suite("ws+unix:", { skip: process.platform === "win32" && "there are pipes instead" }, () => {
  test("names a socket, and behind a colon what is asked of it", async (context) => {
    const { path, requests } = await startUnix(context);
    const urls = [
      `ws+unix://${escaped(path)}:/chat?room=a:b`,
      `ws+unix:${escaped(path)}:/`,
      `ws+unix:${escaped(path)}`,
      `ws+unix:${escaped(relative(process.cwd(), path))}:/relative`,
    ];
    for (const url of urls) {
      const ws = await connect(url, { proxy: "env" });
      assert.equal(ws.handshake.isSecure, false);
      ws.terminate();
    }
    assert.deepEqual(
      requests.map((head) => lineOf(head)),
      ["/chat?room=a:b", "/", "/", "/relative"].map((target) => `GET ${target} HTTP/1.1`),
    );
    assert.equal(fieldOf(requests[0]!, "host"), "localhost");
  });

  test("a redirect to a path stays on the socket, one to another origin leaves it", async (context) => {
    const { path, requests } = await startUnix(context, (head) =>
      head.startsWith("GET /end ")
        ? goodAnswer(head)
        : `HTTP/1.1 302 Found\r\nLocation: ${head.startsWith("GET /far ") ? "ws://127.0.0.1:1/" : "/end"}\r\n\r\n`,
    );
    const ws = await connect(`ws+unix:${escaped(path)}:/start`, { redirects: { max: 1 } });
    assert.equal(ws.handshake.target, "/end");
    ws.terminate();
    assert.equal(requests.length, 2);
    const redirects = { max: 1, crossOrigin: true };
    await refuses(`ws+unix:${escaped(path)}:/far`, { redirects }, ErrorCode.Unreachable);
  });

  test("what names no socket is refused", async () => {
    for (const url of [
      "ws+unix:",
      "ws+unix://",
      "ws+unix:///",
      "ws+unix://host/path",
      "ws+unix:/a:b",
      "ws+unix:/%ff",
      "ws+unix:/a:/#b",
    ])
      await refuses(url, {}, ErrorCode.InvalidArgument);
    await refuses("ws+unix:/there/is/none.sock:/", {}, ErrorCode.Unreachable);
  });
});
