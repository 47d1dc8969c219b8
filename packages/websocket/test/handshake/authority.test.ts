import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPort, parseAuthority } from "../../src/handshake/authority.js";

test("hosts with and without ports (RFC 3986 §3.2)", () => {
  const table: readonly (readonly [text: string, name: string, port: number | undefined])[] = [
    ["example.com", "example.com", undefined],
    ["EXAMPLE.com.:8080", "example.com.", 8080],
    ["localhost:", "localhost", undefined],
    ["a_b-c~d:0", "a_b-c~d", 0],
    ["127.0.0.1:65535", "127.0.0.1", 65_535],
    ["xn--bcher-kva.example", "xn--bcher-kva.example", undefined],
    ["a%2Fb", "a%2fb", undefined],
    ["[::1]:9001", "[::1]", 9001],
    ["[::]", "[::]", undefined],
    ["[2001:DB8::7:8]", "[2001:db8::7:8]", undefined],
    ["[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8]", undefined],
    ["[::ffff:127.0.0.1]:80", "[::ffff:127.0.0.1]", 80],
    ["[1:2:3:4:5:6:1.2.3.4]", "[1:2:3:4:5:6:1.2.3.4]", undefined],
  ];
  for (const [text, name, port] of table) assert.deepEqual(parseAuthority(text), { name, port }, text);
});

test("what is no host", () => {
  const table = [
    "",
    ":80",
    "a b",
    "a:b",
    "a:80:81",
    "a:-1",
    "a:65536",
    "a:123456",
    "user@host",
    "a/b",
    "a?b",
    "a#b",
    "a\\b",
    "a%2",
    "a%zz",
    "bücher.example",
    "a\r\nb",
    "a\u0000",
    "::1",
    "[::1",
    "::1]",
    "[]",
    "[:::]",
    "[1::2::3]",
    "[1:2:3:4:5:6:7]",
    "[1:2:3:4:5:6:7:8:9]",
    "[1:2:3:4:5:6:7::8]",
    "[12345::]",
    "[1.2.3.4::]",
    "[::1.2.3]",
    "[::1.2.3.256]",
    "[::1.2.3.4.]",
    "[fe80::1%eth0]",
    "[::1]80",
    "a".repeat(261),
  ];
  for (const text of table) assert.equal(parseAuthority(text), undefined, JSON.stringify(text));
});

test("default ports", () => {
  assert.deepEqual(["http", "ws", "https", "wss", "ftp"].map(defaultPort), [80, 80, 443, 443, undefined]);
});
