import assert from "node:assert/strict";
import { createServer as createHttp } from "node:http";
import type { RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import { describe, test } from "node:test";
import { createServer } from "../../src/server/server.js";
import { certificate, startHttp } from "../support/live-server.js";
import { RawClient, requestText } from "../support/raw-client.js";

const application: RequestListener = (request, response) => {
  response.end(`${request.method} ${request.url} of the application`);
};

test("several servers at several paths of one HTTP server, whose application goes on", async (t) => {
  const http = createHttp(application);
  const port = await startHttp(t, http);
  const named = (name: string, path: string) =>
    createServer({ path, message: (ws, data) => ws.send(`${name}: ${String(data)}`) }).attach(http);
  const [one, two] = [named("one", "/one"), named("two", "/two")];
  t.after(() => Promise.all([one.close({ drainMs: 0 }), two.close({ drainMs: 0 })]));

  for (const [target, name] of [
    ["/one", "one"],
    ["/two?room=1", "two"],
    ["http://localhost/one", "one"],
  ] as const) {
    const client = await RawClient.open(t, { port }, { target });
    client.text("hi");
    assert.equal(await client.next(), `TEXT "${name}: hi"`);
  }
  const lost = await RawClient.connect(t, { port });
  assert.equal((await lost.ask({ target: "/three" })).status, 404);
  assert.equal(one.counters.refused, 1);
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/one`)).text(), "GET /one of the application");
});

test("an https server may be attached to as well", async (t) => {
  const { key, cert } = await certificate();
  const https = createHttps({ key, cert }, application);
  const port = await startHttp(t, https);
  const server = createServer({ message: (ws, data) => ws.send(`${ws.handshake.isSecure} ${String(data)}`) });
  server.attach(https);
  t.after(() => server.close({ drainMs: 0 }));
  const client = await RawClient.open(t, { port, tls: { ca: cert } });
  client.text("hi");
  assert.equal(await client.next(), 'TEXT "true hi"');
});

test("who is closed leaves, and the HTTP server and the other goes on", async (t) => {
  const http = createHttp(application);
  const port = await startHttp(t, http);
  const one = createServer({ path: "/one" }).attach(http);
  const two = createServer({ path: "/two" }).attach(http);
  t.after(() => two.close({ drainMs: 0 }));
  await one.close();
  const client = await RawClient.connect(t, { port });
  assert.equal((await client.ask({ target: "/one" })).status, 404);
  await RawClient.open(t, { port }, { target: "/two" });
  await two.close({ drainMs: 0 });
  // There is no listener for upgrades any more, so they are plain requests to the application.
  const plain = await RawClient.connect(t, { port });
  assert.equal((await plain.ask({ target: "/one" })).status, 200);
  assert.throws(() => one.attach(http), { code: "WIREPROOF_INVALID_ARGUMENT" });
});

test("a listener of the application for other paths gets them", async (t) => {
  const http = createHttp(application);
  const port = await startHttp(t, http);
  const server = createServer({ path: "/ours" }).attach(http);
  t.after(() => server.close({ drainMs: 0 }));
  http.on("upgrade", (request, socket) => {
    if (request.url === "/theirs") socket.end("HTTP/1.1 418 I'm a teapot\r\nConnection: close\r\n\r\n");
  });
  const theirs = await RawClient.connect(t, { port });
  assert.equal((await theirs.ask({ target: "/theirs" })).status, 418);
  await RawClient.open(t, { port }, { target: "/ours" });
});

test("requests that offer another upgrade are left to the application", async (t) => {
  const http = createHttp(application);
  const port = await startHttp(t, http);
  const server = createServer({}).attach(http);
  t.after(() => server.close({ drainMs: 0 }));
  const client = await RawClient.connect(t, { port });
  const headers = { Upgrade: "h2c", Connection: "Upgrade, HTTP2-Settings", "HTTP2-Settings": "AAMAAABkAAQ" };
  client.write(
    [
      "GET /page HTTP/1.1",
      "Host: localhost",
      ...Object.entries(headers).map((it) => it.join(": ")),
      "",
      "",
    ].join("\r\n"),
  );
  const { status, body } = await client.answer();
  assert.deepEqual([status, body], [200, "GET /page of the application"]);
  assert.equal(await client.end(), "FIN");
});

test("one that is pipelined behind a request without an answer is dropped, and no other", async (t) => {
  const http = createHttp((request, response) => {
    if (request.url !== "/slow") application(request, response);
  });
  const port = await startHttp(t, http);
  const server = createServer({}).attach(http);
  t.after(() => server.close({ drainMs: 0 }));
  const client = await RawClient.connect(t, { port });
  const slow = "GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const other = "GET /page HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n";
  client.write(slow + other);
  await client.end();
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/page`)).text(), "GET /page of the application");
  await RawClient.open(t, { port });
});

