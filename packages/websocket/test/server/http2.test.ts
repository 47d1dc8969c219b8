import assert from "node:assert/strict";
import { once } from "node:events";
import { constants } from "node:http2";
import { describe, test } from "node:test";

import { createServer } from "../../src/server/server.js";
import type { UpgradeRequest } from "../../src/server/options.js";
import { Opcode } from "../../src/protocol/opcode.js";
import { ask, http2Session, open, request, startHttp2 } from "../support/http2.js";
import { Happenings, certificate, endings, problems } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import { Flag, Type, connectRequest, frame, rstStream } from "../support/raw-http2.js";
import { RawHttp2Client } from "../support/raw-http2-client.js";

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR } = constants;

describe("a listener of ours with HTTP/2", () => {
  for (const kind of ["cleartext", "TLS"] as const) {
    test(`takes both versions of HTTP on one port, ${kind}`, async (t) => {
      const { key, cert } = await certificate();
      const live = await startHttp2(t, {
        ...(kind === "TLS" ? { tls: { key, cert } } : {}),
        message: (ws, data) => {
          const { httpVersion, isSecure, remoteAddress, target } = ws.handshake;
          ws.send(`${httpVersion} ${isSecure} ${remoteAddress} ${target} ${String(data)}`);
        },
      });
      const session = await http2Session(t, live.url, kind === "TLS" ? { ca: cert } : {});
      assert.equal(session.remoteSettings.enableConnectProtocol, true);
      const { client: over2, headers } = await open(session, { ":path": "/room?a=1" });
      over2.text("hi");
      assert.equal(await over2.next(), `TEXT "2.0 ${kind === "TLS"} 127.0.0.1 /room?a=1 hi"`);
      assert.equal(headers["sec-websocket-accept"], undefined);
      const over1 = await RawClient.open(t, live);
      over1.text("hi");
      assert.equal(await over1.next(), `TEXT "1.1 ${kind === "TLS"} 127.0.0.1 / hi"`);
      assert.equal(live.server.connections.size, 2);
    });
  }

  test("has no pages: plain requests get 404, and tunnels and other protocols 501", async (t) => {
    const live = await startHttp2(t);
    const session = await http2Session(t, live.url);
    const page = await ask(session.request({ ":path": "/" }));
    assert.equal(page.status, 404);
    assert.match(page.body, /extended CONNECT/);
    const other = await ask(request(session, { ":protocol": "connect-udp" }));
    assert.deepEqual([other.status, other.rstCode], [501, NGHTTP2_NO_ERROR]);
    assert.match(other.body, /:protocol/);
    const tunnel = session.request({ ":method": "CONNECT", ":authority": "example.com:443" });
    assert.equal((await ask(tunnel)).status, 501);
    assert.equal(live.server.counters.refused, 2);
    const old = await fetch(live.url);
    assert.equal(old.status, 426);
  });

  test("ends a session that has had no stream for too long, and no other", async (t) => {
    const live = await startHttp2(t, { limits: { handshakeMs: 200 } });
    const busy = await http2Session(t, live.url);
    const { client, stream } = await open(busy);
    const idle = await http2Session(t, live.url);
    await once(idle, "close");
    client.send({ opcode: Opcode.Ping, payload: "still here" });
    assert.equal(await client.next(), 'PONG "still here"');
    client.close();
    stream.end();
    await once(busy, "close");
  });

  test("drops a socket that does not say which HTTP it speaks", async (t) => {
    const live = await startHttp2(t, { limits: { handshakeMs: 100 } });
    const client = await RawClient.connect(t, live);
    client.write("PRI * HT");
    assert.equal(await client.end(), "FIN");
  });

  test("understands a preface that comes octet by octet", async (t) => {
    const live = await startHttp2(t);
    const client = await RawClient.connect(t, live);
    client.socket.setNoDelay();
    for (const octet of "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") {
      client.write(octet);
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.write(Buffer.from("000000040000000000", "hex"));
    const [first] = (await once(client.socket, "data")) as [Buffer];
    assert.equal(first[3], 4, "a SETTINGS frame");
  });
});

describe("the opening handshake over HTTP/2", () => {
  test("the hook sees the request, and chooses data, subprotocol and fields", async (t) => {
    const seen: UpgradeRequest[] = [];
    const live = await startHttp2<{ user: string }>(t, {
      upgrade: (asked) => {
        seen.push(asked);
        const headers: [string, string][] = [
          ["Set-Cookie", "one=1"],
          ["Set-Cookie", "two=2"],
          ["X-Served-By", "us"],
        ];
        return { data: { user: asked.query.get("user") ?? "" }, protocol: "b", headers };
      },
      open: (ws) => ws.send(`${ws.data.user} ${ws.protocol}`),
    });
    const session = await http2Session(t, live.url);
    const { client, headers } = await open(session, {
      ":path": "/chat?user=ada",
      "sec-websocket-protocol": "a, b",
      "sec-websocket-key": "is ignored",
      origin: `http://localhost:${live.port}`,
      cookie: "a=1",
    });
    assert.equal(await client.next(), 'TEXT "ada b"');
    assert.deepEqual(headers["set-cookie"], ["one=1", "two=2"]);
    assert.deepEqual([headers["x-served-by"], headers["sec-websocket-protocol"]], ["us", "b"]);
    const [asked] = seen;
    const { target, path, host, origin, protocols, isSecure, remoteAddress, httpVersion } = asked!;
    assert.deepEqual(
      { target, path, host, origin, protocols, isSecure, remoteAddress, httpVersion },
      {
        target: "/chat?user=ada",
        path: "/chat",
        host: `localhost:${live.port}`,
        origin: `http://localhost:${live.port}`,
        protocols: ["a", "b"],
        isSecure: false,
        remoteAddress: "127.0.0.1",
        httpVersion: "2.0",
      },
    );
    assert.deepEqual([asked!.headers.cookie, asked!.headers.host], ["a=1", host]);
    assert.ok(!Object.keys(asked!.headers).some((name) => name.startsWith(":")));
    const { raw } = asked!;
    assert.deepEqual([raw.httpVersion, raw.method, raw.url], ["2.0", "CONNECT", "/chat?user=ada"]);
    assert.equal(raw.socket.remotePort, session.socket.localPort);
    assert.equal(asked!.raw, raw);
  });

  const refusals = [
    ["a wrong version", { "sec-websocket-version": "8" }, 400, "version-not-supported"],
    ["a foreign page", { origin: "http://foreign.example" }, 403, "origin-not-allowed"],
    ["another host", { ":authority": "foreign.example" }, 421, "host-not-served"],
    [
      "another host in the Host field",
      { ":authority": "localhost", host: "foreign.example" },
      400,
      "host-differs",
    ],
    ["another path", { ":path": "/other" }, 404, "path-not-served"],
    ["a body", { "content-length": "5" }, 400, "body-not-allowed"],
    ["another scheme", { ":scheme": "wss" }, 400, "scheme-malformed"],
  ] as const;
  for (const [what, changes, status, problem] of refusals) {
    test(`${what} is refused with ${status}, and the session goes on`, async (t) => {
      const live = await startHttp2(t, { path: "/", hosts: ["localhost"] });
      const session = await http2Session(t, live.url);
      const answer = await ask(request(session, changes));
      assert.deepEqual([answer.status, answer.rstCode], [status, NGHTTP2_NO_ERROR]);
      assert.equal(answer.headers["content-type"], "text/plain; charset=utf-8");
      const version = problem === "version-not-supported" ? "13" : undefined;
      assert.equal(answer.headers["sec-websocket-version"], version);
      assert.equal(live.server.counters.refused, 1);
      const { client } = await open(session);
      client.close();
      assert.deepEqual(await client.rest(), ['CLOSE 1000 ""', "FIN"]);
    });
  }

  test("the hook refuses with a status or a Response, and fields about a connection are left out", async (t) => {
    const live = await startHttp2(t, {
      upgrade: ({ path }) =>
        path === "/response"
          ? new Response("no", { status: 402, headers: { "X-Why": "money" } })
          : {
              status: 426,
              headers: { Upgrade: "websocket", Connection: "Upgrade", "X-Why": "h1" },
              body: "é",
            },
    });
    const session = await http2Session(t, live.url);
    const response = await ask(request(session, { ":path": "/response" }));
    assert.deepEqual([response.status, response.headers["x-why"], response.body], [402, "money", "no"]);
    const refusal = await ask(request(session));
    assert.deepEqual([refusal.status, refusal.headers["x-why"], refusal.body], [426, "h1", "é"]);
    assert.equal(refusal.headers.upgrade, undefined);
  });

  test("answers that cannot be sent over HTTP/2 are a fault of the application: 500", async (t) => {
    const warnings: string[] = [];
    const onWarning = ({ message }: Error): void => void warnings.push(message);
    process.on("warning", onWarning);
    t.after(() => process.off("warning", onWarning));
    const answers: Record<string, object> = {
      "/success": { status: 204 },
      "/connection": { data: undefined, headers: { "Keep-Alive": "5" } },
      "/twice": {
        data: undefined,
        headers: [
          ["Content-Type", "a/b"],
          ["Content-Type", "c/d"],
        ],
      },
    };
    const live = await startHttp2(t, { upgrade: ({ path }) => answers[path] as { data: undefined } });
    const session = await http2Session(t, live.url);
    for (const path of Object.keys(answers)) {
      const answer = await ask(request(session, { ":path": path }));
      assert.equal(answer.status, 500, path);
    }
    assert.equal(live.server.counters.opened, 0);
    assert.equal(warnings.length, 3);
  });

  test("a client that resets the stream while the hook decides is told to the hook", async (t) => {
    const aborted = new Happenings<string>();
    const asked = new Happenings<string>();
    const live = await startHttp2(t, {
      upgrade: (_request, { signal }) =>
        new Promise<never>((_resolve, reject) => {
          asked.add("asked");
          signal.addEventListener("abort", () => {
            aborted.add((signal.reason as Error & { problem: string }).problem);
            reject(signal.reason as Error);
          });
        }),
    });
    const session = await http2Session(t, live.url);
    for (const code of [NGHTTP2_CANCEL, NGHTTP2_NO_ERROR]) {
      const stream = request(session);
      await asked.next();
      stream.close(code);
      assert.equal(await aborted.next(), "client-gone");
    }
  });
});

describe("how connections over HTTP/2 end", () => {
  test("by the closing handshake, then END_STREAM of both", async (t) => {
    const { closes, close } = endings();
    const live = await startHttp2(t, { close });
    const session = await http2Session(t, live.url);
    const { client, stream } = await open(session);
    client.close(1000, "bye");
    assert.deepEqual(await client.rest(), ['CLOSE 1000 ""', "FIN"]);
    stream.end();
    if (!stream.closed) await once(stream, "close");
    assert.equal(stream.rstCode, NGHTTP2_NO_ERROR);
    assert.equal(await closes.next(), "1000 bye clean");
    assert.equal(session.destroyed, false);
  });

  const abrupt = [
    ["END_STREAM without a Close frame", frame(Type.Data, Flag.EndStream, 1), []],
    ["RST_STREAM with CANCEL", rstStream(1), ["WIREPROOF_TRANSPORT"]],
    ["RST_STREAM with NO_ERROR", rstStream(1, NGHTTP2_NO_ERROR), []],
    ["RST_STREAM with another code", rstStream(1, 2), ["WIREPROOF_TRANSPORT"]],
  ] as const;
  for (const [what, octets, reported] of abrupt) {
    test(`${what} is 1006`, async (t) => {
      const { closes, close } = endings();
      const { errors, error } = problems();
      const live = await startHttp2(t, { close, error });
      const client = await RawHttp2Client.connect(t, live.port);
      client.write(connectRequest(1));
      await client.until(Type.Headers);
      client.write(octets);
      assert.equal(await closes.next(), "1006 unclean");
      assert.deepEqual(errors.seen, reported);
      assert.equal(live.server.connections.size, 0);
    });
  }

  for (const kind of ["cleartext", "TLS"] as const) {
    test(`the loss of the HTTP/2 connection is 1006 for all its streams, ${kind}`, async (t) => {
      const { closes, close } = endings();
      const { errors, error } = problems();
      const { key, cert } = await certificate();
      const live = await startHttp2(t, { close, error, ...(kind === "TLS" ? { tls: { key, cert } } : {}) });
      const session = await http2Session(t, live.url, { ca: cert });
      await open(session);
      await open(session);
      session.destroy();
      assert.deepEqual([await closes.next(), await closes.next()], ["1006 unclean", "1006 unclean"]);
      assert.deepEqual(errors.seen, []);
      assert.equal(live.server.connections.size, 0);
    });
  }

  test("terminate() is RST_STREAM with CANCEL, and the other streams go on", async (t) => {
    const live = await startHttp2(t, {
      message: (ws, data) => (data === "die" ? ws.terminate() : ws.send(data)),
    });
    const session = await http2Session(t, live.url);
    const [one, other] = [await open(session), await open(session)];
    one.client.text("die");
    await once(one.stream, "close");
    assert.equal(one.stream.rstCode, NGHTTP2_CANCEL);
    other.client.text("hi");
    assert.equal(await other.client.next(), 'TEXT "hi"');
  });

  test("GOAWAY of the client lets its streams finish", async (t) => {
    const live = await startHttp2(t, { message: (ws, data) => ws.send(data) });
    const session = await http2Session(t, live.url);
    const { client, stream } = await open(session);
    session.close();
    client.text("still here");
    assert.equal(await client.next(), 'TEXT "still here"');
    client.close();
    stream.end();
    await once(session, "close");
  });

  test("the server closes with GOAWAY and 1001, and waits for the closing handshakes", async (t) => {
    const { closes, close } = endings();
    const live = await startHttp2(t, { close });
    const session = await http2Session(t, live.url);
    const { client, stream } = await open(session);
    const away = once(session, "goaway");
    const closed = live.server.close();
    const [code] = (await away) as [number];
    assert.equal(code, NGHTTP2_NO_ERROR);
    assert.equal(await client.next(), 'CLOSE 1001 ""');
    client.close(1001);
    stream.end();
    await closed;
    assert.equal(await closes.next(), "1001 clean");
    if (!session.destroyed) await once(session, "close");
  });

  test("clients that do not close are dropped when the time is over", async (t) => {
    const { closes, close } = endings();
    const live = await startHttp2(t, { close });
    const session = await http2Session(t, live.url);
    await open(session);
    await live.server.close({ drainMs: 20 });
    assert.equal(await closes.next(), "1006 unclean");
    if (!session.destroyed) await once(session, "close");
  });

  test("the option http2 is true or false", async () => {
    const server = createServer();
    const options = { port: 0, http2: "yes" as unknown as boolean };
    await assert.rejects(server.listen(options), { code: "WIREPROOF_INVALID_ARGUMENT" });
  });
});
