import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createTcpServer } from "node:net";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";

import { WebSocket as UndiciWebSocket } from "undici";
import { WebSocket as Ws } from "ws";

import { ErrorCode, WebSocketError, connect } from "../../src/index.js";
import type { ConnectOptions, WebSocketConnection } from "../../src/index.js";
import { ScriptError, VIOLATIONS, scriptedServer } from "../../src/testing/index.js";
import type { Script, ScriptedPeer, ScriptedServer } from "../../src/testing/index.js";
import { Happenings, certificate, endings, problems } from "../support/live-server.js";
import { RawClient, requestText } from "../support/raw-client.js";

/** Nothing is awaited in vain here, so a busy machine must not be taken for a failure. */
const PATIENT = { timeoutMs: 60_000 };

/** A server that is closed with the test, whatever its scripts have thrown. */
async function serve(
  context: TestContext,
  scripts: Script | readonly Script[],
  options: object = PATIENT,
): Promise<ScriptedServer> {
  const server = await scriptedServer(scripts, options);
  context.after(() => server.close().catch(() => {}));
  return server;
}

/** A client that is dropped with the test. */
async function open(
  context: TestContext,
  { url }: ScriptedServer,
  options: ConnectOptions = {},
): Promise<WebSocketConnection> {
  const ws = await connect(url, options);
  context.after(() => ws.terminate());
  return ws;
}

async function messagesOf(ws: WebSocketConnection): Promise<unknown[]> {
  const messages: unknown[] = [];
  for await (const message of ws) messages.push(message);
  return messages;
}

