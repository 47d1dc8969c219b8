import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { ErrorCode, connect } from "../../src/index.js";
import { VIOLATIONS } from "../../src/testing/index.js";
import { Happenings, endings, problems } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import { serve, open, messagesOf } from "./scripted.js";

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
