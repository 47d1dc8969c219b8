import assert from "node:assert/strict";
import { once } from "node:events";
import type { Server as HttpServer } from "node:http";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect as connectTls, createSecureContext } from "node:tls";
import type { TLSSocket } from "node:tls";
import { createServer } from "../../src/server/server.js";
import { readMode } from "../../src/transport/static-read.js";
import { certificate, deferred, endings, startEcho, startServer } from "../support/live-server.js";
import { RawClient, requestText } from "../support/raw-client.js";

test("its own listener answers requests that are no opening handshake, and goes on", async (t) => {
  const live = await startEcho(t);
  const plain = await RawClient.connect(t, live);
  plain.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const { status, headers, body } = await plain.answer();
  assert.equal(status, 426);
  assert.equal(headers.get("upgrade"), "websocket");
  assert.match(body, /WebSocket server/);
  assert.equal(await plain.end(), "FIN");

  const garbage = await RawClient.connect(t, live);
  garbage.write("\u0016\u0003\u0001 this is no HTTP\r\n\r\n");
  assert.equal((await garbage.answer()).status, 400);
  assert.equal(await garbage.end(), "FIN");

  const client = await RawClient.open(t, live);
  client.text("still here");
  assert.equal(await client.next(), 'TEXT "still here"');
  assert.equal(live.server.counters.refused, 1);
});

test("one server may listen on several ports, and a port in use rejects", async (t) => {
  const live = await startEcho(t);
  const second = await live.server.listen({ port: 0, host: "127.0.0.1" });
  assert.notEqual(second.port, live.port);
  const client = await RawClient.open(t, { port: second.port });
  client.text("x");
  assert.equal(await client.next(), 'TEXT "x"');
  await assert.rejects(live.server.listen(live.port, "127.0.0.1"), { code: "EADDRINUSE" });
});

test("a Unix socket has no addresses, and no limit for each", async (t) => {
  const path = join(tmpdir(), `wireproof-${process.pid}-${Date.now()}.sock`);
  const server = createServer({ message: (ws, data) => ws.send(data), limits: { perAddress: 1 } });
  t.after(() => server.close({ drainMs: 0 }));
  await server.listen({ path });
  const answers = [];
  for (let count = 0; count < 3; count++) {
    const socket = connectTcp(path);
    t.after(() => socket.destroy());
    socket.write(requestText());
    answers.push(String((await once(socket, "data"))[0]).slice(9, 12));
  }
  assert.deepEqual(answers, ["101", "101", "101"]);
});

test("the first octets of a client may come with its request", async (t) => {
  const live = await startEcho(t);
  const client = await RawClient.connect(t, live);
  const masked = Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0x68 ^ 1, 0x69 ^ 2]);
  client.write(Buffer.concat([Buffer.from(requestText()), masked, masked]));
  assert.equal((await client.answer()).status, 101);
  assert.deepEqual([await client.next(), await client.next()], ['TEXT "hi"', 'TEXT "hi"']);
});

test("TLS: ALPN is http/1.1, and a client certificate reaches the upgrade hook", async (t) => {
  const { key, cert } = await certificate();
  const live = await startServer<string>(t, {
    tls: { key, cert, requestCert: true, rejectUnauthorized: false, ca: cert },
    upgrade: ({ raw, isSecure }) => {
      const socket = raw.socket as TLSSocket;
      return { data: `${isSecure} ${socket.authorized} ${String(socket.getPeerCertificate().subject?.CN)}` };
    },
    open: (ws) => ws.send(ws.data),
  });
  const tls = { ca: cert, key, cert, ALPNProtocols: ["http/1.1", "h2"] };
  const client = await RawClient.open(t, { port: live.port, tls });
  assert.equal((client.socket as TLSSocket).alpnProtocol, "http/1.1");
  // It is a server's certificate, so it is there and not trusted as a client's: whom to let in is the hook's business.
  assert.match(await client.next(), /^TEXT "true (true|false) localhost"$/);
});

test("TLS: a server that demands a client certificate refuses clients without one", async (t) => {
  const { key, cert } = await certificate();
  const live = await startEcho(t, {
    tls: { key, cert, requestCert: true, rejectUnauthorized: true, ca: cert },
  });
  const socket = connectTls({ port: live.port, host: "127.0.0.1", servername: "localhost", ca: cert });
  t.after(() => socket.destroy());
  socket.write(requestText());
  const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
  assert.match(String(error.code), /SSL|ECONNRESET|EPIPE/);
  assert.equal(live.server.counters.opened, 0);
});

test("TLS: the SNI callback chooses the certificate", async (t) => {
  const { key, cert } = await certificate();
  const asked: string[] = [];
  const live = await startEcho(t, {
    tls: {
      key,
      cert,
      SNICallback: (name, done) => {
        asked.push(name);
        done(null, createSecureContext({ key, cert }));
      },
    },
  });
  const client = await RawClient.open(t, live);
  client.text("x");
  assert.equal(await client.next(), 'TEXT "x"');
  assert.deepEqual(asked, ["localhost"]);
});

test("static reading and reading without it give the same", async (t) => {
  assert.equal(readMode(), process.env["WIREPROOF_NO_INTERNALS"] === "1" ? "data" : "static");
  for (const staticRead of [true, false]) {
    const { closes, close } = endings();
    const live = await startEcho(t, { staticRead, close });
    const client = await RawClient.open(t, live);
    const long = "0123456789".repeat(20_000);
    client.text(long);
    client.text("short");
    assert.equal(Buffer.from((await client.frame()).payload).toString(), long);
    assert.equal(await client.next(), 'TEXT "short"');
    client.close(4000, "done");
    assert.equal(await client.next(), 'CLOSE 4000 ""');
    client.socket.end();
    assert.equal(await closes.next(), "4000 done clean");
  }
});

test("errors while accepting do not end the process", async (t) => {
  const warned = deferred<Error>();
  process.once("warning", warned.resolve);
  t.after(() => process.off("warning", warned.resolve));
  const live = await startServer(t, {
    upgrade: ({ raw }) => {
      // What Node does when the system has no file descriptors left.
      const { server } = raw.socket as unknown as { server: HttpServer };
      server.emit("error", Object.assign(new Error("accept EMFILE"), { code: "EMFILE" }));
      return { data: undefined };
    },
  });
  await RawClient.open(t, live);
  assert.equal((await warned.promise).message, "accept EMFILE");
  await RawClient.open(t, live);
});

test("two servers share a port where Node can, and elsewhere that is said", async (t) => {
  const [live, other] = [await startEcho(t), createServer()];
  t.after(() => other.close());
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isAble = major >= 24 || (major === 22 && minor >= 12) || (major === 23 && minor >= 1);
  const options = { port: 0, host: "127.0.0.1", reusePort: true };
  if (!isAble || process.platform !== "linux") {
    await assert.rejects(live.server.listen(options), {
      code: "WIREPROOF_INVALID_ARGUMENT",
      message: /reusePort needs Node/,
    });
    return;
  }
  const { port } = await live.server.listen(options);
  assert.equal((await other.listen({ ...options, port })).port, port);
  await other.close();
  const client = await RawClient.open(t, { port });
  client.text("x");
  assert.equal(await client.next(), 'TEXT "x"');
});
