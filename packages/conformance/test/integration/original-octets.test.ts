import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { describe, test, type TestContext } from "node:test";
import { SUITE_VERSION } from "../../src/version.js";
import { acceptFor } from "../../src/wire/http1.js";
import { linesOf } from "../support/peer-frames.js";
import { opening } from "../serve/raw-connection.js";
import { serving } from "../serve/serving.js";
import { playRun } from "./play-run.js";
import { casesOf } from "./verdict-table.js";

const OURS = `wireproof/${SUITE_VERSION}`;

/** The heads of all requests that reach a server, which ends every connection behind the head. */
async function requestsOf(
  context: TestContext,
  play: (url: string) => Promise<unknown>,
): Promise<{ readonly port: number; readonly heads: readonly string[] }> {
  const heads: string[] = [];
  const server = createServer((socket) => {
    let head = "";
    socket.on("error", () => undefined);
    socket.setEncoding("latin1").on("data", (text: string) => {
      head += text;
      if (!head.includes("\r\n\r\n")) return;
      heads.push(head);
      socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  await play(`ws://127.0.0.1:${port}/a/b?c=%20d`);
  return { port, heads };
}

/** Sec-WebSocket-Key differs from connection to connection. */
function withoutKey(head: string): string {
  return head.replace(/^(Sec-WebSocket-Key: )[\w+/]{22}==/m, "$1KEY");
}

describe("under autobahn the opening handshake is the original's, octet for octet", () => {
  test("the request of every connection", async (context) => {
    const { port, heads } = await requestsOf(context, (url) =>
      playRun(url, casesOf("1.1.1, 13.7.1"), {
        profile: "autobahn",
        origin: "http://example.org",
        subprotocols: ["chat", "superchat"],
        headers: ["X-Own: 1"],
      }),
    );
    const request = (more: readonly string[] = []): string =>
      [
        "GET /a/b?c=%20d HTTP/1.1",
        `User-Agent: ${OURS}`,
        `Host: 127.0.0.1:${port}`,
        "Upgrade: WebSocket",
        "Connection: Upgrade",
        "Pragma: no-cache",
        "Cache-Control: no-cache",
        "X-Own: 1",
        "Sec-WebSocket-Key: KEY",
        "Origin: http://example.org",
        "Sec-WebSocket-Protocol: chat,superchat",
        ...more,
        "Sec-WebSocket-Version: 13",
        "\r\n",
      ].join("\r\n");
    const base = "permessage-deflate; client_no_context_takeover; client_max_window_bits";
    const nct = `${base}; server_no_context_takeover`;
    const offers = `Sec-WebSocket-Extensions: ${nct}; server_max_window_bits=9, ${nct}, ${base}`;
    const seen = new Set(heads.map(withoutKey));
    assert.deepEqual(seen, new Set([request(), request([offers])]));
  });

  test("modern writes the token in lower case", async (context) => {
    const { heads } = await requestsOf(context, (url) => playRun(url, casesOf("1.1.1")));
    assert.ok(heads.length > 0);
    for (const head of heads) assert.match(head, /\r\nUpgrade: websocket\r\n/);
  });

  for (const target of ["/runCase?casetuple=1.1.2&agent=a", "/getCaseCount"]) {
    test(`the answer, and what comes with it: ${target}`, async (context) => {
      const { port } = await serving(context, "1.1.2", { profile: "autobahn" });
      const [first] = await firstRead(context, port, target);
      const end = first.indexOf("\r\n\r\n") + 4;
      assert.deepEqual(first.toString("latin1", 0, end).split("\r\n"), [
        "HTTP/1.1 101 Switching Protocols",
        `Server: ${OURS}`,
        `X-Powered-By: ${OURS}`,
        "Upgrade: WebSocket",
        "Connection: Upgrade",
        `Sec-WebSocket-Accept: ${acceptFor("dGhlIHNhbXBsZSBub25jZQ==")}`,
        "",
        "",
      ]);
      const frames = linesOf(first.subarray(end));
      assert.deepEqual(
        frames,
        target.startsWith("/run") ? [`TEXT "${"*".repeat(125)}"`] : ['TEXT "1"', "CLOSE"],
      );
    });
  }
});

/** What a client reads first, after its request: written in one piece, it is read in one piece. */
async function firstRead(context: TestContext, port: number, target: string): Promise<[Buffer]> {
  const socket = connect(port, "127.0.0.1");
  context.after(() => socket.destroy());
  socket.on("error", () => undefined);
  socket.write(opening(target));
  return (await once(socket, "data")) as [Buffer];
}