/** The message of the error with which `done` rejects. */
async function failureOf(server: ScriptedServer): Promise<string> {
  const error: unknown = await server.done().then(
    () => assert.fail("every script has ended well"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error);
  return error.message;
}

suite("a script", () => {
  test("receives and sends messages of every kind", async (context) => {
    const server = await serve(context, async (peer) => {
      await peer.receive("text");
      await peer.receive(/^pat/);
      await peer.receive(Buffer.of(1, 2));
      assert.equal(await peer.receiveText(), "any text");
      assert.deepEqual(await peer.receiveBinary(), Buffer.of(3));
      assert.deepEqual(await peer.receiveJson({ a: [1] }), { a: [1] });
      assert.equal(await peer.receiveJson(), null);
      assert.equal(await peer.receive(), "last");
      peer.send("text");
      peer.send(Uint8Array.of(4, 5));
      peer.sendJson({ b: 2 });
      peer.sendFragments(["in ", "pie", "ces"]);
      peer.sendFragments([Uint8Array.of(6), Uint8Array.of(7)]);
      peer.close(1000, "done");
      assert.deepEqual(await peer.receiveClose(1000), { code: 1000, reason: "" });
      assert.deepEqual(await peer.gone(), { code: 1000, reason: "", wasClean: true });
    });
    const ws = await open(context, server);
    for (const message of ["text", "pattern", Buffer.of(1, 2), "any text", Buffer.of(3)]) ws.send(message);
    for (const message of ['{"a":[1]}', "null", "last"]) ws.send(message);
    const expected = ["text", Buffer.of(4, 5), '{"b":2}', "in pieces", Buffer.of(6, 7)];
    assert.deepEqual(await messagesOf(ws), expected);
    assert.deepEqual(ws.closed, { code: 1000, reason: "done", wasClean: true });
    await server.done();
    const [peer] = server.connections;
    assert.equal(peer?.messages.length, 8);
    assert.deepEqual(peer?.closeReceived, { code: 1000, reason: "" });
  });

  test("accepts with the first subprotocol that is offered, or as it says", async (context) => {
    const server = await serve(context, [
      () => {},
      (peer) => peer.accept({ protocol: "b", headers: { "X-Seen": ["1", "2"] } }),
      (peer) => peer.accept({ protocol: null }),
      (peer) => peer.accept({ protocol: "c" }),
    ]);
    const protocols = ["a", "b"];
    assert.equal((await open(context, server, { protocols })).protocol, "a");
    const second = await open(context, server, { protocols });
    assert.equal(second.protocol, "b");
    assert.equal(second.handshake.headers?.get("x-seen"), "1, 2");
    await assert.rejects(open(context, server, { protocols }), { problem: "protocol-missing" });
    await assert.rejects(open(context, server, { protocols }), { problem: "protocol-not-offered" });
    await server.done();
  });

  test("sees the request before it answers", async (context) => {
    const server = await serve(context, (peer) => {
      const { path, query, headers, protocols, origin } = peer.request;
      assert.deepEqual([path, query.get("x"), headers["x-token"]], ["/chat", "1", "secret"]);
      assert.deepEqual([protocols, origin], [["p"], "https://app.example"]);
      assert.equal(peer.isAccepted, false);
    });
    const ws = await connect(`${server.url}/chat?x=1`, {
      protocols: ["p"],
      origin: "https://app.example",
      headers: { "X-Token": "secret" },
    });
    ws.terminate();
    await server.done();
  });

  test("compresses, and inflates, if it says so", async (context) => {
    const text = "again and ".repeat(1_000);
    const server = await serve(context, async (peer) => {
      peer.accept({ compression: true });
      await peer.receive(text);
      peer.send(text);
      peer.close();
    });
    const ws = await open(context, server, { compression: { threshold: 0 } });
    ws.send(text);
    assert.deepEqual(await messagesOf(ws), [text]);
    const { octetsReceived, octetsSent } = ws.counters;
    assert.ok(octetsReceived + octetsSent < 500);
    await server.done();
  });

  test("answers Pings and Close frames by itself, unless it is told not to", async (context) => {
    const server = await serve(context, [
      async (peer) => void (await peer.receivePing()),
      async (peer) => {
        peer.answersPings = peer.answersClose = false;
        assert.equal(String(await peer.receivePing()), "ping 2");
        peer.pong("unasked");
        await peer.receiveClose(4000, "bye");
        assert.deepEqual(await peer.gone(), { code: 4000, reason: "bye", wasClean: false });
      },
    ]);
    const pongs = new Happenings<string>();
    const pong = (_ws: unknown, payload: Uint8Array): void => pongs.add(String(payload));
    const polite = await open(context, server, { pong });
    polite.ping("ping 1");
    assert.equal(await pongs.next(), "ping 1");
    polite.close();
    await messagesOf(polite);
    assert.equal(polite.closed?.wasClean, true);
    const rude = await open(context, server, { pong, limits: { closeMs: 1 } });
    rude.ping("ping 2");
    assert.equal(await pongs.next(), "unasked");
    rude.close(4000, "bye");
    await assert.rejects(messagesOf(rude));
    assert.equal(rude.closed?.code, 1006);
    await server.done();
    assert.deepEqual(pongs.seen, ["ping 1", "unasked"]);
  });

  test("pings, and waits for the pong", async (context) => {
    const server = await serve(context, async (peer) => {
      peer.ping("are you there?");
      assert.equal(String(await peer.receivePong()), "are you there?");
    });
    await open(context, server);
    await server.done();
  });

  test("ends or breaks TCP without a Close frame", async (context) => {
    const server = await serve(context, [
      (peer) => {
        peer.send("behind this");
        peer.end();
      },
      async (peer) => {
        await peer.receive();
        peer.reset();
      },
    ]);
    const [ended, broken] = [endings(), endings()];
    const { errors, error } = problems();
    const received = new Happenings<unknown>();
    const message = (_ws: unknown, data: unknown): void => received.add(data);
    await open(context, server, { close: ended.close, message });
    assert.equal(await ended.closes.next(), "1006 unclean");
    assert.deepEqual(received.seen, ["behind this"]);
    (await open(context, server, { close: broken.close, error })).send("reset me");
    assert.equal(await broken.closes.next(), "1006 unclean");
    assert.deepEqual(errors.seen, [ErrorCode.Transport]);
    await server.done();
  });

  test("stalls: the client's backlog grows until it flows again", async (context) => {
    const big = Buffer.alloc(4 * 1024 * 1024);
    const server = await serve(context, async (peer) => {
      peer.stall();
      peer.send("go");
      const [first] = await Promise.all([peer.receiveBinary(), stalled.next().then(() => peer.flow())]);
      assert.equal(first.length, big.length);
    });
    const stalled = new Happenings<void>();
    const ws = await open(context, server, { compression: false });
    for (let sent = 0; ws.bufferedAmount < big.length && sent < 4; sent++) ws.send(big);
    assert.ok(ws.bufferedAmount > 0);
    stalled.add();
    await ws.ready();
    await server.done();
  });

  test("sends any frame and any octets, in order", async (context) => {
    const server = await serve(context, async (peer) => {
      peer.send("1");
      peer.frame({ opcode: 1, payload: "2", fin: false });
      peer.frame({ opcode: 0, payload: "3" });
      peer.write(Buffer.from("810134", "hex"));
      peer.send("5");
      peer.close(1000);
      // RFC 6455 §5.5.1: nothing may follow a Close frame.
      peer.frame({ opcode: 1, payload: "6" });
      await peer.gone();
    });
    const client = await RawClient.open(context, { port: server.port });
    for (const expected of ['TEXT "1"', 'TEXT+ "2"', 'CONTINUATION "3"', 'TEXT "4"', 'TEXT "5"'])
      assert.equal(await client.next(), expected);
    assert.equal(await client.next(), 'CLOSE 1000 ""');
    assert.equal(await client.next(), 'TEXT "6"');
    client.close();
    assert.equal(await client.end(), "FIN");
    client.socket.end();
    await server.done();
  });

  for (const violation of VIOLATIONS) {
    test(`breaks the protocol: ${violation}`, async (context) => {
      const server = await serve(context, async (peer) => {
        peer.accept({ compression: true });
        peer.violate(violation);
        await peer.receiveClose();
        await peer.gone();
      });
      const { errors, error } = problems();
      await open(context, server, { error });
      assert.equal(await errors.next(), violation);
      await server.done();
    });
  }
});

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

suite("a scripted server", () => {
  test("numbers its connections, and says when each has come", async (context) => {
    const server = await serve(context, (peer: ScriptedPeer) => peer.send(`number ${peer.number}`));
    const second = server.connected(2);
    const first = await open(context, server);
    await server.connected();
    assert.equal(server.connections.length, 1);
    await open(context, server);
    assert.equal((await second).number, 2);
    assert.equal((await first[Symbol.asyncIterator]().next()).value, "number 1");
  });

  test("listens where it is told to", async (context) => {
    const free = createTcpServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as { port: number };
    await assert.rejects(
      scriptedServer(() => {}, { port }),
      { code: "EADDRINUSE" },
    );
    free.close();
    await once(free, "close");
    const server = await serve(context, () => {}, { port, ...PATIENT });
    assert.deepEqual([server.port, server.url], [port, `ws://127.0.0.1:${port}`]);
    await assert.rejects(
      scriptedServer(() => {}, { timeoutMs: 0 }),
      { code: ErrorCode.InvalidArgument },
    );
  });

  test("plays with ws and undici as well", async (context) => {
    const server = await serve(context, [
      async (peer) => {
        await peer.receive("hello");
        peer.violate("reserved-opcode");
        await peer.receiveClose(1002);
        await peer.gone();
      },
      async (peer) => {
        await peer.receive("hello");
        peer.close(1012, "restarting");
        await peer.gone();
      },
    ]);
    const ws = new Ws(server.url);
    context.after(() => ws.terminate());
    ws.on("open", () => ws.send("hello"));
    const [error] = (await once(ws, "error")) as [NodeJS.ErrnoException];
    assert.equal(error.code, "WS_ERR_INVALID_OPCODE");
    const client = new UndiciWebSocket(server.url);
    client.addEventListener("open", () => client.send("hello"));
    const closed = await new Promise<{ code: number; reason: string }>((resolve) =>
      client.addEventListener("close", resolve as never),
    );
    assert.deepEqual([closed.code, closed.reason], [1012, "restarting"]);
    await server.done();
  });
});
