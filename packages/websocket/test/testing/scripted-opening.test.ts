import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { ErrorCode, WebSocketError, connect } from "../../src/index.js";
import { ScriptError } from "../../src/testing/index.js";
import type { Script } from "../../src/testing/index.js";
import { certificate, endings } from "../support/live-server.js";
import { RawClient, requestText } from "../support/raw-client.js";
import { PATIENT, serve, open, failureOf } from "./scripted.js";

suite("an opening handshake", () => {
  test("is refused with any status, header fields and body", async (context) => {
    const server = await serve(context, (peer) =>
      peer.refuse(401, { headers: { "WWW-Authenticate": "Bearer", Connection: null }, body: "Who are you?" }),
    );
    const error: unknown = await connect(server.url).catch((reason: unknown) => reason);
    assert.ok(error instanceof WebSocketError);
    assert.deepEqual([error.code, error.status], [ErrorCode.UnexpectedResponse, 401]);
    assert.equal(error.body, "Who are you?");
    assert.equal(error.headers?.get("www-authenticate"), "Bearer");
    assert.equal(error.headers?.has("connection"), false);
    await server.done();
  });

  test("is never answered", async (context) => {
    const asked = new AbortController();
    const server = await serve(context, async (peer) => {
      asked.abort(new Error("enough"));
      assert.equal((await peer.gone()).code, 1006);
    });
    await assert.rejects(connect(server.url, { signal: asked.signal }), { message: "enough" });
    await server.done();
    assert.equal(server.connections[0]?.isAccepted, false);
  });

  test("of a client that goes before the answer", async (context) => {
    const server = await serve(context, async (peer) => {
      await peer.gone();
      peer.send("too late");
    });
    const client = await RawClient.connect(context, { port: server.port });
    client.write(requestText());
    client.socket.end();
    assert.equal(await failureOf(server), "Connection 1: the client has gone before it was accepted.");
  });

  test("is answered with what is no HTTP, or with nothing", async (context) => {
    const server = await serve(context, [
      (peer) => peer.write("SSH-2.0-OpenSSH_9.6\r\n\r\n"),
      (peer) => peer.end(),
      (peer) => peer.reset(),
      (peer) => peer.accept({ headers: { "Sec-WebSocket-Accept": "wrong" } }),
    ]);
    for (const problem of ["not-http", "response-incomplete", undefined, "accept-wrong"]) {
      const error: unknown = await connect(server.url).catch((reason: unknown) => reason);
      assert.ok(error instanceof WebSocketError);
      assert.equal(error.problem, problem, error.message);
    }
    await server.done();
  });

  test("is answered once", async (context) => {
    const server = await serve(context, [
      (peer) => {
        peer.refuse(403);
        peer.accept();
      },
      (peer) => {
        peer.accept();
        peer.accept();
        peer.refuse(403);
      },
    ]);
    await assert.rejects(connect(server.url), { status: 403 });
    await assert.rejects(server.done(), ScriptError);
    await open(context, server);
    assert.equal(
      await failureOf(server),
      "Connection 2: the client was not refused: it is answered already.",
    );
  });

  test("that is wrong is refused, and reported", async (context) => {
    const server = await serve(context, () => {});
    const client = await RawClient.connect(context, { port: server.port });
    const { status } = await client.ask({ headers: { "Sec-WebSocket-Key": "short" } });
    assert.equal(status, 400);
    assert.match(await failureOf(server), /^Connection 1: the client's opening handshake is wrong: .*Key/);
    assert.equal((await fetch(server.url.replace("ws:", "http:"))).status, 426);
  });

  test("over TLS", async (context) => {
    const { cert, key } = await certificate();
    const script: Script = async (peer) => {
      assert.equal(peer.request.isSecure, true);
      await peer.receive("hello");
      peer.reset();
    };
    const server = await serve(context, script, { tls: { cert, key }, ...PATIENT });
    const { closes, close } = endings();
    const ws = await open(context, server, { tls: { ca: cert }, close });
    ws.send("hello");
    assert.equal(await closes.next(), "1006 unclean");
    await server.done();
  });
});
