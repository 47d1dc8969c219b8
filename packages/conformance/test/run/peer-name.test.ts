import assert from "node:assert/strict";
import { test } from "node:test";
import { peerName } from "../../src/run/peer-name.js";

const URL = "ws://127.0.0.1:9001/";

function name(server: string | undefined, agent?: string): string {
  return peerName({ url: URL, names: new Set(), ...(agent === undefined ? {} : { agent }) }, server);
}

test("the user's name, then the Server header, then the URL", () => {
  assert.equal(name("server/1", "mine"), "mine");
  assert.equal(name("server/1"), "server/1");
  assert.equal(name(undefined), URL);
});

test("an empty or invisible header gives no name", () => {
  for (const server of ["", "  ", "\x1b\x07", "\u00ad"]) assert.equal(name(server), URL);
});

test("control and format characters of the peer reach neither terminals nor files", () => {
  assert.equal(name("evil\x1b[31m\r\nX: \x00\x9b1\u202egpj\u200b"), "evil[31mX: 1gpj");
});

test("a long name is cut", () => {
  assert.equal(name("x".repeat(5000)), "x".repeat(100));
});

test("a name that is taken gets a number", () => {
  const names = new Set<string>();
  const made = [1, 2, 3].map(() => peerName({ url: URL, names }, "server"));
  assert.deepEqual(made, ["server", "server (2)", "server (3)"]);
  assert.deepEqual([...names], made);
});