test("handleUpgrade takes a request that the application has received", async (t) => {
  const http = createHttp(application);
  const port = await startHttp(t, http);
  const own = createServer({ message: (ws, data) => ws.send(data) });
  t.after(() => own.close({ drainMs: 0 }));
  http.on("upgrade", (request, socket, head) => own.handleUpgrade(request, socket, head));
  const client = await RawClient.open(t, { port }, { target: "/anywhere" });
  client.text("hi");
  assert.equal(await client.next(), 'TEXT "hi"');
  await own.close({ drainMs: 0 });
  const late = await RawClient.connect(t, { port });
  assert.equal((await late.ask()).status, 503);
});

test("a path function that throws is reported, and the client is refused", async (t) => {
  const http = createHttp(application);
  const port = await startHttp(t, http);
  const path = (): boolean => {
    throw new Error("no such path");
  };
  const server = createServer({ path }).attach(http);
  t.after(() => server.close({ drainMs: 0 }));
  const warnings: string[] = [];
  const onWarning = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", onWarning);
  t.after(() => process.off("warning", onWarning));
  const client = await RawClient.connect(t, { port });
  assert.equal((await client.ask()).status, 404);
  assert.deepEqual(warnings, ["no such path"]);
});

test("only true opens a path: a promise does not, and its rejection does not get out", async (t) => {
  const warnings: string[] = [];
  const onWarning = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", onWarning);
  t.after(() => process.off("warning", onWarning));
  const answers = [
    () => Promise.resolve(true),
    () => Promise.reject(new Error("late")),
    () => 1,
    () => "yes",
  ];
  for (const path of answers) {
    const server = createServer({ path: path as never });
    t.after(() => server.close({ drainMs: 0 }));
    const { port } = await server.listen(0, "127.0.0.1");
    const client = await RawClient.connect(t, { port });
    assert.equal((await client.ask()).status, 404);
  }
  await new Promise(setImmediate);
  const sentence = "The option path has to decide at once and must not return a promise.";
  assert.deepEqual(warnings, [sentence, sentence]);
});

describe("an upgrade that is pipelined behind another request", () => {
  for (const [what, request] of [
    ["a plain GET", requestText({ headers: { Upgrade: null, Connection: null } })],
    ["a GET without a Host", "GET / HTTP/1.1\r\n\r\n"],
  ] as const) {
    test(`on its own listener: ${what} ends the connection, and no client is announced`, async (t) => {
      const seen: string[] = [];
      const server = createServer({ open: () => seen.push("open"), close: () => seen.push("close") });
      t.after(() => server.close({ drainMs: 0 }));
      const { port } = await server.listen(0, "127.0.0.1");
      const client = await RawClient.connect(t, { port });
      client.write(request + requestText());
      const { status } = await client.answer();
      assert.ok(status === 426 || status === 400, `${status}`);
      assert.deepEqual(await client.rest(), ["FIN"]);
      client.socket.end();
      await new Promise(setImmediate);
      assert.deepEqual(seen, []);
      assert.equal(server.counters.opened, 0);
    });
  }

  test("of an application waits for its answer, and is opened behind it", async (t) => {
    let answerSlowly = (): void => {};
    const asked = new Promise<void>((resolve) => {
      answerSlowly = resolve;
    });
    const http = createHttp((_request, response) => void asked.then(() => response.end("slow")));
    const port = await startHttp(t, http);
    const server = createServer({ message: (ws, data) => ws.send(data), path: "/chat" }).attach(http);
    t.after(() => server.close({ drainMs: 0 }));
    const page = requestText({ headers: { Upgrade: null, Connection: null } });
    const client = await RawClient.connect(t, { port });
    client.write(page + page + requestText({ target: "/chat" }));
    const other = await RawClient.connect(t, { port });
    other.write(page + requestText({ target: "/elsewhere" }));
    await RawClient.open(t, { port }, { target: "/chat" });
    assert.equal(server.counters.opened, 1);
    answerSlowly();
    assert.equal((await client.answer()).body, "slow");
    assert.equal((await client.answer()).body, "slow");
    assert.equal((await client.answer()).status, 101);
    client.text("hi");
    assert.equal(await client.next(), 'TEXT "hi"');
    assert.equal((await other.answer()).body, "slow");
    assert.equal((await other.answer()).status, 404);
  });
});
