import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer as createTcpServer } from "node:net";
import { suite, test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { promisify } from "node:util";

import { ErrorCode, connect } from "../../src/index.js";
import type { ConnectOptions, WebSocketConnection } from "../../src/index.js";
import { echo, startHttp2Server } from "./http2-server.js";
import type { Http2Peer } from "./http2-server.js";
import { startProxy } from "./proxy.js";
import { certificate, fieldOf, gone, goodAnswer, readRequest, startRawServer, track } from "./raw-server.js";
import { refuses } from "./refusing.js";

const HTTP2 = { http2: true } as const;

/** As many connections at the same time. */
function connectAll(
  count: number,
  url: string,
  options: ConnectOptions = {},
): Promise<WebSocketConnection[]> {
  return Promise.all(Array.from({ length: count }, () => connect(url, { ...HTTP2, ...options })));
}

function terminateAll(connections: readonly WebSocketConnection[]): void {
  for (const ws of connections) ws.terminate();
}

async function whenClosed(ws: WebSocketConnection): Promise<void> {
  ws.close(1000);
  for await (const _ of ws);
}

suite("sessions of HTTP/2 are shared", () => {
  test("by many connections, at the same time and one after the other", async (context) => {
    const server = await startHttp2Server(context, echo);
    const many = await connectAll(20, server.url);
    for (const [at, ws] of many.entries()) ws.send(`${at}`);
    for (const [at, ws] of many.entries()) {
      assert.equal((await ws[Symbol.asyncIterator]().next()).value, `${at}`);
    }
    for (const ws of many) await whenClosed(ws);
    await whenClosed(await connect(`${server.url}/another/path`, HTTP2));
    assert.equal(server.sessions.length, 1);
    assert.equal(server.requests.length, 21);
  });

  test("not between origins", async (context) => {
    const [one, other] = [await startHttp2Server(context, echo), await startHttp2Server(context, echo)];
    terminateAll([await connect(one.url, HTTP2), await connect(other.url, HTTP2)]);
    assert.deepEqual([one.sessions.length, other.sessions.length], [1, 1]);
  });

  test("not between different TLS options, even if the application changes its own", async (context) => {
    const { cert, key } = await certificate();
    const server = await startHttp2Server(context, echo, { cert, key });
    const tls = { ca: cert };
    terminateAll([
      await connect(server.url, { ...HTTP2, tls }),
      await connect(server.url, { ...HTTP2, tls: { ca: Buffer.from(cert).toString() } }),
      await connect(server.url, { ...HTTP2, tls: { rejectUnauthorized: false } }),
    ]);
    assert.equal(server.sessions.length, 2);
    tls.ca = "";
    await refuses(server.url, { ...HTTP2, tls }, ErrorCode.Unreachable);
  });

  test("up to the number of streams that the server allows", async (context) => {
    const settings = { enableConnectProtocol: true, maxConcurrentStreams: 2 };
    const server = await startHttp2Server(context, echo, { settings });
    const many = await connectAll(5, server.url);
    assert.equal(server.sessions.length, 3);
    terminateAll(many);
  });

  test("while the one that began it gives up", async (context) => {
    const server = await startHttp2Server(context, echo);
    const controller = new AbortController();
    const first = connect(server.url, { ...HTTP2, signal: controller.signal });
    const second = connect(server.url, HTTP2);
    controller.abort(new Error("enough"));
    await assert.rejects(first, /enough/);
    (await second).terminate();
    assert.equal(server.sessions.length, 1);
  });

  test("until GOAWAY: connections go on, and new ones get another session", async (context) => {
    const server = await startHttp2Server(context, echo);
    const first = await connect(server.url, HTTP2);
    server.sessions[0]!.close();
    // The answer comes behind GOAWAY.
    first.send("ping");
    const messages = first[Symbol.asyncIterator]();
    assert.equal((await messages.next()).value, "ping");
    const second = await connect(server.url, HTTP2);
    assert.equal(server.sessions.length, 2);
    first.send("still there");
    assert.equal((await messages.next()).value, "still there");
    await whenClosed(first);
    assert.equal(first.closed?.wasClean, true);
    second.terminate();
  });

  for (const [name, code] of [
    ["REFUSED_STREAM", 7],
    ["ENHANCE_YOUR_CALM", 11],
  ] as const) {
    test(`and a request that was refused with ${name} is made again on another session`, async (context) => {
      let refused = 0;
      const server = await startHttp2Server(context, (stream) => {
        if (server.sessions.length === 1) {
          refused++;
          stream.close(code);
        } else echo(stream);
      });
      (await connect(server.url, HTTP2)).terminate();
      assert.equal(refused, 1);
      assert.equal(server.sessions.length, 2);
    });
  }

  test("but not for ever", async (context) => {
    const server = await startHttp2Server(context, (stream) => stream.close(7));
    const error = await refuses(server.url, HTTP2, ErrorCode.InvalidResponse);
    assert.equal(error.problem, "stream-reset");
    assert.equal(server.requests.length, 2);
  });

  test("until one is silent: it may be gone", async (context) => {
    const server = await startHttp2Server(context, (stream) => {
      if (server.sessions.length > 1) echo(stream);
    });
    await refuses(server.url, { ...HTTP2, handshakeMs: 300 }, ErrorCode.HandshakeTimeout);
    (await connect(server.url, HTTP2)).terminate();
    assert.equal(server.sessions.length, 2);
  });
});

suite("HTTP/1.1 is used", () => {
  /** A server of both, which answers upgrades on the sockets that chose HTTP/1.1. */
  async function startBoth(
    context: Parameters<typeof startHttp2Server>[0],
    settings = {},
  ): Promise<Http2Peer & { ca: string; heads: string[] }> {
    const { cert, key } = await certificate();
    const heads: string[] = [];
    const server = await startHttp2Server(context, () => assert.fail("was asked"), {
      cert,
      key,
      settings,
      allowHTTP1: true,
    });
    server.server.on("upgrade", (request, socket) => {
      const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${String(value)}`);
      const head = lines.join("\r\n");
      heads.push(head);
      socket.on("error", () => {}).write(goodAnswer(head));
      context.after(() => socket.destroy());
    });
    return { ...server, ca: cert, heads };
  }

  test("when the server chooses it, on the same connection", async (context) => {
    const { cert, key } = await certificate();
    const tls = { cert, key, ALPNProtocols: ["http/1.1"] };
    let connections = 0;
    const server = createTlsServer(tls, (socket) =>
      readRequest(socket, (head) => {
        connections++;
        socket.write(goodAnswer(head));
      }),
    );
    const { port } = await track(context, server);
    const ws = await connect(`wss://127.0.0.1:${port}`, { ...HTTP2, tls: { ca: cert } });
    assert.equal(ws.handshake.httpVersion, "1.1");
    assert.equal(ws.handshake.isSecure, true);
    assert.equal(connections, 1);
    terminateAll([ws, ...(await connectAll(3, `wss://127.0.0.1:${port}`, { tls: { ca: cert } }))]);
    assert.equal(connections, 4);
  });

  test("when the server knows no ALPN", async (context) => {
    const { cert, key } = await certificate();
    const server = await startRawServer(context, (socket, head) => socket.write(goodAnswer(head)), {
      cert,
      key,
    });
    const ws = await connect(server.url, { ...HTTP2, tls: { ca: cert } });
    assert.equal(ws.handshake.httpVersion, "1.1");
    ws.terminate();
    assert.equal(server.requests.length, 1);
    await gone(server);
  });

  test("when the server does not announce RFC 8441, which is asked once", async (context) => {
    const server = await startBoth(context);
    // ALPN is ours: with "h2" alone there would be no way back.
    const options = { ...HTTP2, tls: { ca: server.ca, ALPNProtocols: ["h2"] } };
    for (let round = 0; round < 3; round++) {
      const ws = await connect(`${server.url}/${round}`, options);
      assert.equal(ws.handshake.httpVersion, "1.1");
      ws.terminate();
    }
    assert.equal(server.heads.length, 3);
    assert.equal(server.sessions.length, 1);
    assert.notEqual(fieldOf(server.heads[0]!, "sec-websocket-key"), undefined);
  });

  test("when the server allows no streams", async (context) => {
    const server = await startBoth(context, { enableConnectProtocol: true, maxConcurrentStreams: 0 });
    const ws = await connect(server.url, { ...HTTP2, tls: { ca: server.ca } });
    assert.equal(ws.handshake.httpVersion, "1.1");
    ws.terminate();
  });

  test("when the server asks for it with HTTP_1_1_REQUIRED", async (context) => {
    const { cert, key } = await certificate();
    const server = await startHttp2Server(context, (stream) => stream.close(0xd), {
      cert,
      key,
      allowHTTP1: true,
    });
    server.server.on("upgrade", (request, socket) => {
      socket.on("error", () => {});
      socket.write(goodAnswer(`Sec-WebSocket-Key: ${request.headers["sec-websocket-key"]}`));
      context.after(() => socket.destroy());
    });
    const ws = await connect(server.url, { ...HTTP2, tls: { ca: cert } });
    assert.equal(ws.handshake.httpVersion, "1.1");
    ws.terminate();
  });

  for (const [what, answer] of [
    ["answers 400", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"],
    ["says something else", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["closes the connection", undefined],
  ] as const) {
    test(`when a server without TLS ${what}`, async (context) => {
      const server = await startRawServer(context, (socket, head) => {
        if (head.startsWith("GET ")) socket.write(goodAnswer(head));
        else if (answer === undefined) socket.end();
        else socket.write(answer);
      });
      const ws = await connect(`${server.url}/a`, HTTP2);
      assert.equal(ws.handshake.httpVersion, "1.1");
      assert.match(server.requests[0]!, /^PRI \* HTTP\/2\.0\r\n/);
      assert.match(server.requests[1]!, /^GET \/a HTTP\/1\.1\r\n/);
      ws.terminate();
      await gone(server);
    });
  }

  test("through a proxy", async (context) => {
    const { cert, key } = await certificate();
    const tls = { cert, key, ALPNProtocols: ["h2", "http/1.1"] };
    const server = await startRawServer(context, (socket, head) => socket.write(goodAnswer(head)), tls);
    const proxy = await startProxy(context, { to: server.port });
    const ws = await connect(server.url, { ...HTTP2, proxy: proxy.url, tls: { ca: cert } });
    assert.equal(ws.handshake.httpVersion, "1.1");
    ws.terminate();
  });

  test("never where TLS fails, or nobody listens", async (context) => {
    const server = await startBoth(context);
    await refuses(server.url, HTTP2, ErrorCode.Unreachable);
    await refuses("ws://127.0.0.1:1", HTTP2, ErrorCode.Unreachable);
    assert.equal(server.heads.length, 0);
  });
});

suite("connect over HTTP/2 leaves nothing behind", () => {
  test("when all who wait for a session give up", async (context) => {
    const server = createTcpServer();
    const { port, sockets } = await track(context, server);
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const all = Promise.allSettled([
      connect(`ws://127.0.0.1:${port}`, { ...HTTP2, ...options }),
      connect(`ws://127.0.0.1:${port}`, { ...HTTP2, ...options }),
    ]);
    await once(server, "connection");
    assert.equal(sockets.size, 1);
    controller.abort(new Error("enough"));
    for (const { status } of await all) assert.equal(status, "rejected");
    await gone({ sockets });
  });

  test("and an idle session keeps no process alive", async (context) => {
    const server = await startHttp2Server(context, echo);
    const script = `
      import { connect } from ${JSON.stringify(new URL("../../src/index.js", import.meta.url).href)};
      const ws = await connect(${JSON.stringify(server.url)}, { http2: true });
      const sockets = () => process.getActiveResourcesInfo().filter((it) => it === "TCPSocketWrap").length;
      console.log(sockets());
      ws.close();
      for await (const message of ws);
      console.log(sockets());
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
    assert.equal(stdout, "1\n0\n");
  });

  test("nor is it kept for long", async (context) => {
    const server = await startHttp2Server(context, echo);
    await whenClosed(await connect(server.url, HTTP2));
    await once(server.sessions[0]!, "close");
  });
});
