import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { connect } from "../../src/index.js";
import type { WebSocketConnection } from "../../src/index.js";
import { scriptedServer } from "../../src/testing/index.js";
import type { Script } from "../../src/testing/index.js";
import { endings } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import { PATIENT, serve, open, messagesOf, failureOf } from "./scripted.js";

suite("what is not as expected", () => {
  const cases: Readonly<Record<string, [Script, (ws: WebSocketConnection) => void, string]>> = {
    "another text": [
      (peer) => peer.receive("hello"),
      (ws) => ws.send("bye"),
      'expected the text "hello", but the text "bye" came.',
    ],
    "a text that does not match": [
      (peer) => peer.receive(/^h/),
      (ws) => ws.send("bye"),
      'expected a text that matches /^h/, but the text "bye" came.',
    ],
    "other octets": [
      (peer) => peer.receive(Buffer.of(1, 255)),
      (ws) => ws.send(Buffer.alloc(40, 16)),
      `expected the octets <01 ff>, but the octets <${Array(32).fill("10").join(" ")} … 40 in all> came.`,
    ],
    "octets for text": [
      (peer) => peer.receiveText(),
      (ws) => ws.send(Buffer.of(1)),
      "expected a text message, but the octets <01> came.",
    ],
    "text for octets": [
      (peer) => peer.receiveBinary(),
      (ws) => ws.send("x"),
      'expected a binary message, but the text "x" came.',
    ],
    "no JSON": [
      (peer) => peer.receiveJson(),
      (ws) => ws.send("{"),
      'expected a message of JSON, but the text "{" came.',
    ],
    "other JSON": [
      (peer) => peer.receiveJson({ type: "join", room: 1 }),
      (ws) => ws.send('{"type":"leave"}'),
      "expected the JSON { type: 'join', room: 1 }, but { type: 'leave' } came.",
    ],
    "a Close frame for a message": [
      (peer) => peer.receive("hello"),
      (ws) => ws.close(4000, "enough"),
      'expected the text "hello", but a Close frame with 4000 "enough" came.',
    ],
    "another close code": [
      (peer) => peer.receiveClose(1000),
      (ws) => ws.close(4000),
      "expected a Close frame with 1000, but a Close frame with 4000 came.",
    ],
    "a message for a Close frame": [
      (peer) => peer.receiveClose(),
      (ws) => ws.send("wait"),
      'expected a Close frame, but the text "wait" came.',
    ],
    "the end for a message": [
      (peer) => peer.receive(),
      (ws) => ws.terminate(),
      "expected a message, but the connection ended without a Close frame.",
    ],
    "the end for a Ping": [
      (peer) => peer.receivePing(),
      (ws) => ws.close(),
      "expected a Ping, but a Close frame without a code came.",
    ],
    "a long text": [
      (peer) => peer.receive("short"),
      (ws) => ws.send("x".repeat(1_000)),
      `expected the text "short", but the text "${"x".repeat(199)}… (1002 characters) came.`,
    ],
  };
  for (const [what, [script, act, message]] of Object.entries(cases)) {
    test(what, async (context) => {
      const server = await serve(context, script);
      act(await open(context, server));
      assert.equal(await failureOf(server), `Connection 1: ${message}`);
    });
  }

  test("nothing in time", async (context) => {
    const server = await serve(context, (peer) => peer.receive("hello"), { timeoutMs: 20 });
    await open(context, server);
    assert.equal(
      await failureOf(server),
      'Connection 1: expected the text "hello", but nothing came in 20 ms.',
    );
  });

  test("a client that breaks the protocol", async (context) => {
    const server = await serve(context, (peer) => peer.receive());
    const client = await RawClient.open(context, { port: server.port });
    client.write(Buffer.from("810161", "hex"));
    assert.equal(
      await failureOf(server),
      "Connection 1: the client breaks RFC 6455 §5.1: A frame from a client has to be masked.",
    );
    assert.equal(await client.next(), 'CLOSE 1002 "A frame from a client has to be masked."');
    await server.done();
  });

  test("a client that breaks the protocol behind the end of the script", async (context) => {
    const server = await serve(context, () => {});
    const client = await RawClient.open(context, { port: server.port });
    await server.done();
    client.write(Buffer.from("830161", "hex"));
    assert.match(await client.next(), /^CLOSE 1002/);
    await assert.rejects(server.close(), /^ScriptError: Connection 1: the client breaks RFC 6455 §5.2/);
  });

  test("a script that throws ends the connection with its reason", async (context) => {
    const server = await serve(context, [
      () => {
        throw new Error("before the answer");
      },
      (peer) => {
        peer.accept();
        throw new Error(`behind it ${"é".repeat(100)}`);
      },
    ]);
    await assert.rejects(connect(server.url), { status: 500, body: "before the answer" });
    await assert.rejects(server.done(), { message: "before the answer" });
    const ws = await open(context, server);
    await messagesOf(ws);
    assert.equal(ws.closed?.code, 1011);
    assert.match(ws.closed?.reason ?? "", /^behind it é+$/);
    await assert.rejects(server.done(), /^Error: behind it/);
  });

  test("more connections than scripts, and fewer", async (context) => {
    const server = await serve(context, [() => {}], { timeoutMs: 20 });
    assert.equal(await failureOf(server), "0 of 1 connections have come: nothing more came in 20 ms.");
    await assert.rejects(server.connected(), /^Error: Connection 1 has not come/);
    await open(context, server);
    await server.done();
    await assert.rejects(connect(server.url), { status: 500 });
    assert.equal(await failureOf(server), "Connection 2: there are 1 scripts, and none for this connection.");
  });

  test("is not lost when nobody asks: close rejects", async () => {
    const server = await scriptedServer((peer) => peer.receive("hello"), PATIENT);
    const both = [await connect(server.url), await connect(server.url)];
    for (const ws of both) ws.send("bye");
    for (const ws of both) await messagesOf(ws);
    await assert.rejects(server.close(), (error: AggregateError) => error.errors.length === 2);
    await server.close();
  });

  test("a script that still waits when the server closes is no failure", async () => {
    const server = await scriptedServer((peer) => peer.receive("hello"), PATIENT);
    const { closes, close } = endings();
    await connect(server.url, { close });
    await server.connected();
    await server.close();
    assert.equal(await closes.next(), "1006 unclean");
  });
});
