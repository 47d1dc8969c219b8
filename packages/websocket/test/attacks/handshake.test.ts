/** Opening handshakes that have brought other servers down, or past their guard. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Happenings, startEcho, startServer } from "../support/live-server.js";
import { RawClient, requestText } from "../support/raw-client.js";

test("extensions and parameters with the names of every object's properties", async (t) => {
  const live = await startEcho(t);
  for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
    for (const value of [name, `${name}; ${name}=1`, `permessage-deflate; ${name}`, `x; ${name}; ${name}`]) {
      const client = await RawClient.open(t, live, { headers: { "Sec-WebSocket-Extensions": value } });
      client.text("x");
      assert.equal(await client.next(), 'TEXT "x"');
    }
  }
  const { prototype } = Object;
  assert.equal(Object.keys(prototype).length, 0);
});

test("list fields as long as a header section may be, out of what regular expressions stumble over", async (t) => {
  const live = await startEcho(t, { limits: { handshakeOctets: 128 * 1024 } });
  const fill = (part: string): string => part.repeat(Math.floor(60_000 / part.length));
  for (const [name, value, status] of [
    ["Sec-WebSocket-Protocol", `b${fill(" ")}x`, 400],
    ["Sec-WebSocket-Protocol", fill("a, "), 400],
    ["Sec-WebSocket-Protocol", fill(","), 400],
    ["Sec-WebSocket-Extensions", `a; b="${fill("\\a")}`, 400],
    ["Sec-WebSocket-Extensions", `a; b="${fill("\\")}`, 400],
    ["Sec-WebSocket-Extensions", fill("permessage-deflate; x, "), 101],
    ["Upgrade", `${fill("a, ")}websocket`, 101],
    ["Origin", `http://${fill("a.")}`, 403],
    ["Host", fill("a"), 400],
  ] as const) {
    const client = await RawClient.connect(t, live);
    const answer = await client.ask({ headers: { [name]: value } });
    assert.equal(answer.status, status, `${name}: ${value.slice(0, 20)}…`);
  }
});

test("thousands of header fields before those that matter are counted as they are", async (t) => {
  const live = await startEcho(t, { limits: { handshakeOctets: 128 * 1024 } });
  const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`x${at}`, ""]));
  const fields = { Host: null, Upgrade: null, Connection: null };
  const last = { HOST: "localhost", UPGRADE: "websocket", CONNECTION: "Upgrade" };
  const client = await RawClient.open(t, live, { headers: { ...fields, ...many, ...last } });
  client.text("x");
  assert.equal(await client.next(), 'TEXT "x"');
  const without = await RawClient.connect(t, live);
  assert.equal((await without.ask({ headers: { ...many, "Sec-WebSocket-Key": null } })).status, 400);
});

test("targets that are whole URIs name a path of ours and nothing else", async (t) => {
  const targets = new Happenings<string>();
  const live = await startServer(t, {
    upgrade: ({ target, path, host, query }) => {
      targets.add(`${host} ${target} ${path} ${query.get("a")}`);
      return { data: undefined };
    },
  });
  for (const [target, seen] of [
    ["http://internal.example/secret?a=1", "internal.example /secret?a=1 /secret 1"],
    ["//internal.example/x", "localhost //internal.example/x //internal.example/x null"],
    ["ws://internal.example?a=1", "internal.example /?a=1 / 1"],
    ["/../../etc/passwd", "localhost /../../etc/passwd /../../etc/passwd null"],
  ] as const) {
    await RawClient.open(t, live, { target });
    assert.equal(await targets.next(), seen);
  }
  for (const target of ["file:///etc/passwd", "gopher://x/", "*", "http://", "http:///x", "http://a@b/"]) {
    const client = await RawClient.connect(t, live);
    assert.equal((await client.ask({ target })).status, 400, target);
  }
  // The host of the URI counts, and it is of another origin.
  const foreign = await RawClient.connect(t, live);
  const headers = { Host: "localhost", Origin: "http://localhost" };
  assert.equal((await foreign.ask({ target: "http://other.example/", headers })).status, 403);
});

test("requests that are two things at once are answered once, and closed", async (t) => {
  const live = await startEcho(t);
  const second = requestText({ target: "/second" });
  for (const [name, request, status] of [
    [
      "a body of another request",
      requestText({ headers: { "Content-Length": String(second.length) } }) + second,
      400,
    ],
    [
      "Transfer-Encoding",
      requestText({ headers: { "Transfer-Encoding": "chunked" } }) + "0\r\n\r\n" + second,
      400,
    ],
    [
      "both lengths",
      requestText({ headers: { "Transfer-Encoding": "chunked", "Content-Length": "5" } }) + "0\r\n\r\n",
      400,
    ],
    ["two lengths", requestText({ headers: { "Content-Length": ["0", "5"] } }) + "12345", 400],
    ["a folded line", requestText({ headers: { "X-Fold": "a\r\n b" } }), 400],
    ["a space before the colon", requestText().replace("Upgrade:", "Upgrade :"), 400],
    ["a bare line feed", requestText().replace("Host: localhost\r\n", "Host: localhost\nX: y\r\n"), 400],
    ["a NUL", requestText({ headers: { "X-Nul": "a\0b" } }), 400],
  ] as const) {
    const client = await RawClient.connect(t, live);
    client.write(request);
    assert.equal((await client.answer()).status, status, name);
    assert.deepEqual(await client.rest().catch(() => [client.ending]), ["FIN"], name);
  }
  // A second request behind a good one is taken for frames, and it is none.
  const client = await RawClient.connect(t, live);
  client.write(requestText() + second);
  assert.equal((await client.answer()).status, 101);
  assert.match(await client.next(), /^CLOSE 1002/);
});

test("nothing of a request gets into the answer", async (t) => {
  const live = await startEcho(t);
  const client = await RawClient.connect(t, live);
  const { body, headers } = await client.ask({ headers: { Origin: "http://<script>.example" } });
  assert.doesNotMatch(body, /script/);
  assert.equal(headers.get("content-type"), "text/plain; charset=utf-8");
});
